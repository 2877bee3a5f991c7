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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The zip of a release, unpacked where nothing but a JDK and a shell is. */
class ReleaseTest {
    private static final Path ZIP = Path.of(System.getProperty("tandem.zip"));
    private static final long LIMIT = 30_000_000;

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
        environment = new HashMap<>(Map.of(
                "PATH", bin.toString(),
                "JAVA_HOME", System.getProperty("java.home"),
                "XDG_CACHE_HOME", folder.resolve("cache").toString()));
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

    /**
     * Java API and natives come from Maven's local repository, or are fetched into it. TensorFlow needs another
     * protobuf than the lab.
     */
    @Test
    void runsOtherEnginesWithoutMaven() throws Exception {
        runsWithoutMaven("tensorflow");
    }

    @Tag("slow")
    @Test
    void runsAllEnginesWithoutMaven() throws Exception {
        runsWithoutMaven("pytorch", "deeplearning4j", "djl");
    }

    private void runsWithoutMaven(String... names) throws Exception {
        Tandem tandem = run(
                "compare",
                "--engines",
                String.join(",", names),
                "--train-limit",
                "640",
                "--test-limit",
                "100",
                "--out",
                "others");
        assertEquals(0, tandem.exitCode(), tandem.out() + tandem.err());
        assertEquals("", tandem.err());
        JsonNode engines = JsonMapper.shared()
                .readTree(Files.readString(folder.resolve("others/comparison.json")))
                .get("engines");
        assertEquals(names.length, engines.size());
        for (JsonNode engine : engines) {
            assertEquals("done", engine.get("status").stringValue(), engine::toString);
            // After ten steps more than half are right; guessing finds one of ten.
            assertTrue(engine.get("testAccuracy").doubleValue() > 0.4, engine::toString);
        }
        Tandem again = run("engines");
        assertEquals(0, again.exitCode(), again.err());
        for (String line : names) {
            assertTrue(
                    again.out().lines().anyMatch(text -> text.matches("\\| " + line + " .*\\| ready +\\|.*")),
                    again.out());
        }
    }

    /** A copy of the local repository in which one small jar is another. */
    @Test
    void refusesAJarThatIsNotTheOneItWasBuiltFor() throws Exception {
        Path original = Path.of(System.getProperty("localRepository"));
        Path copy = folder.resolve("repository");
        for (String artifact : List.of("pytorch", "openblas", "javacpp")) {
            Path from = original.resolve("org/bytedeco").resolve(artifact);
            try (Stream<Path> files = Files.walk(from)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Path link = copy.resolve(original.relativize(file));
                    Files.createDirectories(link.getParent());
                    Files.createSymbolicLink(link, file);
                }
            }
        }
        Path damaged = damage(copy.resolve("org/bytedeco/javacpp"));
        environment.put("MAVEN_OPTS", "-Xmx1g -Dmaven.repo.local=%s".formatted(copy));
        for (String offline : List.of("--offline", "--verbose")) {
            Tandem tandem = run("train", "pytorch", "--train-limit", "64", offline, "--out", "damaged" + offline);
            assertEquals(1, tandem.exitCode(), tandem.out() + tandem.err());
            // SHA-256 of the bytes 1, 2, 3: printf '\\1\\2\\3' | sha256sum.
            assertTrue(
                    tandem.out()
                            .contains(
                                    damaged + " is not the file that Tandem was built for: its SHA-256 is"
                                            + " 039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81 and should be "),
                    tandem.out() + tandem.err());
            assertTrue(tandem.out().contains("failed"), tandem.out());
            assertFalse(tandem.out().contains("starting"), tandem.out());
        }
    }

    /** Damages the natives of JavaCPP that PyTorch uses: those of its newest version. */
    private static Path damage(Path javacpp) throws IOException {
        Path damaged;
        try (Stream<Path> files = Files.walk(javacpp)) {
            damaged = files.filter(file ->
                            file.getFileName().toString().matches("javacpp-1\\.5\\.14-(linux|macosx)-\\w+\\.jar"))
                    .filter(file -> file.getFileName().toString().contains(platform()))
                    .findFirst()
                    .orElseThrow();
        }
        Files.delete(damaged);
        return Files.write(damaged, new byte[] {1, 2, 3});
    }

    private static String platform() {
        return (System.getProperty("os.name").startsWith("Mac") ? "macosx-" : "linux-")
                + (System.getProperty("os.arch").equals("aarch64") ? "arm64" : "x86_64");
    }

    /** The page, from jars alone. */
    @Test
    void servesThePage() throws Exception {
        try (Served server = Served.start(launcher, folder, environment, "--engines", "java")) {
            assertEquals("{\"status\":\"up\"}", server.get("/health").body());
            assertTrue(server.get("/").body().contains("<title>Tandem</title>"));
            assertTrue(server.get("/page/report.css").body().contains("--engine-0"));
            assertEquals(
                    1, Served.json(server.get("/api/engines")).get("engines").size());
        }
    }
}
