package tandem.engine.java;

import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.engine.Batch;

/**
 * Training of a network: the order in which a crew of threads goes through a step.
 *
 * <pre>
 * for images it claims    conv1, conv2 with pooling, fc1, fc2 and loss, and all the way back to conv1
 *                         -- meeting
 * for windows it claims   gradient of fc1.weight and its update
 * for its own share       sum of the small gradients and their update
 *                         -- meeting
 * for its own channels    conv2.weight as the next step's forward wants it
 * </pre>
 *
 * <p>Results do not depend on the number of threads. A batch is divided into groups of images by its size alone; a
 * group is claimed by one thread and has its own sums of small gradients, and these are added group by group. A row of
 * fc1.weight belongs to one thread, which adds up its gradient image by image.
 */
final class JavaTraining {
    private final JavaNetwork model;
    private final Layout layout;
    private final float[] memory;
    private final Pooled pooled;
    private final Stages stages;
    private final JavaAdadelta adadelta;
    private final Crew crew;
    private final Workspace[] workspaces;
    private final float[] logits;
    private final LossGradient[] lossGradients;
    private final float[][] dLogits;
    private final double[] losses;

    /** Updates done so far. */
    private int updates;

    /** The update that last touched a feature's row of fc1.weight: [windows][conv2]. */
    private final int[] touched;

    // What the crew is working on; written by the caller before it calls the crew.

    private @Nullable Batch batch;
    private int count;
    private float learningRate;

    /** The next window whose rows of fc1.weight a thread may claim. */
    private final AtomicInteger nextWindow = new AtomicInteger();

    private final Crew.Job train = this::train;
    private final Crew.Job passBackAndForth = this::pass;

    /** Training with accumulators of zero. */
    JavaTraining(JavaNetwork model, Recipe recipe) {
        this.model = model;
        layout = model.layout;
        memory = model.memory;
        pooled = model.pooled;
        stages = model.stages;
        crew = model.crew;
        workspaces = model.workspaces;
        logits = model.logits;
        adadelta = Stages.adadelta(layout, memory, recipe);
        lossGradients = new LossGradient[crew.size()];
        for (int thread = 0; thread < crew.size(); thread++) {
            lossGradients[thread] = new LossGradient(recipe.loss(), layout.classes);
        }
        dLogits = new float[crew.size()][layout.classes];
        losses = new double[layout.capacity];
        touched = new int[layout.windows * layout.conv2];
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
        count = batch.size();
        model.begin(batch.images(), count);
        nextWindow.set(0);
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
        model.prepare(thread);
    }

    /** Forward and backward for the groups of images that the thread claims. */
    private void pass(int thread) {
        // Begun before the crew was called.
        Batch batch = Objects.requireNonNull(this.batch);
        Workspace workspace = workspaces[thread];
        int[] images = workspace.images;
        workspace.claimed = 0;
        stages.conv2().begin(workspace, model.background());
        for (int first = model.claim(workspace); first < count; first = model.claim(workspace)) {
            int partial = partial(first);
            Arrays.fill(memory, partial, partial + layout.smallSize, 0);
            for (int i = first; i <= images[workspace.claimed - 1]; i++) {
                int keepAt = i * layout.windows * layout.words;
                model.convolve(batch.index(i), i, batch.keep1(), keepAt, batch.scale1(), workspace);
            }
        }
        stages.conv2().end(batch.keep1(), batch.scale1(), workspace);
        stages.hidden().forward(images, workspace.claimed);
        for (int n = 0; n < workspace.claimed; n++) {
            output(batch, images[n], thread);
        }
        stages.hidden().inputGradient(images, workspace.claimed, batch.scale1());
        for (int n = 0; n < workspace.claimed; n++) {
            convolveBack(images[n], workspace);
        }
    }

    /** Gradients of the small parameters of the group that an image belongs to. */
    private int partial(int i) {
        return layout.partial(i / Layout.groupSize(count));
    }

    private void output(Batch batch, int i, int thread) {
        int words = batch.keep2().length / batch.capacity();
        stages.output().forward(i, batch.keep2(), i * words, batch.scale2(), logits, i * layout.classes);
        losses[i] = lossGradients[thread].of(logits, i * layout.classes, batch.label(i), count, dLogits[thread]);
        stages.output().backward(i, dLogits[thread], batch.scale2(), partial(i));
    }

    private void convolveBack(int i, Workspace workspace) {
        int partial = partial(i);
        stages.conv1().forward(i, workspace.thread);
        workspace.lists.fill(i, pooled, memory, partial);
        for (int block = 0; block < layout.blocks1; block++) {
            stages.conv2Gradient().weights(block, workspace.lists, workspace.thread, partial);
            stages.conv2Gradient().input(block, workspace.lists, workspace.thread);
            stages.conv1().gradient(i, block, workspace.thread, partial);
        }
    }

    /** fc1.weight: threads claim window after window, as the middle of an image has more alive than its edges. */
    private void updateLarge(int thread) {
        Workspace workspace = workspaces[thread];
        int row = layout.row(thread);
        for (int window = nextWindow.getAndIncrement();
                window < layout.windows;
                window = nextWindow.getAndIncrement()) {
            for (int word = 0; word < layout.words; word++) {
                long some = findAliveImages(window, word, workspace);
                for (; some != 0; some &= some - 1) {
                    int bit = Long.numberOfTrailingZeros(some);
                    int channel = word * Layout.WORD + bit;
                    int at = layout.feature(window, channel);
                    catchUp(window, channel, updates - 1);
                    touched[window * layout.conv2 + channel] = updates;
                    stages.hidden().weightGradient(window, channel, workspace.aliveImages, bit, count, row);
                    adadelta.update(
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
            adadelta.decay(layout.largeSquare + at, layout.largeDelta + at, layout.hiddenPadded, missed);
        }
    }

    private void updateSmall(int thread) {
        int vectors = layout.smallSize / layout.lanes;
        int first = thread * vectors / crew.size() * layout.lanes;
        int end = (thread + 1) * vectors / crew.size() * layout.lanes;
        adadelta.reduce(first, end, Layout.groups(count));
        adadelta.update(
                layout.smallGradient + first,
                layout.small + first,
                layout.smallSquare + first,
                layout.smallDelta + first,
                end - first,
                learningRate);
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
        adadelta.reduce(0, layout.smallSize, Layout.groups(count));
        Parameters gradients = model.tensors.getSmall(layout.smallGradient);
        Workspace workspace = workspaces[0];
        int row = layout.row(0);
        for (int window = 0; window < layout.windows; window++) {
            for (int word = 0; word < layout.words; word++) {
                for (long some = findAliveImages(window, word, workspace); some != 0; some &= some - 1) {
                    int bit = Long.numberOfTrailingZeros(some);
                    int channel = word * Layout.WORD + bit;
                    stages.hidden().weightGradient(window, channel, workspace.aliveImages, bit, count, row);
                    model.tensors.copyRow(row, window, channel, gradients);
                }
            }
        }
        return gradients;
    }

    // ---- accumulators in and out

    OptimizerState optimizerState() {
        for (int window = 0; window < layout.windows; window++) {
            for (int channel = 0; channel < layout.conv2; channel++) {
                catchUp(window, channel, updates);
                touched[window * layout.conv2 + channel] = updates;
            }
        }
        return new OptimizerState(
                model.tensors.get(layout.smallSquare, layout.largeSquare),
                model.tensors.get(layout.smallDelta, layout.largeDelta));
    }

    void set(OptimizerState state) {
        model.tensors.set(state.squareAverage(), layout.smallSquare, layout.largeSquare);
        model.tensors.set(state.accumulatedDelta(), layout.smallDelta, layout.largeDelta);
        Arrays.fill(touched, updates);
    }
}
