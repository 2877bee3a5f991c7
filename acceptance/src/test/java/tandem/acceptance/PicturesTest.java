package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Pictures as people have them: cut tight, on squared paper, of several digits, large, or amiss. */
final class PicturesTest {
    private static final Path MNIST = Tandem.LAUNCHER.resolveSibling("mnist/src/main/resources/tandem/mnist");
    private static final Path CASES = Tandem.LAUNCHER.resolveSibling("acceptance/src/test/resources/pictures");

    private static String model;

    @TempDir
    Path folder;

    @BeforeAll
    static void train() throws Exception {
        model = Runs.epoch().path().resolve("java/model.safetensors").toString();
    }

    private Tandem predict(List<String> files, String... options) throws Exception {
        List<String> words = new ArrayList<>(List.of("predict", model));
        words.addAll(files);
        words.addAll(List.of("--engines", "java", "--json"));
        words.addAll(List.of(options));
        return Tandem.run(folder, words.toArray(String[]::new));
    }

    private static List<JsonNode> pictures(Tandem tandem) {
        return JsonMapper.shared()
                .readTree(tandem.out())
                .get("pictures")
                .valueStream()
                .toList();
    }

    private static String numbers(JsonNode picture) {
        return String.join(
                "\n",
                picture.get("numbers").valueStream().map(JsonNode::asString).toList());
    }

    /** Files that were refused or read wrong, from people who read their own digits. */
    @Test
    void whatFailedIsRead() throws Exception {
        Map<String, String> right = new LinkedHashMap<>();
        right.put("tight-photo-5.jpg", "5");
        right.put("tight-photo-8.jpg", "8");
        right.put("roomy-photo-8.jpg", "8");
        right.put("white_on_transparent.png", "3");
        right.put("grey_trns.png", "3");
        right.put("with_eoi.jpg", "3");
        right.put("no_eoi.jpg", "3");
        Tandem tandem = predict(right.keySet().stream()
                .map(name -> CASES.resolve(name).toString())
                .toList());
        assertEquals(0, tandem.exitCode(), tandem.err());
        List<String> read = new ArrayList<>();
        pictures(tandem).forEach(picture -> read.add(numbers(picture)));
        assertEquals(List.copyOf(right.values()), read);
        String note = "its end marker is missing, and it was read all the same";
        assertTrue(tandem.err().contains("tandem: " + CASES.resolve("no_eoi.jpg") + ": " + note + "\n"), tandem.err());
        assertEquals(note, pictures(tandem).getLast().get("notes").get(0).asString());
    }

    private Path seven(int width, int height, int size, int type, String format) throws IOException {
        BufferedImage image = new BufferedImage(width, height, type);
        Graphics2D pen = image.createGraphics();
        pen.setColor(Color.WHITE);
        pen.fillRect(0, 0, width, height);
        pen.setColor(Color.BLACK);
        pen.setStroke(new BasicStroke(size / 10f));
        int left = width / 3;
        int top = height / 3;
        pen.drawPolyline(
                new int[] {left, left + size * 6 / 10, left + size * 3 / 10}, new int[] {top, top, top + size}, 3);
        pen.dispose();
        Path file = folder.resolve("seven-%d.%s".formatted(width, format));
        ImageIO.write(image, format, file.toFile());
        return file;
    }

    @Test
    void largePicturesAreReadAtOnceOrRefused() throws Exception {
        Path large = seven(8000, 6000, 3000, BufferedImage.TYPE_BYTE_GRAY, "jpg");
        Path page = seven(2400, 3200, 160, BufferedImage.TYPE_BYTE_GRAY, "png");
        Path other = Drawing.seven(folder.resolve("other.png"));
        Tandem tandem = predict(List.of(large.toString(), page.toString(), other.toString()));
        assertEquals(0, tandem.exitCode(), tandem.err());
        assertEquals(
                List.of("7", "7", "7"),
                pictures(tandem).stream().map(PicturesTest::numbers).toList());
        JsonNode box = pictures(tandem).get(1).get("digits").get(0).get("box");
        // The strokes are 16 pixels wide, and begin at a third of the page.
        assertEquals(800, box.get("left").intValue(), 8);
        assertEquals(1066 - 8, box.get("top").intValue(), 8);
        assertEquals(1066 + 160, box.get("bottom").intValue(), 12);
    }

    @Test
    void digitsAreANumberFromLeftToRightEachWithItsBox() throws Exception {
        Scenes.Scene scene = new Photographs(MNIST, 0).scenes(3).number(new int[] {0, 2, 4});
        Path file = Files.write(folder.resolve("number." + scene.suffix()), scene.file());
        JsonNode picture = pictures(predict(List.of(file.toString()))).getFirst();
        assertEquals("714", scene.text());
        assertEquals("714", numbers(picture));
        int right = 0;
        for (JsonNode digit : picture.get("digits")) {
            assertTrue(digit.get("box").get("left").intValue() >= right, picture::toString);
            right = digit.get("box").get("right").intValue();
            assertEquals(0, digit.get("number").intValue());
        }
        assertEquals(3, picture.get("digits").size());
        assertEquals(0, picture.get("answers").size(), "there is no only digit");
        Tandem table = Tandem.run(folder, "predict", model, file.toString(), "--engines", "java");
        assertTrue(
                table.out().lines().anyMatch(line -> line.matches("\\| \\S+ +\\| +714 \\| +\\d+% \\|.*")), table.out());
    }

    /** Makes a scene of a digit, or of any. */
    @FunctionalInterface
    private interface Making {
        Scenes.Scene make(Scenes scenes, int digit) throws IOException;
    }

    /** Reads so many scenes of each kind, and asserts how many of 100 are right at least, and that none is refused. */
    private void assertRead(int count, Map<String, Making> kinds, Map<String, Integer> least) throws Exception {
        Photographs digits = new Photographs(MNIST, 0);
        List<String> files = new ArrayList<>();
        List<String> right = new ArrayList<>();
        for (Map.Entry<String, Making> kind : kinds.entrySet()) {
            Scenes scenes = digits.scenes(20261126);
            for (int digit = 0; digit < count; digit++) {
                Scenes.Scene scene = kind.getValue().make(scenes, digit);
                Path file = folder.resolve("%s-%d.%s".formatted(kind.getKey(), digit, scene.suffix()));
                files.add(Files.write(file, scene.file()).toString());
                right.add(scene.text());
            }
        }
        Tandem tandem = predict(files);
        assertEquals(0, tandem.exitCode(), tandem.err());
        List<JsonNode> pictures = pictures(tandem);
        int from = 0;
        for (String kind : kinds.keySet()) {
            List<String> wrong = new ArrayList<>();
            for (int i = from; i < from + count; i++) {
                if (!right.get(i).equals(numbers(pictures.get(i)))) {
                    wrong.add("%s as %s".formatted(right.get(i), numbers(pictures.get(i))));
                }
            }
            assertTrue(
                    100 * (count - wrong.size()) >= least.get(kind) * count,
                    () -> "%s: %s of %s are wrong: %s".formatted(kind, wrong.size(), count, wrong));
            from += count;
        }
    }

    private static final Map<String, Making> KINDS = new LinkedHashMap<>();

    static {
        KINDS.put("cut-to-0-pixels", (scenes, digit) -> scenes.tight(digit, 0, 1, false));
        KINDS.put("cut-to-1-pixel", (scenes, digit) -> scenes.tight(digit, 1, 1, false));
        KINDS.put("cut-and-enlarged", (scenes, digit) -> scenes.tight(digit, digit % 2, 10, digit % 3 == 0));
        KINDS.put("cut-photographs", (scenes, digit) -> scenes.tightPhoto(digit, digit % 2 == 0 ? 0 : 0.05));
        KINDS.put("light-squares", (scenes, digit) -> scenes.squared(digit, true, 0.4));
        KINDS.put("dark-squares", (scenes, digit) -> scenes.squared(digit, true, 1));
        KINDS.put("rules", (scenes, digit) -> scenes.squared(digit, false, 0.8));
        KINDS.put("thin-paper", (scenes, digit) -> scenes.shining(digit));
        KINDS.put("numbers", (scenes, digit) -> scenes.number(new int[] {digit, digit + 1, digit + 2}));
    }

    /** Rates of 200 each are in docs/predict.md; of 12, one or two more may be wrong. */
    @Test
    void kindsOfPicturesAreRead() throws Exception {
        Map<String, Integer> least = new LinkedHashMap<>();
        KINDS.keySet().forEach(kind -> least.put(kind, 83));
        assertRead(12, KINDS, least);
    }

    @Test
    @Tag("slow")
    void of200TestDigitsCutTight97PercentAreRight() throws Exception {
        Map<String, Integer> least = new LinkedHashMap<>();
        KINDS.keySet().forEach(kind -> least.put(kind, 97));
        least.put("dark-squares", 88);
        least.put("thin-paper", 92);
        least.put("numbers", 91);
        assertRead(200, KINDS, least);
    }

    @Test
    @Tag("slow")
    void pagesAreLists() throws Exception {
        Map<String, Making> kinds = new LinkedHashMap<>();
        kinds.put("pages", (scenes, digit) -> scenes.page(2 + digit % 4, 3 + digit % 5));
        assertRead(20, kinds, Map.of("pages", 50));
    }
}
