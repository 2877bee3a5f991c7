/** Predictions by ONNX Runtime, through JavaCPP. */
@NullMarked
package tandem.engine.onnxruntime;

import org.jspecify.annotations.NullMarked;
