/** Our own engine: pure Java on the Vector API. */
@NullMarked
package tandem.engine.java;

import org.jspecify.annotations.NullMarked;
