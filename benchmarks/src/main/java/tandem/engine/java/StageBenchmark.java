package tandem.engine.java;

import java.util.concurrent.TimeUnit;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import tandem.core.engine.Batch;
import tandem.core.engine.Engine;

/**
 * What each stage of the java engine's step costs for a batch of 64, on vectors and in plain Java; {@link StageReport}
 * makes a table of it. Forks get the options of {@link JavaProvider#jvmOptions}, which the annotation repeats for JMH's
 * own main class.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"-XX:+UseG1GC", "-XX:-UseCompactObjectHeaders", "-Xmn24m", "--add-modules=jdk.incubator.vector"
        })
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 700, timeUnit = TimeUnit.MILLISECONDS)
public class StageBenchmark {
    static final String VECTORS = "vectors";
    static final String PLAIN = "plain";
    static final String WINOGRAD = "winograd";
    static final String WINOGRAD_ALL = "winograd-no-shortcut";
    static final String DIRECT = "direct";
    static final String DIRECT_ALL = "direct-no-shortcut";

    /** All stages but conv2's forward. */
    @State(Scope.Thread)
    public static class Stage {
        /** What computes. */
        @Param({VECTORS, PLAIN})
        public String arithmetic;

        private BatchOfStages batch;

        /** One pass of a trained network. */
        @Setup
        public void pass() {
            batch = batch(arithmetic.equals(PLAIN), "");
        }
    }

    /** Stages that are the same code with and without vectors. */
    @State(Scope.Thread)
    public static class CommonStage {
        private BatchOfStages batch;

        /** One pass of a trained network. */
        @Setup
        public void pass() {
            batch = batch(false, "");
        }
    }

    /** conv2's forward. */
    @State(Scope.Thread)
    public static class SecondConvolutionStage {
        /** How it is computed. */
        @Param({WINOGRAD, WINOGRAD_ALL, DIRECT, DIRECT_ALL, PLAIN})
        public String algorithm;

        private BatchOfStages batch;
        private boolean shortcut;

        /** One pass of a trained network. */
        @Setup
        public void pass() {
            batch = batch(algorithm.equals(PLAIN), algorithm.startsWith(DIRECT) ? JavaProvider.DIRECT : "");
            shortcut = algorithm.equals(WINOGRAD) || algorithm.equals(DIRECT);
        }
    }

    private static BatchOfStages batch(boolean plain, String variant) {
        return new BatchOfStages(trained(plain), variant);
    }

    /** Training, if it has to be done here, is done on vectors. */
    private static Trained trained(boolean plain) {
        Trained trained = Trained.load();
        if (plain) {
            System.setProperty(VectorWidth.PROPERTY, "0");
        }
        return trained;
    }

    /** The whole step, with learning rate 0, so that it stays the same. */
    @State(Scope.Thread)
    public static class Step {
        /** So many batches in turn: every one has other rows of fc1.weight to catch up on. */
        private static final int BATCHES = 64;

        /** What computes. */
        @Param({VECTORS, PLAIN})
        public String arithmetic;

        /** Threads; 0 for all processors. */
        @Param({"1", "0"})
        public int threads;

        private Engine engine;
        private Batch[] batches;
        private int next;

        /** The engine goes on where training ended. */
        @Setup
        public void create() {
            Trained trained = trained(arithmetic.equals(PLAIN));
            engine = trained.engine(threads == 0 ? Trained.processors() : threads);
            batches = trained.batches(BATCHES);
        }

        /** Ends the engine's threads. */
        @TearDown
        public void close() {
            engine.close();
        }
    }

    // ---- stages

    /** Pixels to floats. */
    @Benchmark
    public void inputs(CommonStage stage) {
        stage.batch.inputs();
    }

    /** conv1 with its ReLU. */
    @Benchmark
    public void conv1Forward(Stage stage) {
        stage.batch.conv1Forward();
    }

    /** conv2 with ReLU, pooling and dropout. */
    @Benchmark
    public void conv2Forward(SecondConvolutionStage stage) {
        stage.batch.conv2Forward(stage.shortcut);
    }

    /** fc1. */
    @Benchmark
    public void hiddenForward(Stage stage) {
        stage.batch.hiddenForward();
    }

    /** ReLU and dropout of the hidden units, and fc2. */
    @Benchmark
    public void outputForward(Stage stage) {
        stage.batch.outputForward();
    }

    /** Loss and its gradient. */
    @Benchmark
    public void loss(CommonStage stage) {
        stage.batch.loss();
    }

    /** Gradients of fc2 and of the hidden units. */
    @Benchmark
    public void outputBack(Stage stage) {
        stage.batch.outputBack();
    }

    /** Gradients of fc1: of its input, and of the rows of fc1.weight that have one. */
    @Benchmark
    public void hiddenBack(Stage stage) {
        stage.batch.hiddenBack();
    }

    /** Lists of the non-zero gradients of conv2's output. */
    @Benchmark
    public void gradientLists(CommonStage stage) {
        stage.batch.gradientLists();
    }

    /** Gradient of conv2.weight. */
    @Benchmark
    public void conv2Weights(Stage stage) {
        stage.batch.conv2Weights();
    }

    /** Gradient of conv2's input. */
    @Benchmark
    public void conv2Input(Stage stage) {
        stage.batch.conv2Input();
    }

    /** Gradient of conv1's weights and biases. */
    @Benchmark
    public void conv1Gradient(Stage stage) {
        stage.batch.conv1Gradient();
    }

    /** Update of the rows of fc1.weight that have a gradient. */
    @Benchmark
    public void adadelta(Stage stage) {
        stage.batch.adadelta();
    }

    /** Sum of the groups' partial gradients. */
    @Benchmark
    public void reduce(Stage stage) {
        stage.batch.reduce();
    }

    /** conv2.weight as forward wants it. */
    @Benchmark
    public void prepare(Stage stage) {
        stage.batch.prepare();
    }

    /** The whole train step, without choosing the images and drawing the masks. */
    @Benchmark
    public float step(Step step) {
        return step.engine.trainStep(step.batches[step.next++ % Step.BATCHES], 0);
    }

    // ---- the machine

    /** What the peaks are measured with. */
    @State(Scope.Thread)
    public static class Machine {
        /** Turns of the loop of {@link #multiplyAdds}. */
        static final int TURNS = 4096;

        /** Sums of the loop: 2 units with a latency of 4 cycles need 8, and some processors have 4 units. */
        static final int SUMS = 16;

        /** Floats of each array of the triad: those of fc1.weight in the seed's network. */
        static final int FLOATS = 144 * 64 * 128;

        private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
        private static final int L = S.length();

        /** Where the arrays of the triad begin, as in {@link Layout}: on a cache line, not 4 KiB apart. */
        private static final int FIRST = 12;

        private static final int STRIDE = FLOATS + 16 + 256;
        private final float[] memory = new float[FIRST + 3 * STRIDE];
        private float factor = 0.5f;

        /** Floating-point operations of {@link StageBenchmark#multiplyAdds}. */
        static long operations() {
            return 2L * L * SUMS * TURNS;
        }

        /** Bytes read and written by {@link StageBenchmark#triad}. */
        static long bytes() {
            return 3L * Float.BYTES * FLOATS;
        }
    }

    /** Multiply-adds on registers alone: the peak of one core. */
    @Benchmark
    public float multiplyAdds(Machine machine) {
        FloatVector x = FloatVector.broadcast(Machine.S, machine.factor);
        // All different, or the compiler might compute equal sums once.
        FloatVector s0 = FloatVector.broadcast(Machine.S, 0);
        FloatVector s1 = FloatVector.broadcast(Machine.S, 1);
        FloatVector s2 = FloatVector.broadcast(Machine.S, 2);
        FloatVector s3 = FloatVector.broadcast(Machine.S, 3);
        FloatVector s4 = FloatVector.broadcast(Machine.S, 4);
        FloatVector s5 = FloatVector.broadcast(Machine.S, 5);
        FloatVector s6 = FloatVector.broadcast(Machine.S, 6);
        FloatVector s7 = FloatVector.broadcast(Machine.S, 7);
        FloatVector s8 = FloatVector.broadcast(Machine.S, 8);
        FloatVector s9 = FloatVector.broadcast(Machine.S, 9);
        FloatVector s10 = FloatVector.broadcast(Machine.S, 10);
        FloatVector s11 = FloatVector.broadcast(Machine.S, 11);
        FloatVector s12 = FloatVector.broadcast(Machine.S, 12);
        FloatVector s13 = FloatVector.broadcast(Machine.S, 13);
        FloatVector s14 = FloatVector.broadcast(Machine.S, 14);
        FloatVector s15 = FloatVector.broadcast(Machine.S, 15);
        for (int i = 0; i < Machine.TURNS; i++) {
            s0 = s0.fma(x, x);
            s1 = s1.fma(x, x);
            s2 = s2.fma(x, x);
            s3 = s3.fma(x, x);
            s4 = s4.fma(x, x);
            s5 = s5.fma(x, x);
            s6 = s6.fma(x, x);
            s7 = s7.fma(x, x);
            s8 = s8.fma(x, x);
            s9 = s9.fma(x, x);
            s10 = s10.fma(x, x);
            s11 = s11.fma(x, x);
            s12 = s12.fma(x, x);
            s13 = s13.fma(x, x);
            s14 = s14.fma(x, x);
            s15 = s15.fma(x, x);
        }
        FloatVector sum = s0.add(s1).add(s2).add(s3).add(s4).add(s5).add(s6).add(s7);
        sum = sum.add(s8).add(s9).add(s10).add(s11).add(s12).add(s13).add(s14).add(s15);
        return sum.reduceLanes(VectorOperators.ADD);
    }

    /** McCalpin's triad, a = b + factor c, on arrays as large as fc1.weight. */
    @Benchmark
    public void triad(Machine machine) {
        float[] m = machine.memory;
        int a = Machine.FIRST;
        int b = a + Machine.STRIDE;
        int c = b + Machine.STRIDE;
        FloatVector factor = FloatVector.broadcast(Machine.S, machine.factor);
        for (int i = 0; i < Machine.FLOATS; i += Machine.L) {
            FloatVector.fromArray(Machine.S, m, c + i)
                    .fma(factor, FloatVector.fromArray(Machine.S, m, b + i))
                    .intoArray(m, a + i);
        }
    }
}
