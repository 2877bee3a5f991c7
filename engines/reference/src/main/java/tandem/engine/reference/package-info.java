/** The oracle: the network in float64, every formula written out. */
@NullMarked
package tandem.engine.reference;

import org.jspecify.annotations.NullMarked;
