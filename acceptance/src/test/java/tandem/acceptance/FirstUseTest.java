package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The first use of an engine, which unpacks its natives: killed in the middle, twice at once, and what happens to the
 * unpacked files afterwards.
 */
final class FirstUseTest {
    private static final String UNPACKS = "starting for the first time";

    @TempDir
    static Path folder;

    @TempDir
    Path cache;

    @BeforeAll
    static void prepare() throws Exception {
        Files.copy(Runs.comparison().path().resolve("java/model.safetensors"), folder.resolve("model.safetensors"));
        Drawing.seven(folder.resolve("seven.png"));
    }

    private Tandem.Running predict(String engine) throws IOException {
        return start("predict", "model.safetensors", "seven.png", "--engines", engine);
    }

    private Tandem.Running start(String... words) throws IOException {
        return Tandem.start(Tandem.LAUNCHER, folder, Map.of("XDG_CACHE_HOME", cache.toString()), words);
    }

    private String state(String engine) throws Exception {
        PrintedTable table = PrintedTable.of(start("engines").end().out()).getFirst();
        return table.rows().stream()
                .filter(row -> row.getFirst().equals(engine))
                .findFirst()
                .orElseThrow()
                .get(4);
    }

    private void assertWorks(String engine) throws Exception {
        Tandem tandem = predict(engine).end();
        assertEquals(0, tandem.exitCode(), tandem.out() + tandem.err());
        assertEquals("ready", state(engine));
    }

    @Test
    void aFirstUseThatIsKilledHarmsNobody() throws Exception {
        killed("onnxruntime", 400);
    }

    /** In the order of time, so that one of them is in the middle however fast the machine is. */
    @Tag("slow")
    @ParameterizedTest
    @CsvSource({
        "onnxruntime, 200",
        "onnxruntime, 1000",
        "pytorch, 500",
        "pytorch, 1000",
        "pytorch, 1500",
        "pytorch, 2500",
        "pytorch, 4000",
        "tensorflow, 1500",
        "deeplearning4j, 1500",
        "djl, 1500"
    })
    void norDoesThatOfALargeEngine(String engine, int millis) throws Exception {
        killed(engine, millis);
    }

    private void killed(String engine, int millis) throws Exception {
        Tandem.Running running = predict(engine);
        running.await(UNPACKS);
        Thread.sleep(millis);
        running.kill();
        // The lab is told apart from what it started: the record comes at the very end.
        boolean done =
                Files.exists(cache.resolve("tandem/engines").resolve(engine).resolve("unpacked.json"));
        assertEquals(done ? "ready" : "unpacked at next run", state(engine));
        assertWorks(engine);
    }

    @Test
    void twoFirstUsesAtOnceUnpackOnce() throws Exception {
        twoAtOnce("onnxruntime");
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {"pytorch", "tensorflow", "deeplearning4j", "djl"})
    void norDoLargeEnginesGetInEachOthersWay(String engine) throws Exception {
        twoAtOnce(engine);
    }

    private void twoAtOnce(String engine) throws Exception {
        List<Tandem.Running> both = List.of(predict(engine), predict(engine));
        List<String> said = new ArrayList<>();
        for (Tandem.Running running : both) {
            Tandem tandem = running.end();
            assertEquals(0, tandem.exitCode(), tandem.out() + tandem.err());
            said.add(tandem.err());
        }
        List<String> waited = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            if (said.get(i)
                    .contains("waiting for process %d, which works on the natives of %s"
                            .formatted(both.get(1 - i).process().pid(), engine))) {
                waited.add(said.get(i));
            }
        }
        assertEquals(1, waited.size(), said::toString);
        assertEquals(1, said.stream().filter(text -> text.contains(UNPACKS)).count(), said::toString);
        assertEquals("ready", state(engine));
    }

    @Test
    void aTruncatedLibraryIsNoticed() throws Exception {
        assertWorks("onnxruntime");
        Path library;
        try (Stream<Path> files = Files.walk(cache.resolve("tandem/engines/onnxruntime"))) {
            library = files.filter(Files::isRegularFile)
                    .max(Comparator.comparing(file -> file.toFile().length()))
                    .orElseThrow();
        }
        try (FileChannel channel = FileChannel.open(library, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() / 2);
        }
        assertEquals("unpacked at next run", state("onnxruntime"));
        assertWorks("onnxruntime");
    }

    @Test
    void whoeverWaitsCanBeStopped() throws Exception {
        Path lock = Files.createDirectories(cache.resolve("tandem/engines")).resolve("onnxruntime.lock");
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.lock();
            Tandem.Running running = predict("onnxruntime");
            running.await("waiting for another process, which works on the natives of onnxruntime");
            long before = System.nanoTime();
            running.signal("INT");
            Tandem tandem = running.end();
            assertEquals(130, tandem.exitCode(), tandem.out() + tandem.err());
            assertTrue(System.nanoTime() - before < 5e9, "it ends at once");
        }
    }
}
