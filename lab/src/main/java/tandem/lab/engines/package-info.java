/** The engines that are built, what they need to run, and conversations with their workers. */
@NullMarked
package tandem.lab.engines;

import org.jspecify.annotations.NullMarked;
