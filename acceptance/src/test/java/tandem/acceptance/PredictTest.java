package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Arc2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Pictures of digits, read by a model that the java engine trained for one epoch. */
final class PredictTest {
    private static final Path MNIST = Tandem.LAUNCHER.resolveSibling("mnist/src/main/resources/tandem/mnist");

    private static String model;

    @TempDir
    Path folder;

    @BeforeAll
    static void train() throws Exception {
        model = Runs.epoch().path().resolve("java/model.safetensors").toString();
    }

    private Tandem predict(List<Path> files, String... options) throws Exception {
        List<String> words = new ArrayList<>(List.of("predict", model));
        files.forEach(file -> words.add(file.toString()));
        words.addAll(List.of(options));
        return Tandem.run(folder, words.toArray(String[]::new));
    }

    /** The digit that the java engine sees in each picture, in the order of the files. */
    private List<Integer> digits(List<Path> files) throws Exception {
        Tandem tandem = predict(files, "--engines", "java", "--json");
        assertEquals(0, tandem.exitCode(), tandem.err());
        List<Integer> digits = new ArrayList<>();
        for (JsonNode picture : new JsonMapper().readTree(tandem.out()).path("pictures")) {
            digits.add(picture.path("answers").path(0).path("digit").intValue());
        }
        assertEquals(files.size(), digits.size());
        return digits;
    }

    @Test
    void readsPhotographsOfTestDigitsAsTheirLabelsSay() throws Exception {
        Photographs photographs = new Photographs(MNIST, 20261125);
        List<Path> files = new ArrayList<>();
        for (int digit = 0; digit < 75; digit++) {
            files.add(photographs.take(digit, folder));
        }
        List<Integer> digits = digits(files);
        int right = 0;
        Map<Integer, Integer> wrong = new TreeMap<>();
        for (int digit = 0; digit < 75; digit++) {
            if (digits.get(digit) == photographs.label(digit)) {
                right++;
            } else {
                wrong.put(digit, digits.get(digit));
            }
        }
        assertTrue(right >= 72, "%d of 75 are right; wrong are %s".formatted(right, wrong));
    }

    /** One digit as strokes of a round pen, in a square of 100 by 100. */
    private static void draw(Graphics2D pen, int digit) {
        Path2D lines = new Path2D.Double();
        switch (digit) {
            case 0 -> pen.draw(new Ellipse2D.Double(25, 10, 50, 80));
            case 1 -> line(lines, 55, 10, 47, 90);
            case 2 -> {
                pen.draw(new Arc2D.Double(25, 10, 50, 45, 170, -215, Arc2D.OPEN));
                line(lines, 67, 49, 25, 88, 78, 88);
            }
            case 3 -> {
                pen.draw(new Arc2D.Double(28, 10, 42, 38, 150, -240, Arc2D.OPEN));
                pen.draw(new Arc2D.Double(25, 48, 50, 42, 90, -245, Arc2D.OPEN));
            }
            case 4 -> {
                line(lines, 32, 12, 24, 55, 76, 53);
                line(lines, 66, 12, 60, 90);
            }
            case 5 -> {
                line(lines, 72, 12, 34, 12, 31, 46);
                pen.draw(new Arc2D.Double(22, 42, 50, 46, 110, -250, Arc2D.OPEN));
            }
            case 6 -> {
                lines.moveTo(62, 10);
                lines.quadTo(28, 35, 29, 66);
                pen.draw(new Ellipse2D.Double(29, 48, 42, 40));
            }
            case 7 -> line(lines, 24, 14, 76, 14, 44, 90);
            case 8 -> {
                pen.draw(new Ellipse2D.Double(33, 10, 34, 36));
                pen.draw(new Ellipse2D.Double(28, 46, 44, 43));
            }
            default -> {
                pen.draw(new Ellipse2D.Double(29, 12, 40, 38));
                line(lines, 69, 28, 60, 90);
            }
        }
        pen.draw(lines);
    }

    private static void line(Path2D lines, double... points) {
        lines.moveTo(points[0], points[1]);
        for (int i = 2; i < points.length; i += 2) {
            lines.lineTo(points[i], points[i + 1]);
        }
    }

    private Path drawing(int digit, double width, Color ink, Color paper) throws IOException {
        BufferedImage image = new BufferedImage(800, 600, BufferedImage.TYPE_INT_RGB);
        Graphics2D pen = image.createGraphics();
        pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        pen.setColor(paper);
        pen.fillRect(0, 0, 800, 600);
        pen.translate(320, 60);
        pen.scale(4, 4);
        pen.setColor(ink);
        pen.setStroke(new BasicStroke((float) width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        draw(pen, digit);
        pen.dispose();
        Path file = folder.resolve("drawn-%d-%s.png".formatted(digit, width));
        ImageIO.write(image, "png", file.toFile());
        return file;
    }

    @Test
    void readsDigitsDrawnWithABrushAPenAndAHair() throws Exception {
        double[] widths = {10, 5, 1};
        List<Path> files = new ArrayList<>();
        for (double width : widths) {
            for (int digit = 0; digit < 10; digit++) {
                files.add(drawing(digit, width, new Color(20, 30, 120), new Color(250, 245, 230)));
            }
        }
        List<Integer> digits = digits(files);
        int right = 0;
        for (int i = 0; i < digits.size(); i++) {
            right += digits.get(i) == i % 10 ? 1 : 0;
        }
        // Nobody writes like this: geometry, not hands.
        assertTrue(right >= 27, "%d of 30 are right: %s".formatted(right, digits));
    }

    @Test
    void allEnginesAnswerAlike() throws Exception {
        Tandem tandem = predict(
                List.of(drawing(3, 8, Color.WHITE, Color.BLACK)),
                "--engines",
                "java,reference,pytorch,onnxruntime",
                "--json");
        assertEquals(0, tandem.exitCode(), tandem.err());
        JsonNode answers =
                new JsonMapper().readTree(tandem.out()).path("pictures").path(0).path("answers");
        assertEquals(4, answers.size());
        for (JsonNode answer : answers) {
            double sum = 0;
            for (int digit = 0; digit < 10; digit++) {
                double probability = answer.path("probabilities").path(digit).doubleValue();
                assertEquals(answers.path(0).path("probabilities").path(digit).doubleValue(), probability, 1e-5);
                sum += probability;
            }
            assertEquals(1, sum, 1e-9);
        }
    }

    @Test
    void aPictureThatCannotBeReadDoesNotKeepOthersFromBeingRead() throws Exception {
        Path seven = drawing(7, 8, Color.BLACK, Color.WHITE);
        Path text = Files.writeString(folder.resolve("text.png"), "no picture");
        Path blank = folder.resolve("blank.png");
        ImageIO.write(new BufferedImage(100, 100, BufferedImage.TYPE_INT_RGB), "png", blank.toFile());
        Path missing = folder.resolve("missing.png");
        Tandem tandem = predict(List.of(text, seven, blank, missing, folder), "--engines", "java", "--show");
        assertEquals(1, tandem.exitCode(), tandem.err());
        assertEquals(
                List.of(
                        "tandem: " + text + ": is not a picture; give a PNG, JPEG, GIF or BMP",
                        "tandem: " + blank + ": is blank; nothing on it stands out from its background",
                        "tandem: " + missing + ": there is no such file",
                        "tandem: " + folder + ": is a folder; give a picture"),
                tandem.err().lines().toList());
        assertTrue(tandem.out().contains(seven + ", inverted:\n"), tandem.out());
        assertTrue(tandem.out().contains("\u2588\u2588\u2588\u2588"), tandem.out());
        // Half a line for each row of pixels: it fits a terminal of 24 lines.
        assertTrue(tandem.out().lines().count() <= 20, tandem.out());
        assertTrue(
                tandem.out().lines().anyMatch(line -> line.matches("\\| \\S+ +\\| +7 \\| +\\d+% \\| java .*")),
                tandem.out());
    }

    @Test
    void standardInputIsAPictureToo() throws Exception {
        Path seven = drawing(7, 8, Color.BLACK, Color.WHITE);
        Process process = new ProcessBuilder(
                        Tandem.LAUNCHER.toString(), "predict", model, "-", "--engines", "java", "--json")
                .redirectInput(seven.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        JsonNode document = new JsonMapper().readTree(process.getInputStream().readAllBytes());
        assertTrue(process.waitFor(1, TimeUnit.MINUTES));
        assertEquals(0, process.exitValue());
        assertEquals("-", document.path("pictures").path(0).path("file").asString());
        assertEquals(
                7,
                document.path("pictures")
                        .path(0)
                        .path("answers")
                        .path(0)
                        .path("digit")
                        .intValue());
    }

    @Test
    void whatIsNoModelIsRefused() throws Exception {
        Path seven = drawing(7, 8, Color.BLACK, Color.WHITE);
        Path notes = Files.writeString(folder.resolve("notes.txt"), "hello");
        Tandem tandem = Tandem.run(folder, "predict", notes.toString(), seven.toString());
        assertEquals(1, tandem.exitCode());
        assertEquals(1, tandem.err().lines().count(), tandem.err());
        assertTrue(
                tandem.err().startsWith("tandem: " + notes + ": not a safetensors file that can be read"),
                tandem.err());
    }

    /** A run's folder stands for its models; without any model named, the newest run does. */
    @Test
    void aRunsModelsAnswer() throws Exception {
        Path seven = drawing(7, 8, Color.BLACK, Color.WHITE);
        Path run = Runs.comparison().path();
        Tandem none = Tandem.run(folder, "predict", seven.toString());
        assertEquals(1, none.exitCode());
        assertTrue(none.err().startsWith("tandem: no run in "), none.err());
        Tandem named = Tandem.run(folder, "predict", run.toString(), seven.toString(), "--engines", "java", "--json");
        assertEquals(0, named.exitCode(), named.err());
        Tandem file = Tandem.run(
                folder,
                "predict",
                run.resolve("java/model.safetensors").toString(),
                seven.toString(),
                "--engines",
                "java",
                "--json");
        assertEquals(
                JsonMapper.shared().readTree(file.out()).at("/pictures/0/answers"),
                JsonMapper.shared().readTree(named.out()).at("/pictures/0/answers"));
    }
}
