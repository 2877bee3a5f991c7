/** The network in PyTorch, through JavaCPP. */
@NullMarked
package tandem.engine.pytorch;

import org.jspecify.annotations.NullMarked;
