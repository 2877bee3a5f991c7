package tandem.engine.java;

import java.util.Arrays;
import tandem.core.Batch;
import tandem.core.Network;
import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.data.Images;

/**
 * The network: its memory, its operations, and the order in which a crew of threads goes through them.
 *
 * <pre>
 * for its own images      conv1, conv2 with pooling, fc1, fc2 and loss, and all the way back to conv1
 *                         -- meeting
 * for its own windows     gradient of fc1.weight and its update
 * for its own share       sum of the small gradients and their update
 *                         -- meeting
 * for its own channels    conv2.weight as the next step's forward wants it
 * </pre>
 *
 * <p>Results do not depend on the number of threads. A batch is divided into groups of images by its size alone; a
 * group belongs to one thread and has its own sums of small gradients, and these are added group by group. A row of
 * fc1.weight belongs to one thread, which adds up its gradient image by image.
 */
final class JavaNetwork {
    private final Network network;
    private final Layout layout;
    private final float[] memory;
    private final Pooled pooled;
    private final Stages stages;
    private final JavaInputs inputs;
    private final JavaTensors tensors;
    private final Crew crew;
    private final Workspace[] workspaces;
    private final LossGradient[] lossGradients;
    private final float[][] dLogits;

    /** Updates done so far. */
    private int updates;

    /** The update that last touched a feature's row of fc1.weight: [windows][conv2]. */
    private final int[] touched;

    // What the crew is working on; written by the caller before it calls the crew.

    private final float[] logits;
    private final double[] losses;
    private final long[] allKept1;
    private final long[] allKept2;
    private Images images;
    private float[] table;
    private Batch batch;
    private int from;
    private int count;
    private float learningRate;

    private final Crew.Job train = this::train;
    private final Crew.Job passBackAndForth = this::pass;
    private final Crew.Job predict = this::predict;
    private final Crew.Job prepare = this::prepare;

    /**
     * A network with all parameters zero.
     *
     * @param capacity largest number of images of a batch
     */
    JavaNetwork(Recipe recipe, int capacity, Crew crew, String variant) {
        network = recipe.network();
        this.crew = crew;
        layout = Stages.layout(recipe, capacity, crew.size());
        memory = new float[layout.floats];
        pooled = new Pooled(layout);
        stages = Stages.of(layout, memory, pooled, recipe, variant);
        inputs = new JavaInputs(layout, memory);
        tensors = new JavaTensors(layout, memory);
        workspaces = new Workspace[crew.size()];
        lossGradients = new LossGradient[crew.size()];
        dLogits = new float[crew.size()][layout.classes];
        for (int thread = 0; thread < crew.size(); thread++) {
            workspaces[thread] = new Workspace(layout, thread);
            lossGradients[thread] = new LossGradient(recipe.loss(), layout.classes);
        }
        touched = new int[layout.windows * layout.conv2];
        logits = new float[capacity * layout.classes];
        losses = new double[capacity];
        Batch undropped = new Batch(network, null, 1, false);
        allKept1 = undropped.keep1();
        allKept2 = undropped.keep2();
    }

    int capacity() {
        return layout.capacity;
    }

    // ---- train step

    /** One step; the loss, mean over the batch, before the update. */
    float trainStep(Batch batch, float learningRate) {
        begin(batch);
        this.learningRate = learningRate;
        updates++;
        crew.run(train);
        return meanLoss();
    }

    private void begin(Batch batch) {
        this.batch = batch;
        begin(batch.images());
        count = batch.size();
    }

    private void begin(Images images) {
        if (images != this.images) {
            this.images = images;
            table = JavaInputs.table(images);
        }
    }

    private float meanLoss() {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += losses[i];
        }
        return (float) (sum / count);
    }

    private void train(int thread) {
        pass(thread);
        crew.await();
        updateLarge(thread);
        updateSmall(thread);
        crew.await();
        prepare(thread);
    }

    /** Forward and backward for the thread's groups of images. */
    private void pass(int thread) {
        Workspace workspace = workspaces[thread];
        int groups = Layout.groups(count);
        int firstGroup = thread * groups / crew.size();
        int endGroup = (thread + 1) * groups / crew.size();
        int first = Math.min(count, firstGroup * Layout.groupSize(count));
        int end = Math.min(count, endGroup * Layout.groupSize(count));

        stages.conv2().begin(workspace, JavaInputs.background(table));
        for (int i = first; i < end; i++) {
            convolve(batch.index(i), i, batch.keep1(), i * layout.windows * layout.words, batch.scale1(), workspace);
        }
        stages.conv2().end(batch.keep1(), batch.scale1(), workspace);
        stages.hidden().forward(first, end);
        for (int group = firstGroup; group < endGroup; group++) {
            int partial = layout.partial(group);
            Arrays.fill(memory, partial, partial + layout.smallSize, 0);
            for (int i = first(group); i < first(group + 1); i++) {
                output(i, thread, partial);
            }
        }
        stages.hidden().inputGradient(first, end, batch.scale1());
        for (int group = firstGroup; group < endGroup; group++) {
            for (int i = first(group); i < first(group + 1); i++) {
                convolveBack(i, workspace, layout.partial(group));
            }
        }
    }

    private int first(int group) {
        return Math.min(count, group * Layout.groupSize(count));
    }

    private void convolve(int index, int i, long[] keep, int keepAt, float scale, Workspace workspace) {
        inputs.fill(images, table, index, i, workspace);
        stages.conv1().forward(i);
        stages.conv2().forward(i, keep, keepAt, scale, workspace);
    }

    private void output(int i, int thread, int partial) {
        int words = batch.keep2().length / batch.capacity();
        stages.output().forward(i, batch.keep2(), i * words, batch.scale2(), logits, i * layout.classes);
        losses[i] = lossGradients[thread].of(logits, i * layout.classes, batch.label(i), count, dLogits[thread]);
        stages.output().backward(i, dLogits[thread], batch.scale2(), partial);
    }

    private void convolveBack(int i, Workspace workspace, int partial) {
        workspace.lists.fill(i, pooled, memory, partial);
        for (int block = 0; block < layout.blocks1; block++) {
            stages.conv2Gradient().weights(i, block, workspace.lists, partial);
            stages.conv2Gradient().input(block, workspace.lists, workspace.thread);
            stages.conv1().gradient(i, block, layout.gradient1(workspace.thread), partial);
        }
    }

    /**
     * fc1.weight: every thread has every so-many-th window, as the middle of an image has more alive than its edges.
     */
    private void updateLarge(int thread) {
        Workspace workspace = workspaces[thread];
        int row = layout.row(thread);
        for (int window = thread; window < layout.windows; window += crew.size()) {
            for (int word = 0; word < layout.words; word++) {
                long some = findAliveImages(window, word, workspace);
                for (; some != 0; some &= some - 1) {
                    int bit = Long.numberOfTrailingZeros(some);
                    int channel = word * Layout.WORD + bit;
                    int at = layout.feature(window, channel);
                    catchUp(window, channel, updates - 1);
                    touched[window * layout.conv2 + channel] = updates;
                    stages.hidden().weightGradient(window, channel, workspace.aliveImages, bit, count, row);
                    stages.adadelta()
                            .update(
                                    row,
                                    layout.large + at,
                                    layout.largeSquare + at,
                                    layout.largeDelta + at,
                                    layout.hiddenPadded,
                                    learningRate);
                }
            }
        }
    }

    /** Turns "which features of an image are alive" into "which images a feature is alive in"; a bit for any at all. */
    private long findAliveImages(int window, int word, Workspace workspace) {
        long[] alive = workspace.aliveImages;
        long some = 0;
        for (int first = 0; first < count; first += Layout.WORD) {
            for (int i = 0; i < Layout.WORD; i++) {
                int image = first + i;
                alive[image] = image < count ? pooled.alive[pooled.index(image, window, word)] : 0;
                some |= alive[image];
            }
            BitMatrix.transpose(alive, first);
        }
        return some;
    }

    /** The decay that a row missed in updates up to one. */
    private void catchUp(int window, int channel, int update) {
        int missed = update - touched[window * layout.conv2 + channel];
        if (missed > 0) {
            int at = layout.feature(window, channel);
            stages.adadelta().decay(layout.largeSquare + at, layout.largeDelta + at, layout.hiddenPadded, missed);
        }
    }

    private void updateSmall(int thread) {
        int vectors = layout.smallSize / layout.lanes;
        int first = thread * vectors / crew.size() * layout.lanes;
        int end = (thread + 1) * vectors / crew.size() * layout.lanes;
        stages.adadelta().reduce(first, end, Layout.groups(count));
        stages.adadelta()
                .update(
                        layout.smallGradient + first,
                        layout.small + first,
                        layout.smallSquare + first,
                        layout.smallDelta + first,
                        end - first,
                        learningRate);
    }

    private void prepare(int thread) {
        int first = thread * layout.conv1 / crew.size();
        int end = (thread + 1) * layout.conv1 / crew.size();
        SecondConvolution.transpose(layout, memory, first, end);
        stages.conv2().prepare(first, end);
    }

    // ---- predict

    /** Logits of at most {@link #capacity} images, without dropout: [count, classes] from an index on. */
    void logits(Images images, int from, int count, float[] out, int outAt) {
        begin(images);
        this.from = from;
        this.count = count;
        if (count == 1) {
            predict(0, 0, 1);
        } else {
            crew.run(predict);
        }
        System.arraycopy(logits, 0, out, outAt, count * layout.classes);
    }

    private void predict(int thread) {
        predict(thread, thread * count / crew.size(), (thread + 1) * count / crew.size());
    }

    private void predict(int thread, int first, int end) {
        stages.conv2().begin(workspaces[thread], JavaInputs.background(table));
        for (int i = first; i < end; i++) {
            convolve(from + i, i, allKept1, 0, 1, workspaces[thread]);
        }
        stages.conv2().end(allKept1, 1, workspaces[thread]);
        stages.hidden().forward(first, end);
        for (int i = first; i < end; i++) {
            stages.output().forward(i, allKept2, 0, 1, logits, i * layout.classes);
        }
    }

    // ---- gradients

    /** Forward and backward alone; {@link #lastLogits}, {@link #lastLoss} and {@link #lastGradients} then tell. */
    void pass(Batch batch) {
        begin(batch);
        crew.run(passBackAndForth);
    }

    float lastLoss() {
        return meanLoss();
    }

    float[] lastLogits() {
        return Arrays.copyOf(logits, count * layout.classes);
    }

    Parameters lastGradients() {
        stages.adadelta().reduce(0, layout.smallSize, Layout.groups(count));
        Parameters gradients = tensors.getSmall(layout.smallGradient);
        Workspace workspace = workspaces[0];
        int row = layout.row(0);
        for (int window = 0; window < layout.windows; window++) {
            for (int word = 0; word < layout.words; word++) {
                for (long some = findAliveImages(window, word, workspace); some != 0; some &= some - 1) {
                    int bit = Long.numberOfTrailingZeros(some);
                    int channel = word * Layout.WORD + bit;
                    stages.hidden().weightGradient(window, channel, workspace.aliveImages, bit, count, row);
                    tensors.copyRow(row, window, channel, gradients);
                }
            }
        }
        return gradients;
    }

    // ---- parameters in and out

    Parameters parameters() {
        return tensors.get(layout.small, layout.large);
    }

    OptimizerState optimizerState() {
        for (int window = 0; window < layout.windows; window++) {
            for (int channel = 0; channel < layout.conv2; channel++) {
                catchUp(window, channel, updates);
                touched[window * layout.conv2 + channel] = updates;
            }
        }
        return new OptimizerState(
                tensors.get(layout.smallSquare, layout.largeSquare), tensors.get(layout.smallDelta, layout.largeDelta));
    }

    void restore(Parameters parameters, OptimizerState state) {
        tensors.set(parameters, layout.small, layout.large);
        tensors.set(state.squareAverage(), layout.smallSquare, layout.largeSquare);
        tensors.set(state.accumulatedDelta(), layout.smallDelta, layout.largeDelta);
        Arrays.fill(touched, updates);
        crew.run(prepare);
    }
}
