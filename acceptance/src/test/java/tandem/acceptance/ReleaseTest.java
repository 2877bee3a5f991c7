package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The zip of a release, unpacked where nothing but a JDK and a shell is. */
class ReleaseTest {
    private static final Path ZIP = Path.of(System.getProperty("tandem.zip"));
    private static final long LIMIT = 25_000_000;

    /** What the launcher calls; neither Maven nor Git. */
    private static final List<String> PROGRAMS = List.of("bash", "dirname", "readlink", "sed", "tput");

    @TempDir
    private Path folder;

    private Path launcher;
    private Map<String, String> environment;

    @BeforeEach
    void unpack() throws IOException {
        Path to = Files.createDirectories(folder.resolve("a folder with spaces"));
        try (FileSystem zip = FileSystems.newFileSystem(ZIP, Map.of("enablePosixFileAttributes", true));
                Stream<Path> entries = Files.walk(zip.getPath("/"))) {
            for (Path entry : entries.skip(1).toList()) {
                Path file = to.resolve(entry.toString().substring(1));
                if (Files.isDirectory(entry)) {
                    Files.createDirectories(file);
                } else {
                    Files.copy(entry, file);
                    Files.setPosixFilePermissions(file, Files.getPosixFilePermissions(entry));
                }
            }
        }
        String name = ZIP.getFileName().toString();
        launcher =
                to.resolve(name.substring(0, name.length() - ".zip".length())).resolve("tandem");
        Path bin = Files.createDirectories(folder.resolve("bin"));
        for (String program : PROGRAMS) {
            Path script = bin.resolve(program);
            Files.writeString(script, "#!/bin/sh\nexec '%s' \"$@\"\n".formatted(onPath(program)));
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        environment = Map.of(
                "PATH", bin.toString(),
                "JAVA_HOME", System.getProperty("java.home"),
                "XDG_CACHE_HOME", folder.resolve("cache").toString());
    }

    private static Path onPath(String program) {
        return Stream.of(System.getenv("PATH").split(":"))
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(program + " is not on the PATH"));
    }

    private Tandem run(String... arguments) throws IOException, InterruptedException {
        return Tandem.start(launcher, folder, environment, arguments).end();
    }

    @Test
    void isSmall() throws IOException {
        assertTrue(
                Files.size(ZIP) < LIMIT,
                () -> ZIP + " is too large: " + ZIP.toFile().length());
    }

    /** One folder at the top, so that unpacking it makes no mess. */
    @Test
    void hasOneFolder() throws IOException {
        try (Stream<Path> top = Files.list(folder.resolve("a folder with spaces"))) {
            assertEquals(List.of(launcher.getParent()), top.toList());
        }
    }

    @Test
    void saysItsVersion() throws Exception {
        Tandem tandem = run("--version");
        assertEquals(0, tandem.exitCode(), tandem.err());
        assertTrue(tandem.out().startsWith("tandem " + version()), tandem.out());
    }

    private String version() {
        return launcher.getParent().getFileName().toString().substring("tandem-".length());
    }

    @Test
    void trainsWithTheJavaEngineWithoutMaven() throws Exception {
        Tandem tandem =
                run("compare", "--engines", "java", "--train-limit", "2000", "--test-limit", "500", "--out", "a run");
        assertEquals(0, tandem.exitCode(), tandem.out() + tandem.err());
        JsonNode comparison = JsonMapper.shared().readTree(Files.readString(folder.resolve("a run/comparison.json")));
        JsonNode java = comparison.get("engines").get(0);
        assertEquals("done", java.get("status").stringValue());
        // 2,000 images are enough for more than eight of ten digits; guessing finds one.
        assertTrue(java.get("testAccuracy").doubleValue() > 0.8, java::toString);
        JsonNode machine = JsonMapper.shared().readTree(Files.readString(folder.resolve("a run/machine.json")));
        assertTrue(machine.get("commit").isNull(), machine::toString);
        assertTrue(Files.size(folder.resolve("a run/report.html")) > 100_000);
        assertFalse(Files.exists(launcher.resolveSibling("target")), "a release builds nothing");
    }

    /** PyTorch's Java API is in the zip, its natives are not: what fetches them is Maven, and it is asked for. */
    @Test
    void asksForMavenWhereNativesAreMissing() throws Exception {
        Tandem tandem = run("train", "pytorch", "--train-limit", "64", "--test-limit", "10", "--out", "pytorch");
        assertEquals(1, tandem.exitCode(), tandem.out() + tandem.err());
        assertTrue(tandem.out().contains("install Maven"), tandem.out() + tandem.err());
    }
}
