/** The network in ONNX Runtime, through JavaCPP. */
@NullMarked
package tandem.engine.onnxruntime;

import org.jspecify.annotations.NullMarked;
