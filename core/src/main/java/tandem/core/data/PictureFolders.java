package tandem.core.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.picture.Picture;

/**
 * A dataset as pictures, in a folder for each class: {@code train/3/*.png} and {@code test/3/*.png}, or {@code 3/*.png}
 * alone. A folder whose name is a number has that label; if one is not a number, labels are in the order of the names.
 *
 * @param place the folder
 * @param train pictures for training, or all of them, in an order that is mixed but always the same
 * @param test pictures for testing; empty if the folder has none of its own
 */
record PictureFolders(Path place, List<Entry> train, List<Entry> test) implements Form {
    /** Bytes of the largest file; pictures of a class are small. */
    private static final int LARGEST_FILE = 16 << 20;

    private static final long MOST_PIXELS = 16_000_000;
    private static final int MOST_CLASSES = 256;
    private static final Set<String> ENDINGS = Set.of("png", "jpg", "jpeg", "gif", "bmp");

    /**
     * A picture.
     *
     * @param type name of its class
     */
    record Entry(Path file, String type) {}

    /** Whether a folder holds pictures. */
    static boolean isClass(Path folder) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, PictureFolders::isPicture)) {
            return files.iterator().hasNext();
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
    }

    private static boolean isPicture(Path file) {
        String name = file.getFileName().toString();
        String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return !name.startsWith(".") && ENDINGS.contains(ending);
    }

    /**
     * The pictures of class folders, in the order of the CRC-32 of {@code class/name}: so the first ones are of all
     * classes, and the same on every machine.
     */
    static List<Entry> entries(List<Path> folders) {
        List<Entry> entries = new ArrayList<>();
        for (Path folder : folders) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, PictureFolders::isPicture)) {
                for (Path file : files) {
                    entries.add(new Entry(file, folder.getFileName().toString()));
                }
            } catch (IOException e) {
                throw unreadable(folder, e);
            }
        }
        Map<Entry, Long> keys = new HashMap<>();
        for (Entry entry : entries) {
            CRC32 crc = new CRC32();
            crc.update("%s/%s".formatted(entry.type, entry.file.getFileName()).getBytes(StandardCharsets.UTF_8));
            keys.put(entry, crc.getValue());
        }
        entries.sort(Comparator.<Entry, Long>comparing(keys::get)
                .thenComparing(Entry::type)
                .thenComparing(entry -> entry.file.getFileName().toString()));
        return entries;
    }

    private static Failure unreadable(Path folder, IOException e) {
        return new Failure("%s: cannot be read (%s)".formatted(folder, e.getMessage()), e);
    }

    @Override
    public String words() {
        return test.isEmpty()
                ? "%s pictures in folders".formatted(train.size())
                : "%s pictures in folders for training and %s for testing".formatted(train.size(), test.size());
    }

    @Override
    public Content read(Description description) {
        Set<String> names = new TreeSet<>();
        train.forEach(entry -> names.add(entry.type));
        test.forEach(entry -> names.add(entry.type));
        boolean numbers = names.stream().allMatch(name -> name.matches("0{0,2}\\d|0?\\d\\d|1\\d\\d|2[0-4]\\d|25[0-5]"));
        List<String> classes = numbers ? List.of() : List.copyOf(names);
        if (names.size() > MOST_CLASSES) {
            throw new Failure("%s: has %s folders of pictures, and at most %s classes are read"
                    .formatted(place, names.size(), MOST_CLASSES));
        }
        Entry first = train.getFirst();
        Pixels size = description.rows() == null ? pixels(first, description, null) : null;
        Labelled training = labelled(train, classes, description, size);
        return test.isEmpty()
                ? Content.split(training, classes, "%s: has one folder for each class".formatted(place))
                : new Content(training, labelled(test, classes, description, size), classes, List.of());
    }

    private Labelled labelled(
            List<Entry> entries, List<String> classes, Description description, @Nullable Pixels first) {
        int rows = first == null ? Objects.requireNonNull(description.rows()) : first.rows();
        int columns = first == null ? Objects.requireNonNull(description.columns()) : first.columns();
        int size = rows * columns;
        if ((long) size * entries.size() > ArrayFile.LARGEST) {
            throw new Failure("%s: %s pictures of %sx%s are more than the %s pixels that are read"
                    .formatted(place, entries.size(), rows, columns, ArrayFile.LARGEST));
        }
        byte[] values = new byte[size * entries.size()];
        byte[] labels = new byte[entries.size()];
        IntStream.range(0, entries.size()).parallel().forEach(i -> {
            Entry entry = entries.get(i);
            Pixels picture = pixels(entry, description, first);
            System.arraycopy(picture.values(), 0, values, i * size, size);
            labels[i] = (byte) (classes.isEmpty() ? Integer.parseInt(entry.type) : classes.indexOf(entry.type));
        });
        return new Labelled(new Pixels(rows, columns, values), labels);
    }

    /** One picture, as the description has it. */
    private Pixels pixels(Entry entry, Description description, @Nullable Pixels first) {
        Picture picture = Picture.read(bytes(entry.file), entry.file.toString(), MOST_PIXELS);
        if (!description.luma() && picture.coloured()) {
            throw new Failure("%s: is in colour; %s".formatted(entry.file, Description.ofColour()));
        }
        int rows = picture.height();
        int columns = picture.width();
        if (description.rows() != null && description.columns() != null) {
            rows = description.rows();
            columns = description.columns();
        } else if (first != null && (first.rows() != rows || first.columns() != columns)) {
            throw new Failure("%s: has %sx%s pixels (rows x columns) but %s has %sx%s; %s"
                    .formatted(
                            entry.file,
                            rows,
                            columns,
                            train.getFirst().file,
                            first.rows(),
                            first.columns(),
                            Description.ofSize()));
        }
        return new Pixels(rows, columns, picture.grey(rows, columns));
    }

    private static byte[] bytes(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LARGEST_FILE + 1);
            if (bytes.length > LARGEST_FILE) {
                throw new Failure("%s: has more than the %s bytes that are read".formatted(file, LARGEST_FILE));
            }
            return bytes;
        } catch (IOException e) {
            throw new Failure("%s: cannot be read (%s)".formatted(file, e.getMessage()), e);
        }
    }
}
