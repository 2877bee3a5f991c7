/** The proof that an engine computes what the float64 reference computes, one step at a time. */
@NullMarked
package tandem.lab.parity;

import org.jspecify.annotations.NullMarked;
