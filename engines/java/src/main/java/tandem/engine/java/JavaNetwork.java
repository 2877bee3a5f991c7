package tandem.engine.java;

import java.util.Objects;
import java.util.function.IntUnaryOperator;
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

    /** Images to take through the convolutions, and after fc1 to the end. */
    private final Shares convolved;

    private final Shares ended;

    /** Parts of fc1. */
    private final Shares parts;

    private final Crew.Job predictTogether = this::predictTogether;
    private final IntUnaryOperator index = i -> from + i;
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
        InkBits ink = new InkBits(layout, !variant.equals(JavaProvider.NO_SHORTCUT));
        stages = Stages.of(layout, memory, ink, pooled, variant);
        inputs = new JavaInputs(layout, memory, ink);
        tensors = new JavaTensors(layout, memory);
        workspaces = new Workspace[crew.size()];
        for (int thread = 0; thread < crew.size(); thread++) {
            workspaces[thread] = new Workspace(layout, thread);
        }
        convolved = new Shares(crew.size());
        parts = new Shares(crew.size());
        ended = new Shares(crew.size());
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
        convolved.begin(count);
        parts.begin(Layout.PARTS);
        ended.begin(count);
        if (images != this.images) {
            this.images = images;
            table = JavaInputs.table(images);
        }
    }

    /**
     * Takes images through the convolutions, those that the thread claims.
     *
     * @param index of an image of the batch in the dataset
     * @param keep the mask of dropout1
     * @param keepStride words of it from one image to the next
     */
    void convolve(int thread, IntUnaryOperator index, long[] keep, int keepStride, float scale) {
        // begin came before.
        Images images = Objects.requireNonNull(this.images);
        Workspace workspace = workspaces[thread];
        // A pass that failed may have left blocks that wait.
        workspace.waiting = 0;
        float pixel = JavaInputs.background(table);
        if (workspace.background != pixel) {
            workspace.background = pixel;
            stages.conv1().begin(workspace);
            stages.conv2().begin(workspace);
        }
        for (int i = convolved.claim(thread); i >= 0; i = convolved.claim(thread)) {
            inputs.fill(images, table, index.applyAsInt(i), i);
            stages.conv1().forward(i, workspace);
            stages.conv2().forward(i, keep, i * keepStride, scale, workspace);
        }
        stages.conv2().end(keep, scale, workspace);
    }

    /** Takes all images through fc1, by the parts of it that the thread claims. */
    void sum(int thread) {
        for (int part = parts.claim(thread); part >= 0; part = parts.claim(thread)) {
            stages.hidden().forward(part, count);
        }
    }

    // ---- predict

    /** Logits of at most {@link #capacity} images, without dropout: [count, classes] from an index on. */
    void logits(Images images, int from, int count, float[] out, int outAt) {
        begin(images, count);
        this.from = from;
        if (count == 1) {
            predictAlone();
        } else {
            crew.run(predictTogether);
        }
        System.arraycopy(logits, 0, out, outAt, count * layout.classes);
    }

    private void predictTogether(int thread) {
        convolve(thread, index, allKept1, 0, 1);
        crew.await();
        sum(thread);
        crew.await();
        end(thread);
    }

    /** Without the others, who are asleep or would be awake for too little. */
    private void predictAlone() {
        convolve(0, index, allKept1, 0, 1);
        sum(0);
        end(0);
    }

    private void end(int thread) {
        for (int i = ended.claim(thread); i >= 0; i = ended.claim(thread)) {
            stages.hidden().add(i);
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
        workspaces[thread].background = Float.NaN;
    }
}
