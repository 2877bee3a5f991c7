package tandem.core.picture;

import java.util.Arrays;

/** What a picture with transparent pixels shows: its colours on white, or the shape that its opacity draws. */
final class Opacity {
    /** Channels of a pixel: its colour on white, and how opaque it is. */
    static final int CHANNELS = Picture.CHANNELS + 1;

    /** Colours that differ less are one colour, as a share of white: 8 of 255 levels. */
    private static final double ONE_COLOUR = 8 / 255.0;

    /** Ink that differs less from white is hard to see on it. */
    private static final double FAINT = 0.25;

    /** Share of opaque pixels on either side that do not count: where strokes end, drawing programs mix in black. */
    private static final double ENDS = 0.1;

    private Opacity() {}

    /**
     * Chooses. Opacity alone counts, as black on white, where colours show nothing on white; and where the border is
     * transparent and all that is not has one colour, or hardly differs from white.
     *
     * @param pixels [height, width, 4], the last of which is the opacity
     * @return [height, width, 3]
     */
    static float[] samples(float[] pixels, int width, int height) {
        boolean byOpacity = largest(pixels) < ONE_COLOUR
                || clearBorder(pixels, width, height) && (largest(pixels) < FAINT || oneColour(pixels));
        float[] samples = new float[Picture.CHANNELS * width * height];
        for (int i = 0; i < width * height; i++) {
            for (int c = 0; c < Picture.CHANNELS; c++) {
                samples[Picture.CHANNELS * i + c] =
                        byOpacity ? 1 - pixels[CHANNELS * i + Picture.CHANNELS] : pixels[CHANNELS * i + c];
            }
        }
        return samples;
    }

    /** The largest difference from white, but for the share {@code 1e-3} of the pixels. */
    private static double largest(float[] pixels) {
        float[] differences = new float[pixels.length / CHANNELS];
        for (int i = 0; i < differences.length; i++) {
            for (int c = 0; c < Picture.CHANNELS; c++) {
                differences[i] = Math.max(differences[i], 1 - pixels[CHANNELS * i + c]);
            }
        }
        Arrays.sort(differences);
        return differences[(int) (0.999 * (differences.length - 1))];
    }

    private static boolean clearBorder(float[] pixels, int width, int height) {
        int border = 0;
        int clear = 0;
        for (int i = 0; i < width * height; i++) {
            int x = i % width;
            int y = i / width;
            if (x == 0 || y == 0 || x == width - 1 || y == height - 1) {
                border++;
                clear += pixels[CHANNELS * i + Picture.CHANNELS] < 0.5 ? 1 : 0;
            }
        }
        return 2 * clear >= border;
    }

    /** Whether the colours of all opaque pixels, as they are without white behind them, are nearly the same. */
    private static boolean oneColour(float[] pixels) {
        float[] levels = new float[pixels.length / CHANNELS];
        for (int c = 0; c < Picture.CHANNELS; c++) {
            int count = 0;
            for (int i = 0; i < levels.length; i++) {
                float opacity = pixels[CHANNELS * i + Picture.CHANNELS];
                if (opacity >= 0.9f) {
                    levels[count++] = 1 - (1 - pixels[CHANNELS * i + c]) / opacity;
                }
            }
            Arrays.sort(levels, 0, count);
            if (count > 0
                    && levels[(int) ((1 - ENDS) * (count - 1))] - levels[(int) (ENDS * (count - 1))] > ONE_COLOUR) {
                return false;
            }
        }
        return true;
    }
}
