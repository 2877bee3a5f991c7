/** Many trials, each with a seed of its own: studies of engines, and differences between recipes. */
@NullMarked
package tandem.lab.study;

import org.jspecify.annotations.NullMarked;
