package tandem.engine.java;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;
import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.engine.Batch;

/**
 * Training of a network: the order in which a crew of threads goes through a step. Between any two lines they meet.
 *
 * <pre>
 * images     conv1, conv2 with pooling
 * parts      fc1, a part of its rows for all images
 * groups     sum of the parts, fc2, loss, and back to the hidden units
 * windows    gradients of fc1: of the features, and of the weights with their update
 * groups     back through conv2 and conv1
 * share      sum of the small gradients and their update
 * channels   conv2.weight as the next step's forward wants it
 * </pre>
 *
 * <p>Threads claim images, parts, windows and groups of images one by one, see {@link Shares}. Results do not depend on
 * who claims what, nor on the number of threads: parts and groups are the same for any number of threads, each is done
 * by one thread in a fixed order and has its own sums, and these are added one after the other.
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

    /** Groups of images: on the way forth and on the way back. */
    private final Shares groupsForth;

    private final Shares groupsBack;

    /** Windows, with their rows of fc1.weight. */
    private final Shares windows;

    private final IntUnaryOperator index = i -> batch().index(i);
    private final RowGradient update = this::update;
    private final RowGradient keepNothing = (gradient, window, channel) -> {};
    private final Crew.Job train = this::train;
    private final Crew.Job passBackAndForth = this::pass;

    /** What is done with the gradient of a feature's row of fc1.weight. */
    private interface RowGradient {
        /** @param gradient its index in the array; the next row's gradient takes its place */
        void use(int gradient, int window, int channel);
    }

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
        groupsForth = new Shares(crew.size());
        groupsBack = new Shares(crew.size());
        windows = new Shares(crew.size());
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
        groupsForth.begin(Layout.groups(count));
        groupsBack.begin(Layout.groups(count));
        windows.begin(layout.windows);
    }

    private Batch batch() {
        // Begun before the crew was called.
        return Objects.requireNonNull(batch);
    }

    private float meanLoss() {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += losses[i];
        }
        return (float) (sum / count);
    }

    private void train(int thread) {
        passHalf(thread);
        backThroughHidden(thread, update);
        crew.await();
        backThroughConvolutions(thread);
        crew.await();
        updateSmall(thread);
        crew.await();
        model.prepare(thread);
    }

    /** Forward and backward, without an update. */
    private void pass(int thread) {
        passHalf(thread);
        backThroughHidden(thread, keepNothing);
        crew.await();
        backThroughConvolutions(thread);
    }

    /** Forward, and back to the hidden units. */
    private void passHalf(int thread) {
        Batch batch = batch();
        model.convolve(thread, index, batch.keep1(), layout.windows * layout.words, batch.scale1());
        crew.await();
        model.sum(thread);
        crew.await();
        for (int group = groupsForth.claim(thread); group >= 0; group = groupsForth.claim(thread)) {
            int partial = layout.partial(group);
            Arrays.fill(memory, partial, partial + layout.smallSize, 0);
            for (int i = first(group); i < first(group + 1); i++) {
                output(batch, i, thread, partial);
            }
        }
        crew.await();
    }

    /** The first image of a group, or the end of the batch. */
    private int first(int group) {
        return Math.min(count, group * Layout.groupSize(count));
    }

    private void output(Batch batch, int i, int thread, int partial) {
        int words = batch.keep2().length / batch.capacity();
        stages.hidden().add(i);
        stages.output().forward(i, batch.keep2(), i * words, batch.scale2(), logits, i * layout.classes);
        losses[i] = lossGradients[thread].of(logits, i * layout.classes, batch.label(i), count, dLogits[thread]);
        stages.output().backward(i, dLogits[thread], batch.scale2(), partial);
    }

    private void backThroughConvolutions(int thread) {
        Workspace workspace = workspaces[thread];
        for (int group = groupsBack.claim(thread); group >= 0; group = groupsBack.claim(thread)) {
            int partial = layout.partial(group);
            for (int i = first(group); i < first(group + 1); i++) {
                stages.conv1().forward(i, workspace);
                workspace.lists.fill(i, pooled, memory, partial);
                stages.conv2Gradient().weights(workspace.lists, thread, partial);
                stages.conv2Gradient().input(workspace.lists, thread);
                for (int block = 0; block < layout.blocks1; block++) {
                    stages.conv1().gradient(i, block, workspace, partial);
                }
            }
        }
    }

    /** fc1's gradients, for the windows that the thread claims. */
    private void backThroughHidden(int thread, RowGradient then) {
        for (int window = windows.claim(thread); window >= 0; window = windows.claim(thread)) {
            backThroughHidden(window, workspaces[thread], then);
        }
    }

    /** The rows of fc1.weight of one window whose features are alive in any image. */
    private void backThroughHidden(int window, Workspace workspace, RowGradient then) {
        int[] places = workspace.places;
        for (int i = 0; i < count; i++) {
            places[i] = layout.pooledGradient(i) + window * layout.channels2;
        }
        float scale = batch().scale1();
        int row = layout.row(workspace.thread);
        for (int word = 0; word < layout.words; word++) {
            long some = findAliveImages(window, word, workspace);
            for (; some != 0; some &= some - 1) {
                int bit = Long.numberOfTrailingZeros(some);
                int channel = word * Layout.WORD + bit;
                stages.hidden().backward(window, channel, workspace.aliveImages, bit, count, scale, places, row);
                then.use(row, window, channel);
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

    /** Updates a feature's row of fc1.weight. */
    private void update(int gradient, int window, int channel) {
        int at = layout.feature(window, channel);
        catchUp(window, channel, updates - 1);
        touched[window * layout.conv2 + channel] = updates;
        adadelta.update(
                gradient,
                layout.large + at,
                layout.largeSquare + at,
                layout.largeDelta + at,
                layout.hiddenPadded,
                learningRate);
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
        RowGradient copy = (row, window, channel) -> model.tensors.copyRow(row, window, channel, gradients);
        for (int window = 0; window < layout.windows; window++) {
            backThroughHidden(window, workspaces[0], copy);
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
