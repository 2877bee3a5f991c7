package tandem.lab.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tandem.core.AtomicFile;
import tandem.core.Failure;
import tandem.core.Json;

/**
 * A report as data. Written, it is one HTML file with its style, its script and its charts' library inside; a browser
 * fetches nothing.
 *
 * @param title of the page
 * @param subtitle one line under it
 * @param engines all names that blocks mention, in the order in which they take colours
 * @param headline what it says first, or null if that is its title
 * @param sections from top to bottom
 */
public record Page(
        String title,
        String subtitle,
        List<String> engines,
        @Nullable Headline headline,
        List<Section> sections) {
    /** Name of the file in a run directory. */
    public static final String FILE = "report.html";

    private static final Pattern PLACE = Pattern.compile("\\{\\{(\\w+)}}");
    private static final List<String> STYLES = List.of("report.css");
    private static final List<String> SCRIPTS = List.of("theme.js", "charts.js", "tables.js", "images.js", "report.js");

    /** A page that begins with its title. */
    public Page(String title, String subtitle, List<String> engines, List<Section> sections) {
        this(title, subtitle, engines, null, sections);
    }

    /** The page with something to say first. */
    public Page with(Headline first) {
        return new Page(title, subtitle, engines, first, sections);
    }

    /** A page without those of the sections that show nothing. */
    public static Page of(String title, String subtitle, List<String> engines, Section... sections) {
        return new Page(
                title,
                subtitle,
                engines,
                Arrays.stream(sections)
                        .filter(section -> !section.blocks().isEmpty())
                        .toList());
    }

    /** The page with notes at its top. */
    public Page with(List<String> notes) {
        if (notes.isEmpty() || sections.isEmpty()) {
            return this;
        }
        Section first = sections.getFirst();
        Stream<Block> above = notes.stream().map(Block.Note::new);
        List<Section> all = new ArrayList<>(sections);
        all.set(
                0,
                new Section(
                        first.id(),
                        first.title(),
                        first.text(),
                        Stream.concat(above, first.blocks().stream()).toList()));
        return new Page(title, subtitle, engines, headline, all);
    }

    /**
     * Writes the file, whole or not at all.
     *
     * @throws Failure if it cannot be written
     */
    public void write(Path file) {
        AtomicFile.write(file, this::writeTo);
    }

    private void writeTo(OutputStream out) throws IOException {
        String skeleton = new String(resource("page.html"), StandardCharsets.UTF_8);
        Matcher place = PLACE.matcher(skeleton);
        int end = 0;
        while (place.find()) {
            out.write(skeleton.substring(end, place.start()).getBytes(StandardCharsets.UTF_8));
            for (byte[] part : fill(place.group(1)).toList()) {
                out.write(part);
            }
            end = place.end();
        }
        out.write(skeleton.substring(end).getBytes(StandardCharsets.UTF_8));
    }

    private Stream<byte[]> fill(String place) {
        return switch (place) {
            case "title" -> Stream.of(escaped(title).getBytes(StandardCharsets.UTF_8));
            case "styles" -> STYLES.stream().map(Page::resource);
            case "echarts" -> Stream.of(resource("echarts.common.min.js"));
            case "scripts" -> SCRIPTS.stream().map(Page::resource);
            case "data" -> Stream.of(data().getBytes(StandardCharsets.UTF_8));
            default -> throw new IllegalStateException("page.html has no place " + place);
        };
    }

    /** JSON inside a script element: without {@code <}, nothing in it can end the element or begin a comment. */
    private String data() {
        return Json.line(this).replace("<", "\\u003c");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static byte[] resource(String name) {
        try (InputStream in = Page.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the build left out " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
