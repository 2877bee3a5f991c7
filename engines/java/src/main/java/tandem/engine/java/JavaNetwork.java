package tandem.engine.java;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tandem.core.Network;
import tandem.core.Parameters;
import tandem.core.data.Images;
import tandem.core.engine.Batch;

/**
 * The network: its memory, its operations, and how a crew of threads takes images forward through them without dropout,
 * each thread its own images. {@link JavaTraining} has the way back.
 */
final class JavaNetwork {
    final Layout layout;
    final float[] memory;
    final Pooled pooled;
    final Stages stages;
    final JavaTensors tensors;
    final Crew crew;
    final Workspace[] workspaces;

    /** Of the images that went forward last: [capacity, classes]. */
    final float[] logits;

    private final JavaInputs inputs;
    private final long[] allKept1;
    private final long[] allKept2;

    // What the crew is working on; written by the caller before it calls the crew.

    private @Nullable Images images;
    private float[] table = {};
    private int from;
    private int count;

    /** The next group of images that a thread may claim. */
    private final AtomicInteger nextGroup = new AtomicInteger();

    private final Crew.Job predict = this::predict;
    private final Crew.Job prepare = this::prepare;

    /**
     * A network with all parameters zero.
     *
     * @param capacity largest number of images at a time
     * @param trains whether it has memory for gradients and accumulators
     */
    JavaNetwork(Network network, int capacity, boolean trains, Crew crew, String variant) {
        this.crew = crew;
        layout = Stages.layout(network, capacity, trains, crew.size());
        memory = new float[layout.floats];
        pooled = new Pooled(layout);
        stages = Stages.of(layout, memory, pooled, variant);
        inputs = new JavaInputs(layout, memory);
        tensors = new JavaTensors(layout, memory);
        workspaces = new Workspace[crew.size()];
        for (int thread = 0; thread < crew.size(); thread++) {
            workspaces[thread] = new Workspace(layout, thread);
        }
        logits = new float[capacity * layout.classes];
        allKept1 = Batch.keepAll(network.pooledPositions(), network.conv2());
        allKept2 = Batch.keepAll(1, network.hidden());
    }

    int capacity() {
        return layout.capacity;
    }

    // ---- forward

    /** Says where the images lie that go forward next, and how many there are. */
    void begin(Images images, int count) {
        this.count = count;
        nextGroup.set(0);
        if (images != this.images) {
            this.images = images;
            table = JavaInputs.table(images);
        }
    }

    /** What background is turned into, in these images. */
    float background() {
        return JavaInputs.background(table);
    }

    /**
     * Claims the next group of images for a thread, if one is left: the first image that is claimed, or all of them if
     * none is. A thread that is slowed down claims fewer, and nobody waits for it long; sums are kept by group, so no
     * bit depends on who claims which.
     */
    int claim(Workspace workspace) {
        int size = Layout.groupSize(count);
        int first = Math.min(count, nextGroup.getAndIncrement() * size);
        for (int i = first; i < Math.min(count, first + size); i++) {
            workspace.images[workspace.claimed++] = i;
        }
        return first;
    }

    /**
     * Takes an image through the convolutions; conv2 may wait for further images of its thread.
     *
     * @param index in the dataset
     * @param i in the batch
     * @param keep mask of dropout1, from an index on
     */
    void convolve(int index, int i, long[] keep, int keepAt, float scale, Workspace workspace) {
        // begin came before.
        inputs.fill(Objects.requireNonNull(images), table, index, i, workspace);
        stages.conv1().forward(i, workspace.thread);
        stages.conv2().forward(i, keep, keepAt, scale, workspace);
    }

    // ---- predict

    /** Logits of at most {@link #capacity} images, without dropout: [count, classes] from an index on. */
    void logits(Images images, int from, int count, float[] out, int outAt) {
        begin(images, count);
        this.from = from;
        if (count == 1) {
            predict(0);
        } else {
            crew.run(predict);
        }
        System.arraycopy(logits, 0, out, outAt, count * layout.classes);
    }

    private void predict(int thread) {
        Workspace workspace = workspaces[thread];
        workspace.claimed = 0;
        stages.conv2().begin(workspace, background());
        for (int n = 0; claim(workspace) < count; ) {
            for (; n < workspace.claimed; n++) {
                int i = workspace.images[n];
                convolve(from + i, i, allKept1, 0, 1, workspace);
            }
        }
        stages.conv2().end(allKept1, 1, workspace);
        stages.hidden().forward(workspace.images, workspace.claimed);
        for (int n = 0; n < workspace.claimed; n++) {
            int i = workspace.images[n];
            stages.output().forward(i, allKept2, 0, 1, logits, i * layout.classes);
        }
    }

    // ---- parameters in and out

    Parameters parameters() {
        return tensors.get(layout.small, layout.large);
    }

    void set(Parameters parameters) {
        tensors.set(parameters, layout.small, layout.large);
        crew.run(prepare);
    }

    /** For the thread's own channels, conv2.weight as forward wants it. */
    void prepare(int thread) {
        int first = thread * layout.conv1 / crew.size();
        int end = (thread + 1) * layout.conv1 / crew.size();
        SecondConvolution.transpose(layout, memory, first, end);
        stages.conv2().prepare(first, end);
    }
}
