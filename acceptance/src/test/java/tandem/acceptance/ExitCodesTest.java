package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/**
 * What every command's exit code says: 0 that all is done, which {@link Runs} asks of every command, 1 that something
 * failed. An engine that cannot run here is a failure if it was asked for by name, and none if all engines were asked
 * for.
 */
final class ExitCodesTest {
    private static final String SMALL = " --epochs 1 --train-limit 64 --test-limit 10";

    @TempDir
    static Path folder;

    private static TestEngines engines;
    private static int runs;

    @BeforeAll
    static void prepare() throws Exception {
        engines = Runs.testEngines();
        Files.copy(Runs.smallNetwork(), folder.resolve("small.json"));
        Files.copy(Runs.comparison().path().resolve("java/model.safetensors"), folder.resolve("model.safetensors"));
        Drawing.seven(folder.resolve("seven.png"));
        Files.createDirectory(folder.resolve("empty"));
    }

    private static Tandem run(int exitCode, Map<String, String> environment, String command) throws Exception {
        return run(exitCode, Tandem.LAUNCHER, engines.folder(), environment, command);
    }

    private static Tandem run(
            int exitCode, Path launcher, Path engines, Map<String, String> environment, String command)
            throws Exception {
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        if (!words.getFirst().equals("predict")) {
            words.addAll(List.of("--out", "run" + ++runs));
        }
        Map<String, String> variables = new HashMap<>(environment);
        variables.put("TANDEM_ENGINES", engines.toString());
        Tandem tandem = Tandem.start(launcher, folder, variables, words.toArray(String[]::new))
                .end();
        assertEquals(exitCode, tandem.exitCode(), tandem.out() + tandem.err());
        return tandem;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "train slow" + SMALL,
                "compare --engines java,slow" + SMALL,
                "parity --engines slow --steps 1 --recipe small.json",
                "bench --engines slow --rounds 1 --steps 1 --python /no/python",
                "bench --rounds 0 --engines slow --to-accuracy 5 --seeds 1 --epochs 1",
            })
    void anEngineFails(String command) throws Exception {
        assertFails(command);
    }

    /** One after the other in all its recipes. */
    @Tag("slow")
    @Test
    void anEngineFailsInEveryRecipe() throws Exception {
        assertFails("differences --engine slow --seeds 1" + SMALL);
    }

    private static void assertFails(String command) throws Exception {
        Tandem tandem = run(1, Map.of("SLOW_FAILS", "1"), command);
        // The proof asks for a way back to a state first, which this engine has not.
        String reason = command.startsWith("parity") ? "UnsupportedOperationException" : "it was told to fail";
        assertTrue(tandem.out().contains(reason), tandem.out());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "train nowhere" + SMALL,
                "compare --engines slow,nowhere" + SMALL,
                "study --engines slow,nowhere --seeds 1" + SMALL,
                "differences --engine nowhere --seeds 1" + SMALL,
                "parity --engines nowhere --steps 1 --recipe small.json",
                "bench --engines nowhere --rounds 1 --steps 1 --python /no/python",
                "bench --rounds 0 --engines nowhere --to-accuracy 5 --seeds 1 --epochs 1",
                "predict model.safetensors seven.png --engines slow,nowhere",
            })
    void anEngineThatWasAskedForCannotRunHere(String command) throws Exception {
        Tandem tandem = run(1, Map.of(), command);
        assertTrue((tandem.out() + tandem.err()).contains("nowhere runs nowhere"), tandem.out() + tandem.err());
    }

    /** All engines that are built: of a release that has the java engine alone. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "compare" + SMALL + " | comparison.json",
                "predict model.safetensors seven.png | ",
            })
    void anEngineThatNobodyAskedForCannotRunHere(String command, String file) throws Exception {
        assertUnavailable(command, file);
    }

    @ParameterizedTest
    @Tag("slow")
    @CsvSource(
            delimiter = '|',
            value = {
                "study --seeds 1" + SMALL + " | study.json",
                "parity --steps 1 | parity.json",
                "bench --rounds 1 --steps 1 --no-variants --python /no/python | bench.json",
            })
    void norWhereThatTakesLong(String command, String file) throws Exception {
        assertUnavailable(command, file);
    }

    private static void assertUnavailable(String command, String file) throws Exception {
        Path release = folder.resolve("release");
        if (!Files.exists(release)) {
            Path built = Tandem.LAUNCHER.resolveSibling("target/current").toRealPath();
            Files.createDirectories(release.resolve("engines"));
            Files.createDirectories(release.resolve("etc"));
            Files.copy(Tandem.LAUNCHER, release.resolve("tandem"));
            Files.copy(Tandem.LAUNCHER.resolveSibling("etc/jdk.sh"), release.resolve("etc/jdk.sh"));
            Files.createSymbolicLink(release.resolve("lib"), built.resolve("lib"));
            Files.createSymbolicLink(release.resolve("engines/java"), built.resolve("engines/java"));
            Runs.copy(engines.folder().resolve("nowhere"), folder.resolve("alone/nowhere"));
        }
        Tandem tandem =
                run(0, release.resolve("tandem"), folder.resolve("alone"), Map.of("NOWHERE_COMPETES", "1"), command);
        if (file != null) {
            JsonNode json = Runs.json(folder.resolve("run" + runs).resolve(file));
            long unavailable = json.get("engines")
                    .valueStream()
                    .filter(engine -> engine.get("status").asString().equals("unavailable"))
                    .count();
            assertEquals(1, unavailable, tandem.out());
        }
    }

    @Test
    void aPictureThatCannotBeReadIsAFailure() throws Exception {
        run(1, Map.of(), "predict model.safetensors seven.png missing.png --engines slow");
    }

    @Test
    void anExportThatCannotBeWrittenIsAFailure() throws Exception {
        Tandem tandem = Tandem.run(folder, "export", "model.safetensors", "--onnx", "model.onnx");
        assertEquals(0, tandem.exitCode(), tandem.err());
        Tandem refused = Tandem.run(folder, "export", "model.safetensors", "--onnx", "model.safetensors");
        assertEquals(1, refused.exitCode(), refused.err());
        Tandem unclear = Tandem.run(folder, "export", "model.safetensors");
        assertEquals(2, unclear.exitCode(), unclear.err());
        assertEquals(1, Tandem.run(folder, "report").exitCode());
        assertEquals(1, Tandem.run(folder, "report", "empty").exitCode());
    }

    /** What went wrong is in the files, too. */
    @Test
    void aStudyThatFailedSaysSo() throws Exception {
        run(1, Map.of("SLOW_FAILS", "1"), "study --engines slow,java --seeds 2" + SMALL);
        JsonNode study = Runs.json(folder.resolve("run" + runs + "/study.json"));
        assertEquals("failed", study.get("state").asString());
        assertEquals("failed", study.at("/engines/0/status").asString());
        assertEquals(
                "seed 42: it was told to fail", study.at("/engines/0/failure").asString());
        assertEquals("done", study.at("/engines/1/status").asString());
        assertEquals(2, study.at("/engines/1/testAccuracy/n").intValue());
    }
}
