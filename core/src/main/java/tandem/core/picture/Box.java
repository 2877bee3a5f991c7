package tandem.core.picture;

/**
 * A rectangle of pixels.
 *
 * @param left first column
 * @param top first row
 * @param right column after the last
 * @param bottom row after the last
 */
public record Box(int left, int top, int right, int bottom) {

    int width() {
        return right - left;
    }

    int height() {
        return bottom - top;
    }

    int longerSide() {
        return Math.max(width(), height());
    }

    /** The smallest box around both. */
    Box and(Box other) {
        return new Box(
                Math.min(left, other.left),
                Math.min(top, other.top),
                Math.max(right, other.right),
                Math.max(bottom, other.bottom));
    }

    /** The box with some pixels more on each side, as far as there are any. */
    Box grown(int by, int width, int height) {
        return new Box(
                Math.max(0, left - by),
                Math.max(0, top - by),
                Math.min(width, right + by),
                Math.min(height, bottom + by));
    }

    /** The same box counted from another one's upper left corner. */
    Box from(Box other) {
        return new Box(left - other.left, top - other.top, right - other.left, bottom - other.top);
    }

    /** The same box in a picture of another size: all pixels that it touches. */
    Box scaled(double across, double down) {
        return new Box(
                (int) Math.floor(left * across + 1e-6),
                (int) Math.floor(top * down + 1e-6),
                (int) Math.ceil(right * across - 1e-6),
                (int) Math.ceil(bottom * down - 1e-6));
    }

    /** Columns that both have. */
    int overlapAcross(Box other) {
        return Math.max(0, -gap(left, right, other.left, other.right));
    }

    /** Rows that both have. */
    int overlapDown(Box other) {
        return Math.max(0, -gap(top, bottom, other.top, other.bottom));
    }

    /** Columns between both. */
    int gapAcross(Box other) {
        return Math.max(0, gap(left, right, other.left, other.right));
    }

    /** Rows between both. */
    int gapDown(Box other) {
        return Math.max(0, gap(top, bottom, other.top, other.bottom));
    }

    private static int gap(int from, int to, int otherFrom, int otherTo) {
        return Math.max(from, otherFrom) - Math.min(to, otherTo);
    }

    /** Whether more than half of it lies in another one. */
    boolean mostlyIn(Box other) {
        return 2L * overlapAcross(other) * overlapDown(other) > (long) width() * height();
    }
}
