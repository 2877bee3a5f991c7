package tandem.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import tandem.core.Network;
import tandem.core.Recipe;
import tandem.core.data.Datasets;
import tandem.core.data.Images;
import tandem.core.engine.Batch;
import tandem.core.engine.Batches;

/** What a step of the seed's network at batch size 64 costs before any engine computes, on one core. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class BatchBenchmark {
    private final Images images = Datasets.open("mnist").train();
    private final Batches batches = new Batches(Recipe.PRESETS.get("harmonized"), images);
    private final Batch batch = batches.allocate();
    private final float[] inputs = new float[64 * images.size()];
    private final float[] mask1 = new float[64 * Network.SEED.features()];
    private final float[] mask2 = new float[64 * Network.SEED.hidden()];
    private long step;

    /** The views are of a full batch. */
    @Setup
    public void fillOnce() {
        batches.fill(batch, 0);
    }

    /** Choose the images and draw both masks as bits: what every engine needs. */
    @Benchmark
    public Batch fill() {
        batches.fill(batch, step++ % batches.perEpoch());
        return batch;
    }

    /** Fold the batch into the run's fingerprint. */
    @Benchmark
    public long fingerprint() {
        return batch.mix(step++);
    }

    /** Normalised pixels. */
    @Benchmark
    public float[] inputs() {
        batch.inputs(inputs);
        return inputs;
    }

    /** Both masks as floats, channels first. */
    @Benchmark
    public float[] floatsChannelsFirst() {
        batch.mask1ChannelsFirst(mask1);
        batch.mask2(mask2);
        return mask1;
    }

    /** Both masks as floats, channels last. */
    @Benchmark
    public float[] floatsChannelsLast() {
        batch.mask1ChannelsLast(mask1);
        batch.mask2(mask2);
        return mask1;
    }
}
