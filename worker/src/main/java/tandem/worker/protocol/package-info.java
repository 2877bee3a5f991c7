/**
 * What the lab and a worker say to each other, and the files that they hand over: requests, events, checkpoints,
 * fingerprints of inputs, and the tensors of single steps.
 */
@NullMarked
package tandem.worker.protocol;

import org.jspecify.annotations.NullMarked;
