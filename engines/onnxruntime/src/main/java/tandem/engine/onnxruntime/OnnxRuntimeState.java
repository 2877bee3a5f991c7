package tandem.engine.onnxruntime;

import org.bytedeco.onnxruntime.IoBinding;
import tandem.core.Network;
import tandem.core.OptimizerState;
import tandem.core.Parameters;

/** All that a step changes, in native memory: the parameters and both accumulators of each. */
record OnnxRuntimeState(
        OnnxRuntimeTensors parameters, OnnxRuntimeTensors squareAverage, OnnxRuntimeTensors accumulatedDelta)
        implements AutoCloseable {

    /** A state without values. */
    OnnxRuntimeState(Network network) {
        this(new OnnxRuntimeTensors(network), new OnnxRuntimeTensors(network), new OnnxRuntimeTensors(network));
    }

    /** Copies values in. */
    void set(Parameters values, OptimizerState state) {
        parameters.set(values);
        squareAverage.set(state.squareAverage());
        accumulatedDelta.set(state.accumulatedDelta());
    }

    /** Copies the accumulators out. */
    OptimizerState accumulators() {
        return new OptimizerState(squareAverage.values(), accumulatedDelta.values());
    }

    /** Makes it what a graph starts from. */
    void bindInputs(IoBinding binding) {
        parameters.bindInputs(binding, "");
        squareAverage.bindInputs(binding, OnnxRuntimeAdadelta.SQUARE_AVERAGE);
        accumulatedDelta.bindInputs(binding, OnnxRuntimeAdadelta.ACCUMULATED_DELTA);
    }

    /** Makes it what a graph ends with. */
    void bindOutputs(IoBinding binding) {
        parameters.bindOutputs(binding, OnnxRuntimeAdadelta.NEXT);
        squareAverage.bindOutputs(binding, OnnxRuntimeAdadelta.NEXT + OnnxRuntimeAdadelta.SQUARE_AVERAGE);
        accumulatedDelta.bindOutputs(binding, OnnxRuntimeAdadelta.NEXT + OnnxRuntimeAdadelta.ACCUMULATED_DELTA);
    }

    @Override
    public void close() {
        parameters.close();
        squareAverage.close();
        accumulatedDelta.close();
    }
}
