package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Runs as Tandem wrote them on 2026-11-25, at commit d9f68f99937d, are read by every later version: reported, resumed,
 * gone on with. They have no report.html and no logs; the values of parameters and accumulators were set to 0, so that
 * the files are small.
 */
final class RunsBeforeTest {
    @TempDir
    Path folder;

    private Path run(String name) throws IOException {
        Path run = folder.resolve(name);
        try (InputStream in = RunsBeforeTest.class.getResourceAsStream("/runs-before/" + name + ".zip");
                ZipInputStream zip = new ZipInputStream(in)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = run.resolve(entry.getName());
                if (!entry.isDirectory()) {
                    Files.createDirectories(file.getParent());
                    Files.write(file, zip.readAllBytes());
                }
            }
        }
        return run;
    }

    private Tandem tandem(String... words) throws Exception {
        Tandem tandem = Tandem.run(folder, words);
        assertEquals(0, tandem.exitCode(), tandem.out() + tandem.err());
        return tandem;
    }

    @Test
    void aTrialIsReportedAndGoesOn() throws Exception {
        Path run = run("train");
        JsonNode before = Runs.json(run.resolve("comparison.json")).at("/engines/0");
        List<String> events = Files.readAllLines(run.resolve("java/events.jsonl"));
        assertEquals(
                List.of(List.of(1.0, 47.0), List.of(2.0, 65.5)),
                Page.points(Page.of(run)
                        .block("training", "Test accuracy")
                        .get("lines")
                        .get(0)));
        tandem("train", "java", "--resume", "train", "--epochs", "3");
        List<String> after = Files.readAllLines(run.resolve("java/events.jsonl"));
        assertEquals(events, after.subList(0, events.size()));
        assertEquals(events.size() + 6, after.size(), "five steps and an epoch");
        JsonNode result = Runs.json(run.resolve("comparison.json")).at("/engines/0");
        assertEquals(before.at("/epochs/1"), result.at("/epochs/1"));
        // From parameters that are all 0, whose answers are all alike, the first loss is the logarithm of 10.
        assertTrue(after.get(events.size()).contains("\"loss\":2.302585"), after.get(events.size()));
    }

    @Test
    void itsRecipeIsTaken() throws Exception {
        Path run = run("train");
        String[] words = {"train", "slow", "--recipe", "train/recipe.json", "--epochs", "1", "--out", "again"};
        Tandem again = Runs.testEngines().start(folder, List.of(), words).end();
        assertEquals(0, again.exitCode(), again::toString);
        String expected = Files.readString(run.resolve("recipe.json")).replace("\"epochs\" : 2", "\"epochs\" : 1");
        assertEquals(expected, Files.readString(folder.resolve("again/recipe.json")));
    }

    @Test
    void aStudyTrainsNothingAgain() throws Exception {
        Path run = run("study");
        JsonNode before = Runs.json(run.resolve("study.json"));
        Tandem tandem = tandem(
                "study",
                "--engines",
                "java,java:direct-convolution,reference",
                "--seeds",
                "3",
                "--train-limit",
                "320",
                "--test-limit",
                "200",
                "--out",
                "study");
        assertTrue(tandem.out().contains("9 of 9 trials are done already"), tandem.out());
        assertFalse(tandem.out().contains(": starting"), tandem.out());
        JsonNode after = Runs.json(run.resolve("study.json"));
        for (String field : List.of("recipe", "seeds", "target", "sameInputs", "engines", "pairs")) {
            assertEquals(before.get(field), after.get(field), field);
        }
        assertEquals(
                9,
                PrintedTable.of(tandem.out()).getFirst().rows().stream()
                        .mapToInt(row -> Integer.parseInt(row.get(1)))
                        .sum());
    }

    @Test
    void differencesTrainNothingAgain() throws Exception {
        Path run = run("differences");
        JsonNode before = Runs.json(run.resolve("differences.json"));
        Tandem tandem = tandem(
                "differences",
                "--seeds",
                "2",
                "--epochs",
                "1",
                "--train-limit",
                "128",
                "--test-limit",
                "200",
                "--out",
                "differences");
        assertTrue(tandem.out().contains("30 of 30 trials are done already"), tandem.out());
        assertFalse(tandem.out().contains(": starting"), tandem.out());
        JsonNode after = Runs.json(run.resolve("differences.json"));
        for (String field : List.of("recipe", "seeds", "recipes", "pairs", "swaps")) {
            assertEquals(before.get(field), after.get(field), field);
        }
    }

    @Test
    void everyKindIsReported() throws Exception {
        for (String name : List.of("study", "differences", "parity")) {
            Path run = run(name);
            Page page = Page.of(run);
            assertEquals(
                    3 - (name.equals("parity") ? 1 : 0),
                    page.data().get("engines").size(),
                    name);
            assertTrue(
                    page.blocks("result", "command")
                            .getFirst()
                            .get("text")
                            .asString()
                            .startsWith("./tandem " + name + " "),
                    name);
        }
    }
}
