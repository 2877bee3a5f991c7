package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Proofs through the public command, also of an engine from outside, as docs/your-own-engine.md says. */
final class ParityTest {
    private static final Path HOME = Tandem.LAUNCHER.toAbsolutePath().getParent();
    private static final Path EXAMPLE = HOME.resolve("examples/your-own-engine");

    @TempDir
    Path folder;

    private JsonNode parity(String run) throws IOException {
        return JsonMapper.shared().readTree(Files.readString(folder.resolve(run).resolve("parity.json")));
    }

    @Test
    void allEnginesPass() throws Exception {
        Runs.Run run = Runs.proof();
        JsonNode parity = run.json("parity.json");
        assertEquals(6, parity.get("engines").size());
        for (JsonNode engine : parity.get("engines")) {
            assertTrue(engine.get("passed").booleanValue(), engine::toString);
            assertTrue(engine.get("sameInputs").booleanValue(), engine::toString);
            for (int step = 0; step < 5; step++) {
                double expected = parity.get("lossReference").get(step).doubleValue();
                assertEquals(expected, engine.get("loss").get(step).doubleValue(), 2e-5 * expected);
            }
        }
        assertTrue(run.out().contains("images passed over"), run.out());
        assertTrue(run.out().endsWith("proof\n"), run.out());
    }

    /**
     * The reference through the command equals PyTorch in float64, which drew these parameters, as it does by itself in
     * a test of its own.
     */
    @Tag("slow")
    @Test
    void theReferenceIsPyTorchsInFloat64() throws Exception {
        Path reference = HOME.resolve("engines/reference/src/test/resources");
        Tandem tandem = Tandem.run(
                folder,
                "parity",
                "--engines",
                "java",
                "--init",
                reference.resolve("trajectory.safetensors").toString(),
                "--no-dropout",
                "--no-shuffle",
                "--steps",
                "8",
                "--out",
                "run");
        assertEquals(0, tandem.exitCode(), tandem.out() + tandem.err());
        JsonNode expected = JsonMapper.shared().readTree(Files.readString(reference.resolve("trajectory.json")));
        for (int step = 0; step < 8; step++) {
            double loss = expected.get("loss_float64").get(step).doubleValue();
            assertEquals(loss, parity("run").get("lossReference").get(step).doubleValue(), 1e-9 * loss);
        }
    }

    /** Compiles the example, with or without a mistake, and returns the folder of engines to name. */
    private Path example(String right, String wrong) throws IOException {
        Path sources = Files.createDirectories(folder.resolve("sources"));
        Path classes = Files.createDirectories(folder.resolve("classes"));
        String source = Files.readString(EXAMPLE.resolve("MyEngine.java"));
        assertTrue(source.contains(right), right);
        assertTrue(source.lines().count() < 200, "short enough to be read");
        Path file = Files.writeString(sources.resolve("MyEngine.java"), source.replace(right, wrong));
        List<String> words = new ArrayList<>(List.of("-d", classes.toString(), "-cp", classPath(), file.toString()));
        assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null, words.toArray(String[]::new)));
        Path services = Files.createDirectories(classes.resolve("META-INF/services"));
        Files.copy(
                EXAMPLE.resolve("tandem.core.engine.EngineProvider"),
                services.resolve("tandem.core.engine.EngineProvider"));
        Path engines = Files.createDirectories(folder.resolve("engines/mine")).getParent();
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(engines.resolve("mine/mine.jar")));
                Stream<Path> files = Files.walk(classes)) {
            for (Path entry : files.filter(Files::isRegularFile).toList()) {
                jar.putNextEntry(new JarEntry(classes.relativize(entry).toString()));
                try (InputStream in = Files.newInputStream(entry)) {
                    in.transferTo(jar);
                }
            }
        }
        return engines;
    }

    private static String classPath() throws IOException {
        try (Stream<Path> jars = Files.list(HOME.resolve("target/current/lib"))) {
            return String.join(
                    System.getProperty("path.separator"),
                    jars.map(Path::toString).toList());
        }
    }

    private Tandem prove(Path engines) throws Exception {
        return Tandem.start(
                        Tandem.LAUNCHER,
                        folder,
                        Map.of("TANDEM_ENGINES", engines.toString()),
                        "parity",
                        "--engines",
                        "mine",
                        "--recipe",
                        Runs.smallNetwork().toString(),
                        "--steps",
                        "3",
                        "--out",
                        "run")
                .end();
    }

    @Test
    void anEngineFromOutsideGetsItsVerdict() throws Exception {
        Tandem tandem = prove(example("Math.sqrt", "Math.sqrt"));
        assertEquals(0, tandem.exitCode(), tandem.out() + tandem.err());
        assertTrue(parity("run").get("engines").get(0).get("passed").booleanValue());
    }

    @Test
    void aWrongEngineFromOutsideIsCaught() throws Exception {
        Tandem tandem = prove(example("Math.sqrt(d[i] + epsilon)", "(Math.sqrt(d[i]) + epsilon)"));
        assertEquals(1, tandem.exitCode(), tandem.out() + tandem.err());
        JsonNode engine = parity("run").get("engines").get(0);
        assertEquals("fc2.weight", engine.get("firstDivergingTensor").asString());
        assertEquals(
                "accumulated delta", engine.get("diverging").get("quantity").asString());
        assertTrue(tandem.out().contains("epsilon belongs under both roots"), tandem.out());
    }
}
