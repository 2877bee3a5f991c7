package org.bytedeco.dnnl.presets;

/** As the class of this name in engines/onnxruntime: ONNX Runtime loads without oneDNN. */
public final class dnnl {
    private dnnl() {}
}
