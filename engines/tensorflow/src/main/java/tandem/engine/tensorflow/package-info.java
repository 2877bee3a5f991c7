/** The network in TensorFlow Java. */
@NullMarked
package tandem.engine.tensorflow;

import org.jspecify.annotations.NullMarked;
