/** What every engine takes pictures for, by one model. */
@NullMarked
package tandem.lab.predict;

import org.jspecify.annotations.NullMarked;
