package org.bytedeco.dnnl.presets;

/**
 * Lets the presets of ONNX Runtime load without those of oneDNN. They name this class as one they inherit from; with
 * the real one, JavaCPP would load oneDNN and OpenCL before ONNX Runtime, which are another 27 MB of natives and are
 * needed only by an execution provider that is not used here. Of this one there is nothing to load.
 */
public final class dnnl {
    private dnnl() {}
}
