package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * Engines of the tests' own, added as users add theirs: "slow" and "second" take the time that they are told to,
 * "trained" only predicts, "nowhere" runs on no platform. Their source is among the resources.
 *
 * @param folder of the engines
 */
record TestEngines(Path folder) {

    /** Compiles them against what is built. */
    static TestEngines in(Path folder) throws Exception {
        Path source = folder.resolve("source/engines/TestEngines.java");
        Files.createDirectories(source.getParent());
        try (InputStream in = TestEngines.class.getResourceAsStream("/engines/TestEngines.java")) {
            Files.write(source, in.readAllBytes());
        }
        Path classes = Files.createDirectories(folder.resolve("classes"));
        String built;
        try (Stream<Path> jars = Files.list(Tandem.LAUNCHER.resolveSibling("target/current/lib"))) {
            built = jars.map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        }
        assertEquals(
                0,
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "-proc:none",
                                "-cp",
                                built,
                                "-d",
                                classes.toString(),
                                source.toString()));
        for (String name : List.of("Slow", "Second", "Trained", "Nowhere")) {
            Path engine = Files.createDirectories(folder.resolve("engines").resolve(name.toLowerCase(Locale.ROOT)));
            try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(engine.resolve("engine.jar")));
                    Stream<Path> files = Files.walk(classes)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    jar.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                    jar.write(Files.readAllBytes(file));
                }
                jar.putNextEntry(new JarEntry("META-INF/services/tandem.core.engine.EngineProvider"));
                jar.write(("engines.TestEngines$" + name + "\n").getBytes(StandardCharsets.US_ASCII));
            }
        }
        return new TestEngines(folder.resolve("engines"));
    }

    /** Starts a command in a folder that has these engines; {@code environment} is names and values in turn. */
    Tandem.Running start(Path where, List<String> environment, String... words) throws Exception {
        Map<String, String> variables = new HashMap<>(Map.of("TANDEM_ENGINES", folder.toString()));
        for (int i = 0; i < environment.size(); i += 2) {
            variables.put(environment.get(i), environment.get(i + 1));
        }
        return Tandem.start(Tandem.LAUNCHER, where, variables, words);
    }
}
