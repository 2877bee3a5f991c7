package tandem.engine.java;

import tandem.core.Network;
import tandem.core.Recipe;

/** The operations of a step but for its update: all on vectors, or all in plain Java. */
record Stages(
        FirstConvolution conv1,
        SecondConvolution conv2,
        HiddenLayer hidden,
        OutputLayer output,
        SecondConvolutionGradient conv2Gradient) {

    /** Floats of a cache line: what plain Java's loops over channels are as long as. */
    private static final int PLAIN_LANES = 16;

    /** The layout that suits this process, see {@link Layout}. */
    static Layout layout(Network network, int capacity, boolean trains, int threads) {
        return VectorWidth.bits() == 0
                ? new Layout(network, capacity, trains, threads, PLAIN_LANES, 1)
                : OnVectors.layout(network, capacity, trains, threads);
    }

    /** The operations that suit this process. */
    static Stages of(Layout layout, float[] memory, InkBits ink, Pooled pooled, String variant) {
        return VectorWidth.bits() == 0
                ? plain(layout, memory, pooled)
                : OnVectors.stages(layout, memory, ink, pooled, variant);
    }

    /** The operations as their definitions say. */
    static Stages plain(Layout layout, float[] memory, Pooled pooled) {
        return new Stages(
                new FirstConvolution.Plain(layout, memory),
                new SecondConvolution.Plain(layout, memory, pooled),
                new HiddenLayer.Plain(layout, memory, pooled),
                new OutputLayer.Plain(layout, memory),
                new SecondConvolutionGradient.Plain(layout, memory));
    }

    /** The update that suits this process. */
    static JavaAdadelta adadelta(Layout layout, float[] memory, Recipe recipe) {
        return VectorWidth.bits() == 0
                ? new JavaAdadelta.Plain(layout, memory, recipe)
                : OnVectors.adadelta(layout, memory, recipe);
    }

    /** What needs the incubator module, in a class of its own, so that nothing else loads it. */
    private static final class OnVectors {
        static Layout layout(Network network, int capacity, boolean trains, int threads) {
            return new Layout(network, capacity, trains, threads, Lanes.COUNT, RegisterTile.vectors());
        }

        static Stages stages(Layout layout, float[] memory, InkBits ink, Pooled pooled, String variant) {
            Background background = new Background(layout, memory, ink);
            Pooling pooling = new Pooling(layout, memory, pooled);
            return new Stages(
                    new FirstConvolution.Vectors(layout, memory, ink),
                    variant.equals(JavaProvider.DIRECT)
                            ? new DirectConvolution(layout, memory, background, pooling)
                            : new WinogradConvolution(layout, memory, background, pooling),
                    new HiddenLayer.Vectors(layout, memory, pooled),
                    new OutputLayer.Vectors(layout, memory),
                    new SecondConvolutionGradient.Vectors(layout, memory));
        }

        static JavaAdadelta adadelta(Layout layout, float[] memory, Recipe recipe) {
            return new JavaAdadelta.Vectors(layout, memory, recipe);
        }
    }
}
