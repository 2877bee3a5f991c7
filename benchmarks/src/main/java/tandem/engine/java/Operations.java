package tandem.engine.java;

import java.util.Locale;
import tandem.core.Network;

/**
 * How much there is to do in each stage for one batch, from the state it finds: floating-point operations that the
 * stage's definition or algorithm asks for, a multiply-add counting as 2, comparisons and conversions as 0. Padding and
 * what an implementation computes only to throw it away do not count, so a share of the peak is never flattering.
 *
 * @param images of the batch
 * @param active entries of conv1's output greater than 0
 * @param windows pool windows of all images
 * @param inked those that see something besides background
 * @param allBlocks blocks of four windows of all images, see {@link WinogradConvolution}
 * @param blocks those that it takes to cover the windows that see something
 * @param alive pairs of an image and a feature alive in it
 * @param touched features alive in some image
 * @param groups of images
 */
record Operations(
        Network network,
        int images,
        long active,
        long computed,
        long activeOnInk,
        long windows,
        long inked,
        long allBlocks,
        long blocks,
        long alive,
        long touched,
        int groups) {

    /** Numbers of a transformed patch, see {@link WinogradConvolution}. */
    private static final int FREQUENCIES = 36;

    /** Taps of the four positions of a window. */
    private static final int WINDOW_TAPS = 4 * Layout.TAPS;

    /** Of the transform of one input channel's patch: 12 multiply-adds for each of 6 columns and of 6 rows. */
    private static final int TRANSFORM_IN = 12 * 2 * 12;

    /** Of the transform of one output channel's 36 numbers to 16: 16 for each of 6 columns and of 4 rows. */
    private static final int TRANSFORM_OUT = 10 * 16;

    /** Of {@link JavaAdadelta#update} for one parameter: 4 + 5 + 4 + 2, division and root counting as 1 each. */
    private static final int ADADELTA = 15;

    /** Floats that it moves: gradients stay in L1; parameter and both accumulators are read and written. */
    private static final int ADADELTA_FLOATS = 6;

    static Operations of(BatchOfStages batch) {
        Layout layout = batch.layout();
        return new Operations(
                layout.network,
                batch.images(),
                batch.active(),
                batch.computed(),
                batch.activeOnInk(),
                (long) batch.images() * layout.windows,
                batch.inked(),
                (long) batch.images() * Math.ceilDiv(layout.windowRows, 2) * Math.ceilDiv(layout.windowColumns, 2),
                batch.blocks(),
                batch.alive(),
                batch.touched(),
                Layout.groups(batch.images()));
    }

    /** Where more than background is seen. */
    long conv1Forward() {
        return computed * 2 * Layout.TAPS;
    }

    /** Of the definition, on all windows. */
    long conv2Definition() {
        return direct(windows);
    }

    private long direct(long windows) {
        return windows * WINDOW_TAPS * network.conv1() * network.conv2() * 2;
    }

    private long winograd(long blocks) {
        return blocks
                * (2L * FREQUENCIES * network.conv1() * network.conv2()
                        + (long) TRANSFORM_IN * network.conv1()
                        + (long) TRANSFORM_OUT * network.conv2());
    }

    /**
     * Of one of {@link StageBenchmark}'s algorithms; windows of background cost nothing where there is the shortcut.
     */
    long conv2Forward(String algorithm) {
        return switch (algorithm) {
            case StageBenchmark.WINOGRAD -> winograd(blocks);
            case StageBenchmark.WINOGRAD_ALL -> winograd(allBlocks);
            case StageBenchmark.DIRECT -> direct(inked);
            case StageBenchmark.DIRECT_ALL, StageBenchmark.PLAIN -> direct(windows);
            default -> throw new IllegalArgumentException(algorithm);
        };
    }

    /** fc1's forward, and as many for either of its gradients. */
    long hidden() {
        return alive * network.hidden() * 2;
    }

    long outputForward() {
        return (long) images * network.hidden() * (2 * network.classes() + 1);
    }

    long outputBack() {
        return (long) images * network.hidden() * (4 * network.classes() + 2);
    }

    /** The sum of conv2's bias gradient; listing is no arithmetic. */
    long gradientLists() {
        return alive;
    }

    /** The gradient of conv2's weights, and as many for that of its input. */
    long conv2Gradient() {
        return alive * Layout.TAPS * network.conv1() * 2;
    }

    /** Where conv1's ReLU lets a gradient through; on background all count together. */
    long conv1Gradient() {
        return activeOnInk * (2 * Layout.TAPS + 1) + entries() - computed;
    }

    /** Of conv1's output. */
    private long entries() {
        return (long) images * (network.rows() - 2) * (network.columns() - 2) * network.conv1();
    }

    long adadelta() {
        return touched * network.hidden() * ADADELTA;
    }

    long adadeltaBytes() {
        return touched * network.hidden() * ADADELTA_FLOATS * Float.BYTES;
    }

    long reduce() {
        return small() * (groups - 1);
    }

    long reduceBytes() {
        return small() * (groups + 1) * Float.BYTES;
    }

    /** Parameters but fc1.weight. */
    private long small() {
        return network.parameterCount() - (long) network.features() * network.hidden();
    }

    /** A whole step: the stages above, conv1 forward twice, and the update of the small parameters. */
    long step() {
        return 2 * conv1Forward()
                + conv2Forward(StageBenchmark.WINOGRAD)
                + 3 * hidden()
                + outputForward()
                + outputBack()
                + gradientLists()
                + 2 * conv2Gradient()
                + conv1Gradient()
                + adadelta()
                + reduce()
                + small() * ADADELTA;
    }

    /** The state in words. */
    String words() {
        return String.format(
                Locale.ROOT,
                "batch of %d after %d steps: %.1f%% of conv1's output is greater than 0, %.1f%% of the pool windows see"
                        + " more than background, %.0f features are alive in an image, %d of %d in some image",
                images,
                Trained.STEPS,
                100.0 * active / entries(),
                100.0 * inked / windows,
                (double) alive / images,
                touched,
                network.features());
    }
}
