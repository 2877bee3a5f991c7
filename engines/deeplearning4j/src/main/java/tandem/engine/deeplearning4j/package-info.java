/** The network in Deeplearning4j. */
@NullMarked
package tandem.engine.deeplearning4j;

import org.jspecify.annotations.NullMarked;
