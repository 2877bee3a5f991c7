/** What an engine is, what it is given, and the loop that trains and evaluates it. */
@NullMarked
package tandem.core.engine;

import org.jspecify.annotations.NullMarked;
