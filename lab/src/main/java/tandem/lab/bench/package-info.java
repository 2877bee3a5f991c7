/** How fast engines are, measured in turns. */
@NullMarked
package tandem.lab.bench;

import org.jspecify.annotations.NullMarked;
