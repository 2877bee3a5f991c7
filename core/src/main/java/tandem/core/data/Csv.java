package tandem.core.data;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.FileKind;
import tandem.core.Json;

/**
 * A CSV file of images: a line for each, with a label and its pixels row by row, 0 to 255. A first line of names is
 * known by its letters; it may name the label's column ({@code label}, {@code class}), which is the first otherwise.
 *
 * @param pixels the images
 * @param labels [count], or null if there is no column of them
 */
record Csv(Pixels pixels, byte @Nullable [] labels) {
    private static final int BUFFER = 1 << 16;

    /** Bytes of the longest first line: more than a million columns are not an image. */
    private static final int LONGEST_LINE = 1 << 23;

    private static final Set<String> LABEL = Set.of("label", "labels", "class", "target", "y", "digit");

    /** What a column is. */
    private enum Column {
        PIXEL,
        LABEL,
        NOTHING
    }

    /**
     * Reads a file, plain or compressed by gzip. Takes at most 16 times the file's size, or 16 MiB and as much as the
     * first line takes if that is more.
     *
     * @throws Failure if it cannot be read, or a value is not a whole number from 0 to 255
     */
    static Csv read(DataFile file, Description description) {
        try (InputStream raw = new BufferedInputStream(file.content().open(), BUFFER)) {
            boolean gzip = ArrayFile.isGzip(raw);
            InputStream in = gzip ? new BufferedInputStream(new GZIPInputStream(raw, BUFFER), BUFFER) : raw;
            in.mark(FileKind.START);
            FileKind kind = FileKind.of(in.readNBytes(FileKind.START));
            in.reset();
            if (kind != FileKind.TEXT && kind != FileKind.UNKNOWN) {
                throw file.wrongKind(kind, "lines of a label and pixels");
            }
            return new Reader(file, in, ArrayFile.limit(file, gzip)).read(description);
        } catch (ZipException e) {
            throw file.failure("its compressed data is corrupt (%s)".formatted(e.getMessage()), e);
        } catch (EOFException e) {
            throw file.failure("it is truncated, its compressed data ends too early", e);
        } catch (IOException e) {
            throw file.failure("cannot be read (%s)".formatted(e), e);
        }
    }

    /** @throws Failure if there are no labels */
    Labelled labelled(DataFile file) {
        if (labels == null) {
            throw file.failure("it has %s columns of pixels and no column of labels; each line must begin with a label"
                    .formatted(pixels.rows() * pixels.columns()));
        }
        return new Labelled(pixels, labels);
    }

    /** The file from its start. */
    private static final class Reader {
        private final DataFile file;
        private final InputStream in;
        private final long limit;
        private final byte[] buffer = new byte[BUFFER];
        private int filled;
        private int next;
        private final Bytes pixels = new Bytes();
        private final Bytes labels = new Bytes();
        private int separator;
        private Column[] columns = {};
        private int row;

        Reader(DataFile file, InputStream in, long limit) {
            this.file = file;
            this.in = in;
            this.limit = limit;
        }

        Csv read(Description description) throws IOException {
            String first = firstLine();
            separator = first.indexOf('\t') >= 0 ? '\t' : first.indexOf(',') < 0 && first.indexOf(';') >= 0 ? ';' : ',';
            String[] fields = first.split(String.valueOf((char) separator), -1);
            for (int i = 0; i < fields.length; i++) {
                fields[i] = fields[i].strip().replaceAll("^\"|\"$", "").strip();
            }
            boolean names =
                    Arrays.stream(fields).anyMatch(field -> field.chars().anyMatch(Character::isLetter));
            columns = columns(fields, names);
            int size = (int) Arrays.stream(columns)
                    .filter(column -> column == Column.PIXEL)
                    .count();
            int rows = description.rows() != null ? description.rows() : (int) Math.round(Math.sqrt(size));
            int width = description.columns() != null ? description.columns() : rows;
            if (size == 0 || rows * width != size) {
                throw file.failure(
                        "its first line has %s columns: %s pixels are not a square image; a label and then the pixels are expected, 785 columns for 28x28; of another shape, write {\"rows\":20,\"columns\":40} into a file %s beside it"
                                .formatted(fields.length, size, Description.FILE));
            }
            if (!names) {
                row = 1;
                for (int i = 0; i < fields.length; i++) {
                    add(i, number(fields[i], i));
                }
            }
            while (line()) {
                if (pixels.length > limit) {
                    throw file.failure("it holds more than the %s pixels that are read".formatted(limit));
                }
            }
            if (pixels.length == 0) {
                throw file.failure("it holds no images, the dataset is empty");
            }
            boolean labelled = Arrays.asList(columns).contains(Column.LABEL);
            return new Csv(new Pixels(rows, width, pixels.taken()), labelled ? labels.taken() : null);
        }

        private static Column[] columns(String[] fields, boolean names) {
            Column[] columns = new Column[fields.length];
            Arrays.fill(columns, Column.PIXEL);
            int label = -1;
            if (names) {
                for (int i = 0; i < fields.length; i++) {
                    if (fields[i].isEmpty()) {
                        // An index that pandas wrote.
                        columns[i] = Column.NOTHING;
                    } else if (label < 0 && LABEL.contains(fields[i].toLowerCase(Locale.ROOT))) {
                        label = i;
                    }
                }
            }
            if (label < 0 && !square(fields.length)) {
                label = 0;
            }
            if (label >= 0) {
                columns[label] = Column.LABEL;
            }
            return columns;
        }

        private static boolean square(int size) {
            int side = (int) Math.round(Math.sqrt(size));
            return side * side == size;
        }

        private String firstLine() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int c = read1(); c >= 0 && c != '\n'; c = read1()) {
                if (line.size() == LONGEST_LINE) {
                    throw file.failure("its first line has more than %s bytes".formatted(LONGEST_LINE));
                }
                line.write(c);
            }
            String text = line.toString(StandardCharsets.UTF_8);
            return (text.startsWith("\ufeff") ? text.substring(1) : text).strip();
        }

        private int read1() throws IOException {
            if (next == filled) {
                filled = in.read(buffer);
                next = 0;
                if (filled <= 0) {
                    filled = 0;
                    return -1;
                }
            }
            return buffer[next++] & 0xff;
        }

        /** Reads a line; false at the end. Empty lines are passed over. */
        private boolean line() throws IOException {
            int column = 0;
            int value = -1;
            boolean any = false;
            boolean fraction = false;
            while (true) {
                int c = read1();
                if (c == separator || c == '\n' || c < 0) {
                    if (c != separator && !any && column == 0 && value < 0) {
                        return c >= 0;
                    }
                    if (column == 0) {
                        row++;
                    }
                    if (column >= columns.length) {
                        throw wrong("has more than the first line's %s columns".formatted(columns.length));
                    }
                    if (value < 0 && columns[column] != Column.NOTHING) {
                        throw wrong("has no number in column %s".formatted(column + 1));
                    }
                    add(column++, value);
                    value = -1;
                    fraction = false;
                    if (c != separator) {
                        if (column < columns.length) {
                            throw wrong("has %s columns, not the first line's %s".formatted(column, columns.length));
                        }
                        return c >= 0;
                    }
                } else if (c >= '0' && c <= '9') {
                    any = true;
                    if (!fraction) {
                        value = Math.min(10_000_000, 10 * Math.max(0, value) + c - '0');
                    } else if (c != '0') {
                        throw wrong("has a fraction in column %s; whole numbers from 0 to 255 are read"
                                .formatted(column + 1));
                    }
                } else if (c == '.' && value >= 0) {
                    fraction = true;
                } else if (c != '\r' && c != ' ' && c != '"') {
                    throw wrong("has '%s' in column %s; whole numbers from 0 to 255 are read"
                            .formatted(Json.quoted(String.valueOf((char) (c & 0xff))), column + 1));
                }
            }
        }

        private int number(String field, int column) {
            if (columns[column] == Column.NOTHING || !field.matches("\\d{1,7}(\\.0*)?")) {
                throw wrong("has '%s' in column %s; whole numbers from 0 to 255 are read"
                        .formatted(Json.quoted(field), column + 1));
            }
            return Integer.parseInt(field.replaceFirst("\\..*", ""));
        }

        private void add(int column, int value) {
            if (columns[column] == Column.NOTHING) {
                return;
            }
            if (value > 255) {
                throw wrong("has %s in column %s; whole numbers from 0 to 255 are read".formatted(value, column + 1));
            }
            (columns[column] == Column.LABEL ? labels : pixels).add((byte) value);
        }

        private Failure wrong(String what) {
            return file.failure("image %s %s".formatted(row, what));
        }
    }

    /** Bytes that become more. */
    private static final class Bytes {
        private byte[] values = new byte[1 << 12];
        private int length;

        void add(byte value) {
            if (length == values.length) {
                values = Arrays.copyOf(values, (int) Math.min(2L * length, Integer.MAX_VALUE - 8));
            }
            values[length++] = value;
        }

        byte[] taken() {
            return Arrays.copyOf(values, length);
        }
    }
}
