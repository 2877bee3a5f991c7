/** The network in DJL, on its PyTorch engine. */
@NullMarked
package tandem.engine.djl;

import org.jspecify.annotations.NullMarked;
