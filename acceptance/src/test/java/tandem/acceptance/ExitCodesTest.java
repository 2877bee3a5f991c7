package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/**
 * What every command's exit code says: 0 that all is done, 1 that something failed. An engine that cannot run here is a
 * failure if it was asked for by name, and none if all engines were asked for.
 */
final class ExitCodesTest {
    private static final String SMALL = " --epochs 1 --train-limit 64 --test-limit 10";

    @TempDir
    static Path folder;

    private static TestEngines engines;
    private static int runs;

    @BeforeAll
    static void prepare() throws Exception {
        engines = TestEngines.in(folder.resolve("own"));
        Files.copy(Runs.comparison().path().resolve("java/model.safetensors"), folder.resolve("model.safetensors"));
        Drawing.seven(folder.resolve("seven.png"));
    }

    private static Tandem run(int exitCode, List<String> environment, String command) throws Exception {
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        if (!words.getFirst().equals("predict")) {
            words.addAll(List.of("--out", "run" + ++runs));
        }
        Tandem tandem =
                engines.start(folder, environment, words.toArray(String[]::new)).end();
        assertEquals(exitCode, tandem.exitCode(), tandem.out() + tandem.err());
        return tandem;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "train slow" + SMALL,
                "compare --engines slow,second" + SMALL,
                "study --engines slow,second --seeds 2" + SMALL,
                "differences --engine slow --seeds 1" + SMALL,
                "bench --engines slow --rounds 1 --steps 1 --python /no/python",
                "bench --rounds 0 --engines slow --to-accuracy 5 --seeds 1 --epochs 1",
                "predict model.safetensors seven.png --engines slow,second",
            })
    void allIsDone(String command) throws Exception {
        run(0, List.of(), command);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "train slow" + SMALL,
                "compare --engines java,slow" + SMALL,
                "study --engines slow,java --seeds 2" + SMALL,
                "differences --engine slow --seeds 1" + SMALL,
                "parity --engines slow --steps 1",
                "bench --engines slow --rounds 1 --steps 1 --python /no/python",
                "bench --rounds 0 --engines slow --to-accuracy 5 --seeds 1 --epochs 1",
            })
    void anEngineFails(String command) throws Exception {
        Tandem tandem = run(1, List.of("SLOW_FAILS", "1"), command);
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
                "parity --engines nowhere --steps 1",
                "bench --engines slow,nowhere --rounds 1 --steps 1 --python /no/python",
                "bench --rounds 0 --engines nowhere --to-accuracy 5 --seeds 1 --epochs 1",
                "predict model.safetensors seven.png --engines slow,nowhere",
            })
    void anEngineThatWasAskedForCannotRunHere(String command) throws Exception {
        Tandem tandem = run(1, List.of(), command);
        assertTrue((tandem.out() + tandem.err()).contains("nowhere runs nowhere"), tandem.out() + tandem.err());
    }

    /** All engines that are built: in a folder without others, ours alone. */
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
        Path alone = folder.resolve("alone");
        if (!Files.exists(alone)) {
            Runs.copy(engines.folder().resolve("nowhere"), alone.resolve("nowhere"));
        }
        // The engines that are built compete too; they are kept small, and fetched before by what else is tested.
        List<String> environment = List.of("NOWHERE_COMPETES", "1", "TANDEM_ENGINES", alone.toString());
        Tandem tandem = run(0, environment, command);
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
        run(1, List.of(), "predict model.safetensors seven.png missing.png --engines slow");
    }

    @Test
    void anExportThatCannotBeWrittenIsAFailure() throws Exception {
        Tandem tandem = Tandem.run(folder, "export", "model.safetensors", "--onnx", "model.onnx");
        assertEquals(0, tandem.exitCode(), tandem.err());
        Tandem refused = Tandem.run(folder, "export", "model.safetensors", "--onnx", "model.safetensors");
        assertEquals(1, refused.exitCode(), refused.err());
        Tandem unclear = Tandem.run(folder, "export", "model.safetensors");
        assertEquals(2, unclear.exitCode(), unclear.err());
        assertEquals(2, Tandem.run(folder, "report").exitCode());
        assertEquals(1, Tandem.run(folder, "report", "own").exitCode());
    }

    /** What went wrong is in the files, too. */
    @Test
    void aStudyThatFailedSaysSo() throws Exception {
        run(1, List.of("SLOW_FAILS", "1"), "study --engines slow,java --seeds 2" + SMALL);
        JsonNode study = Runs.json(folder.resolve("run" + runs + "/study.json"));
        assertEquals("failed", study.get("state").asString());
        assertEquals("failed", study.at("/engines/0/status").asString());
        assertEquals(
                "seed 42: it was told to fail", study.at("/engines/0/failure").asString());
        assertEquals("done", study.at("/engines/1/status").asString());
        assertEquals(2, study.at("/engines/1/testAccuracy/n").intValue());
    }
}
