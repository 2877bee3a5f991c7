package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where digits are not 0 to 9, the decimal point is a comma, or I has another lower case, files and words are the same.
 */
final class LocalesTest {
    private static final String ARABIC = "-Duser.language=ar -Duser.country=EG -Duser.extensions=u-nu-arab";
    private static final String THAI = "-Duser.language=th -Duser.country=TH -Duser.extensions=u-nu-thai";
    private static final String TURKISH = "-Duser.language=tr -Duser.country=TR";
    private static final String GERMAN = "-Duser.language=de -Duser.country=DE";

    private static final String[] TRAIN = {
        "train", "java", "--epochs", "8", "--train-limit", "1280", "--test-limit", "100", "--out"
    };

    @TempDir
    static Path folder;

    private static SortedMap<String, String> expected;

    @BeforeAll
    static void prepare() throws Exception {
        run("", words(TRAIN, "plain"));
        expected = files(folder.resolve("plain"));
    }

    private static Tandem run(String locale, String... words) throws Exception {
        Tandem tandem = Tandem.start(Tandem.LAUNCHER, folder, Map.of("JAVA_TOOL_OPTIONS", locale), words)
                .end();
        assertEquals(0, tandem.exitCode(), tandem.out() + tandem.err());
        String said = tandem.out() + tandem.err().replaceFirst("Picked up JAVA_TOOL_OPTIONS.*\n", "");
        assertEquals(
                List.of(),
                said.chars()
                        .filter(c -> Character.isDigit(c) && c > '9')
                        .mapToObj(Character::toString)
                        .toList());
        return tandem;
    }

    private static String[] words(String[] words, String... more) {
        return Stream.concat(Arrays.stream(words), Arrays.stream(more)).toArray(String[]::new);
    }

    /**
     * All files of a run by their names. Of numbers that say how long something took, of the folder's own name, of
     * times and of processes only the form is kept.
     */
    private static SortedMap<String, String> files(Path run) throws IOException {
        SortedMap<String, String> files = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(run)) {
            for (Path file : walk.filter(Files::isRegularFile).toList()) {
                String name = run.relativize(file).toString();
                String text = Files.readString(file, StandardCharsets.ISO_8859_1);
                boolean binary = name.endsWith(".safetensors");
                files.put(name, binary ? text : text.replaceAll("[0-9]+([.,][0-9]+)*(E-?[0-9]+)?", "#"));
            }
        }
        // A log's length is that of the JVM's first words, its content the engine's; checksums are of what has times in
        // it.
        files.keySet()
                .removeIf(name -> name.endsWith("worker.log")
                        || name.matches(".*/position-\\d+\\.json")
                        || List.of("report.html", "command.txt", "SHA256SUMS").contains(name));
        return files;
    }

    private static void assertSame(String run) throws IOException {
        SortedMap<String, String> found = files(folder.resolve(run));
        assertEquals(expected.keySet(), found.keySet());
        for (String name : expected.keySet()) {
            assertEquals(expected.get(name), found.get(name), name);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {ARABIC, TURKISH})
    void filesAreTheSame(String locale) throws Exception {
        assertSameFiles(locale);
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {THAI, GERMAN})
    void filesAreTheSameInOthersToo(String locale) throws Exception {
        assertSameFiles(locale);
    }

    private static void assertSameFiles(String locale) throws Exception {
        String run = "run" + locale.hashCode();
        run(locale, words(TRAIN, run));
        assertSame(run);
        for (String file : List.of("report.html", "command.txt")) {
            String text = Files.readString(folder.resolve(run).resolve(file));
            assertEquals(
                    0, text.chars().filter(c -> Character.isDigit(c) && c > '9').count(), file);
        }
        run(locale, "report", run);
    }

    /** What was begun in one language goes on in another, to the same model. */
    @Test
    void aRunGoesOnUnderAnotherLocale() throws Exception {
        Tandem.Running running =
                Tandem.start(Tandem.LAUNCHER, folder, Map.of("JAVA_TOOL_OPTIONS", ARABIC), words(TRAIN, "moved"));
        running.await("epoch 1,");
        running.signal("INT");
        assertEquals(130, running.end().exitCode());
        run(THAI, "train", "java", "--resume", "moved");
        assertArrayEquals(
                Files.readAllBytes(folder.resolve("plain/java/model.safetensors")),
                Files.readAllBytes(folder.resolve("moved/java/model.safetensors")));
        run(GERMAN, "report", "moved");
    }

    /** A study keeps a file for each seed, which it finds again. */
    @Tag("slow")
    @Test
    void aStudyGoesOnUnderAnotherLocale() throws Exception {
        String[] study = {
            "study",
            "--engines",
            "java",
            "--seeds",
            "2",
            "--epochs",
            "1",
            "--train-limit",
            "64",
            "--test-limit",
            "10",
            "--out",
            "study"
        };
        run(ARABIC, study);
        Tandem again = run(TURKISH, study);
        assertEquals(
                "2 of 2 trials are done already",
                again.out()
                        .lines()
                        .filter(line -> line.contains("done already"))
                        .findFirst()
                        .orElse(again.out()));
    }
}
