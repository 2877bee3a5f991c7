package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Pictures of digits through the public command, by a model that the public command trained. */
final class PredictTest {
    private static final Path MNIST = Tandem.LAUNCHER.resolveSibling("mnist/src/main/resources/tandem/mnist");
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    static Path folder;

    @BeforeAll
    static void train() throws Exception {
        Tandem trained = Tandem.run(folder, "train", "java", "--epochs", "1", "--save", "model.safetensors");
        assertEquals(0, trained.exitCode(), trained.err());
    }

    private static Tandem predict(List<String> files, String... more) throws Exception {
        List<String> words = new ArrayList<>(List.of("predict", "model.safetensors"));
        words.addAll(files);
        words.addAll(List.of(more));
        return Tandem.run(folder, words.toArray(String[]::new));
    }

    @Test
    void digitsAreReadFromPhotographs() throws Exception {
        Photographs photographs = new Photographs(MNIST, 42);
        List<String> files = new ArrayList<>();
        for (int digit = 0; digit < 300; digit++) {
            files.add(folder.relativize(photographs.take(digit, folder)).toString());
        }
        Tandem tandem = predict(files, "--engines", "java", "--json");
        assertEquals(0, tandem.exitCode(), tandem.err());
        JsonNode pictures = JSON.readTree(tandem.out()).get("pictures");
        assertEquals(300, pictures.size());
        int right = 0;
        for (int digit = 0; digit < 300; digit++) {
            JsonNode picture = pictures.get(digit);
            assertEquals(files.get(digit), picture.get("file").asString());
            JsonNode answer = picture.get("answers").get(0);
            assertEquals("java", answer.get("engine").asString());
            double sum = 0;
            for (JsonNode probability : answer.get("probabilities")) {
                sum += probability.doubleValue();
            }
            assertEquals(1, sum, 1e-6);
            right += answer.get("digit").intValue() == photographs.label(digit) ? 1 : 0;
        }
        assertTrue(right >= 288, right + " of 300 photographs are read, and 96% are asked for");
    }

    /** One model, two engines: the same digit, with the same probability to float32's rounding. */
    @Test
    void everyEngineAnswersAlike() throws Exception {
        String file = png(7);
        Tandem tandem = predict(List.of(file), "--engines", "java,pytorch", "--json");
        assertEquals(0, tandem.exitCode(), tandem.err());
        JsonNode answers = JSON.readTree(tandem.out()).at("/pictures/0/answers");
        assertEquals(2, answers.size());
        for (int digit = 0; digit < 10; digit++) {
            assertEquals(
                    answers.at("/0/probabilities/" + digit).doubleValue(),
                    answers.at("/1/probabilities/" + digit).doubleValue(),
                    1e-5);
        }
    }

    @Test
    void whatTheNetworkSeesIsShown() throws Exception {
        Tandem tandem = predict(List.of(png(0)), "--engines", "java", "--show");
        assertEquals(0, tandem.exitCode(), tandem.err());
        assertTrue(tandem.out().contains("@@@"), tandem.out());
        assertTrue(
                tandem.out().lines().anyMatch(line -> line.matches("\\| digit-0\\.png \\| java +\\| +7 \\|.*")),
                tandem.out());
    }

    @Test
    void aPictureThatCannotBeReadDoesNotKeepTheOthersFromAnAnswer() throws Exception {
        Files.writeString(folder.resolve("text.png"), "this is no picture");
        Files.write(folder.resolve("empty.png"), new byte[0]);
        Tandem tandem = predict(List.of("text.png", png(0), "empty.png", "absent.png"), "--engines", "java");
        assertEquals(1, tandem.exitCode());
        assertTrue(tandem.out().contains("| digit-0.png |"), tandem.out());
        for (String file : List.of("text.png", "empty.png", "absent.png")) {
            assertEquals(
                    1,
                    tandem.err()
                            .lines()
                            .filter(line -> line.startsWith("tandem: " + file + ": "))
                            .count(),
                    tandem.err());
        }
        assertTrue(tandem.err().contains("absent.png: there is no such file"), tandem.err());
    }

    @Test
    void whatIsNoModelIsRefused() throws Exception {
        Tandem tandem = Tandem.run(folder, "predict", png(0), png(0), "--engines", "java");
        assertEquals(1, tandem.exitCode());
        assertTrue(tandem.err().startsWith("tandem: digit-0.png: "), tandem.err());
        assertEquals(1, tandem.err().strip().lines().count(), tandem.err());
    }

    private static String png(int digit) throws IOException {
        String file = "digit-%d.png".formatted(digit);
        ImageIO.write(
                new Photographs(MNIST, 1).original(digit),
                "png",
                folder.resolve(file).toFile());
        return file;
    }
}
