package tandem.engine.java;

import java.util.Arrays;
import tandem.core.data.Images;
import tandem.core.engine.Batch;

/**
 * The stages of a step one by one, each for a whole batch on one thread, on the state that a real step would find. What
 * a stage reads was left by a pass when this was made, so each can be called again and again, and always does the same
 * work: gradients that accumulate grow, but no time depends on their values, and Adadelta runs with learning rate 0.
 */
final class BatchOfStages {
    private final Layout layout;
    private final float[] memory;
    private final Pooled pooled;
    private final InkBits ink;
    private final Stages stages;

    /** Its conv2 takes every pixel for ink. */
    private final Stages stagesWithoutShortcut;

    private final JavaAdadelta adadelta;
    private final JavaInputs inputs;
    private final Workspace workspace;
    private final LossGradient lossGradient;
    private final Images images;
    private final float[] table;
    private final Batch batch;
    private final int count;

    // Entries of conv1's output in all images: computed, since they see more than background; greater than 0; both.

    private long computed;
    private long active;
    private long activeOnInk;

    private final float[] logits;
    private final float[][] dLogits;
    private final double[] losses;
    private final GradientLists[] lists;

    /** For each feature, which images it is alive in: [windows][words][64]. */
    private final long[] aliveImages;

    /**
     * Goes through one step, all but its update.
     *
     * @param variant of the engine, see {@link JavaProvider}
     */
    BatchOfStages(Trained trained, String variant) {
        batch = trained.batches(1)[0];
        count = batch.size();
        layout = Stages.layout(trained.recipe().network(), count, true, 1);
        memory = new float[layout.floats];
        pooled = new Pooled(layout);
        ink = new InkBits(layout, true);
        stages = Stages.of(layout, memory, ink, pooled, variant);
        stagesWithoutShortcut = Stages.of(layout, memory, new InkBits(layout, false), pooled, variant);
        adadelta = Stages.adadelta(layout, memory, trained.recipe());
        inputs = new JavaInputs(layout, memory, ink);
        workspace = new Workspace(layout, 0);
        lossGradient = new LossGradient(trained.recipe().loss(), layout.classes);
        images = trained.images();
        table = JavaInputs.table(images);
        logits = new float[count * layout.classes];
        dLogits = new float[count][layout.classes];
        losses = new double[count];
        lists = new GradientLists[count];
        Arrays.setAll(lists, i -> new GradientLists(layout));
        aliveImages = new long[layout.windows * layout.words * Layout.WORD];

        JavaTensors tensors = new JavaTensors(layout, memory);
        tensors.set(trained.parameters(), layout.small, layout.large);
        tensors.set(trained.state().squareAverage(), layout.smallSquare, layout.largeSquare);
        tensors.set(trained.state().accumulatedDelta(), layout.smallDelta, layout.largeDelta);
        pass();
    }

    private void pass() {
        prepare();
        inputs();
        convolutions();
        hiddenForward();
        outputForward();
        loss();
        outputBack();
        findAliveImages();
        hiddenBack();
        keepGradientLists();
        conv2Weights();
        conv2Input();
        conv1Gradient();
        reduce();
    }

    // ---- forward

    /** Pixels to floats. */
    void inputs() {
        for (int i = 0; i < count; i++) {
            inputs.fill(images, table, batch.index(i), i);
        }
    }

    private void convolutions() {
        workspace.background = JavaInputs.background(table);
        stages.conv1().begin(workspace);
        stages.conv2().begin(workspace);
        for (int i = 0; i < count; i++) {
            stages.conv1().forward(i, workspace);
            count(layout.activation1(0, 0));
            conv2Forward(i, stages);
        }
        stages.conv2().end(batch.keep1(), batch.scale1(), workspace);
    }

    private void count(int activation) {
        int row = layout.columns1 * layout.lanes;
        for (int at = 0; at < layout.blocks1 * layout.plane1; at++) {
            int y = at % layout.plane1 / row;
            int x = at % row / layout.lanes;
            boolean seesInk = workspace.inkFrom[y] <= x && x < workspace.inkTo[y];
            boolean isActive = memory[activation + at] > 0;
            computed += seesInk ? 1 : 0;
            active += isActive ? 1 : 0;
            activeOnInk += seesInk && isActive ? 1 : 0;
        }
    }

    private void conv2Forward(int i, Stages stages) {
        stages.conv2().forward(i, batch.keep1(), i * layout.windows * layout.words, batch.scale1(), workspace);
    }

    void conv1Forward() {
        for (int i = 0; i < count; i++) {
            stages.conv1().forward(i, workspace);
        }
    }

    /**
     * Every image with the activation of the last, as a step keeps no more than one. Stages behind it would then find
     * other features alive.
     *
     * @param shortcut whether windows of background may be told by their ink; plain Java never asks
     */
    void conv2Forward(boolean shortcut) {
        Stages used = shortcut ? stages : stagesWithoutShortcut;
        for (int i = 0; i < count; i++) {
            conv2Forward(i, used);
        }
        used.conv2().end(batch.keep1(), batch.scale1(), workspace);
    }

    void hiddenForward() {
        for (int part = 0; part < Layout.PARTS; part++) {
            stages.hidden().forward(part, count);
        }
        for (int i = 0; i < count; i++) {
            stages.hidden().add(i);
        }
    }

    void outputForward() {
        int words = batch.keep2().length / batch.capacity();
        for (int i = 0; i < count; i++) {
            stages.output().forward(i, batch.keep2(), i * words, batch.scale2(), logits, i * layout.classes);
        }
    }

    /** Loss and its gradient by the logits. */
    void loss() {
        for (int i = 0; i < count; i++) {
            losses[i] = lossGradient.of(logits, i * layout.classes, batch.label(i), count, dLogits[i]);
        }
    }

    // ---- backward

    void outputBack() {
        for (int i = 0; i < count; i++) {
            stages.output().backward(i, dLogits[i], batch.scale2(), partial(i));
        }
    }

    /** Both gradients of fc1, for all features that are alive in some image. */
    void hiddenBack() {
        int[] places = workspace.places;
        for (int window = 0; window < layout.windows; window++) {
            for (int i = 0; i < count; i++) {
                places[i] = layout.pooledGradient(i) + window * layout.channels2;
            }
            for (int channel = 0; channel < layout.conv2; channel++) {
                if (isTouched(window, channel)) {
                    stages.hidden()
                            .backward(
                                    window,
                                    channel,
                                    aliveImages,
                                    at(window, channel),
                                    count,
                                    batch.scale1(),
                                    places,
                                    row());
                }
            }
        }
    }

    /** Into the same lists for all images, as a step does; the stages behind it have lists of their own for each. */
    void gradientLists() {
        for (int i = 0; i < count; i++) {
            workspace.lists.fill(i, pooled, memory, partial(i));
        }
    }

    private void keepGradientLists() {
        for (int i = 0; i < count; i++) {
            lists[i].fill(i, pooled, memory, partial(i));
        }
    }

    void conv2Weights() {
        for (int i = 0; i < count; i++) {
            stages.conv2Gradient().weights(lists[i], 0, partial(i));
        }
    }

    void conv2Input() {
        for (int i = 0; i < count; i++) {
            stages.conv2Gradient().input(lists[i], 0);
        }
    }

    /** Every image with the gradient of the last, as a step keeps no more than one; no time depends on its values. */
    void conv1Gradient() {
        for (int i = 0; i < count; i++) {
            for (int block = 0; block < layout.blocks1; block++) {
                stages.conv1().gradient(i, block, workspace, partial(i));
            }
        }
    }

    private int partial(int image) {
        return layout.partial(image / Layout.groupSize(count));
    }

    private void findAliveImages() {
        for (int i = 0; i < count; i++) {
            for (int window = 0; window < layout.windows; window++) {
                for (int word = 0; word < layout.words; word++) {
                    long alive = pooled.alive[pooled.index(i, window, word)];
                    for (; alive != 0; alive &= alive - 1) {
                        aliveImages[aliveAt(window, word) + Long.numberOfTrailingZeros(alive)] |= 1L << i;
                    }
                }
            }
        }
    }

    private int aliveAt(int window, int word) {
        return (window * layout.words + word) * Layout.WORD;
    }

    private int at(int window, int channel) {
        return aliveAt(window, channel / Layout.WORD) + channel % Layout.WORD;
    }

    private boolean isTouched(int window, int channel) {
        return aliveImages[at(window, channel)] != 0;
    }

    private int row() {
        return layout.row(0);
    }

    // ---- update

    /** The rows of fc1.weight whose feature is alive in some image; the gradient is that of the last row. */
    void adadelta() {
        for (int window = 0; window < layout.windows; window++) {
            for (int channel = 0; channel < layout.conv2; channel++) {
                if (isTouched(window, channel)) {
                    int at = layout.feature(window, channel);
                    adadelta.update(
                            row(),
                            layout.large + at,
                            layout.largeSquare + at,
                            layout.largeDelta + at,
                            layout.hiddenPadded,
                            0);
                }
            }
        }
    }

    /** Sum of the groups' partial gradients. */
    void reduce() {
        adadelta.reduce(0, layout.smallSize, Layout.groups(count));
    }

    /** conv2.weight as the next step's forward wants it. */
    void prepare() {
        SecondConvolution.transpose(layout, memory, 0, layout.conv1);
        stages.conv2().prepare(0, layout.conv1);
    }

    // ---- what the work depends on

    Layout layout() {
        return layout;
    }

    int images() {
        return count;
    }

    /** Pairs of an image and a feature that is alive in it. */
    long alive() {
        return Arrays.stream(pooled.alive).map(Long::bitCount).sum();
    }

    /** Features that are alive in some image: the rows of fc1.weight that are updated. */
    long touched() {
        return Arrays.stream(aliveImages).filter(alive -> alive != 0).count();
    }

    /** Entries of conv1's output that are greater than 0. */
    long active() {
        return active;
    }

    /** Entries of conv1's output that are computed, as they see more than background, or have a neighbour that does. */
    long computed() {
        return computed;
    }

    /** Those of them that are greater than 0. */
    long activeOnInk() {
        return activeOnInk;
    }

    /** Pool windows of all images that see something besides background. */
    long inked() {
        long inked = 0;
        for (int i = 0; i < count; i++) {
            for (int wy = 0; wy < layout.windowRows; wy++) {
                for (int wx = 0; wx < layout.windowColumns; wx++) {
                    inked += isInked(i, wy, wx) ? 1 : 0;
                }
            }
        }
        return inked;
    }

    /** Blocks of 2x2 windows that cover these: in every other row, each begins at the first window left to cover. */
    long blocks() {
        long blocks = 0;
        for (int i = 0; i < count; i++) {
            for (int wy = 0; wy < layout.windowRows; wy += 2) {
                for (int wx = 0; wx < layout.windowColumns; wx++) {
                    if (isInked(i, wy, wx) || wy + 1 < layout.windowRows && isInked(i, wy + 1, wx)) {
                        blocks++;
                        wx++;
                    }
                }
            }
        }
        return blocks;
    }

    /** Whether there is any ink in the 6x6 pixels under a window. */
    private boolean isInked(int image, int wy, int wx) {
        return (ink.in(image, 2 * wy, 6) >>> 2 * wx & 0x3f) != 0;
    }
}
