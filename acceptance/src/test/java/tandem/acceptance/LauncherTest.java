package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When ./tandem builds: {@code etc/build.sh} on a small tree, with a Maven that makes what the real one makes. */
final class LauncherTest {
    private static final Path ETC = Tandem.LAUNCHER.resolveSibling("etc");

    /** Notes its arguments, makes target folders beside the sources, and fills the build's folder. */
    private static final String MAVEN = """
            #!/bin/sh
            echo "$@" >> "$LOG"
            for word; do
                case "$word" in
                    -Dtandem.dist=*) dist=${word#-Dtandem.dist=} ;;
                    *engines/*) modules=$word ;;
                esac
            done
            mkdir -p core/target lab/target engines/java/target "$dist/lib"
            touch core/target/core.jar "$dist/lib/app.jar"
            for module in $(echo "${modules-}" | tr , ' '); do
                mkdir -p "$dist/$module"
                touch "$dist/$module/engine.jar"
            done
            [ ! -e fail ] || { echo "[ERROR] something is wrong"; exit 1; }
            mkdir running || echo "[ERROR] two builds at once" >> "$LOG"
            [ ! -e slow ] || sleep 1
            [ ! -e endless ] || sleep 60
            rmdir running
            """;

    @TempDir
    private Path folder;

    private Path root;

    @BeforeEach
    void tree() throws IOException {
        root = Files.createDirectories(folder.resolve("a checkout"));
        write("pom.xml", "<project/>");
        write(".mvn/jvm.config", "-Xmx1g");
        write("core/src/main/java/A.java", "class A {}");
        write("core/src/main/java/B.java", "class B {}");
        write("core/src/test/java/ATest.java", "class ATest {}");
        write("mnist/pom.xml", "<project/>");
        write("engines/java/pom.xml", "<project><properties><engine>java</engine></properties></project>");
        write("engines/pytorch/pom.xml", "<project><properties><engine>pytorch</engine></properties></project>");
        write("engines/tensorflow/pom.xml", "<project><properties><engine>tensorflow</engine></properties></project>");
        write("engines/reference/pom.xml", "<project/>");
        write("formats/pom.xml", "<project/>");
        write("lab/src/main/resources/lab.properties", "a=1");
        write("app/pom.xml", "<project/>");
        for (String script : List.of("jdk.sh", "build.sh", "engines.sh")) {
            write("etc/" + script, Files.readString(ETC.resolve(script)));
        }
        Path maven = write("bin/mvn", MAVEN);
        Files.setPosixFilePermissions(maven, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Path write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        return Files.writeString(path, text);
    }

    /** Runs a line of the launcher's shell; what it prints. */
    private String shell(String line) throws IOException, InterruptedException {
        return end(start(line));
    }

    private Process start(String line) throws IOException {
        List<String> words = new ArrayList<>(Tandem.HEARING_INTERRUPTS);
        words.addAll(List.of("bash", "-uc", ". '%s/etc/build.sh'; %s".formatted(root, line)));
        ProcessBuilder builder =
                new ProcessBuilder(words).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "root",
                        root.toString(),
                        "LOG",
                        root.resolve("maven.log").toString(),
                        "PATH",
                        root.resolve("bin") + ":" + System.getenv("PATH"),
                        "JAVA_HOME",
                        System.getProperty("java.home")));
        return builder.start();
    }

    private static String end(Process process) throws IOException, InterruptedException {
        String printed = new String(process.getInputStream().readAllBytes());
        assertTrue(process.waitFor(1, TimeUnit.MINUTES));
        return printed.strip();
    }

    private boolean stale() throws IOException, InterruptedException {
        String answer = shell("if stale; then echo stale; else echo fresh; fi");
        assertTrue(List.of("stale", "fresh").contains(answer), answer);
        return answer.equals("stale");
    }

    private void build() throws IOException, InterruptedException {
        assertEquals("", shell("build package"));
    }

    @Test
    void isFreshAfterTheFirstBuildAlthoughThatMakesFolders() throws Exception {
        assertTrue(stale());
        build();
        assertTrue(Files.exists(root.resolve("core/target/core.jar")));
        assertTrue(Files.exists(root.resolve("target/current/lib/app.jar")));
        assertFalse(stale());
    }

    @Test
    void isStaleAfterEverySortOfChange() throws Exception {
        build();
        Path file = root.resolve("core/src/main/java/A.java");
        FileTime before = Files.getLastModifiedTime(file);

        write("core/src/main/java/A.java", "class A { }");
        // As when a file of another branch or a backup takes its place.
        Files.setLastModifiedTime(file, before);
        assertTrue(stale(), "edited");
        write("core/src/main/java/A.java", "class A {}");
        assertFalse(stale(), "as it was");

        write("core/src/main/java/C.java", "class C {}");
        assertTrue(stale(), "added");
        Files.delete(root.resolve("core/src/main/java/C.java"));
        assertFalse(stale(), "added and deleted");

        Files.delete(root.resolve("core/src/main/java/B.java"));
        assertTrue(stale(), "deleted");
        write("core/src/main/java/B.java", "class B {}");
        assertFalse(stale(), "back");

        Files.move(file, file.resolveSibling("D.java"));
        assertTrue(stale(), "renamed");
        Files.move(file.resolveSibling("D.java"), file);
        assertFalse(stale(), "named as before");

        for (String other : List.of("pom.xml", ".mvn/jvm.config", "lab/src/main/resources/lab.properties")) {
            String text = Files.readString(root.resolve(other));
            Files.writeString(root.resolve(other), "\n", StandardOpenOption.APPEND);
            assertTrue(stale(), other);
            write(other, text);
        }
        assertFalse(stale());
    }

    @Test
    void testsAndWhatEditorsLeaveAreNoSources() throws Exception {
        build();
        write("core/src/test/java/ATest.java", "class ATest { }");
        write("core/src/test/java/BTest.java", "class BTest {}");
        write("core/src/main/java/.A.java.swp", "");
        write("core/src/main/java/A.java~", "");
        write("core/target/classes/A.class", "");
        write("README.md", "");
        Files.setLastModifiedTime(
                root.resolve("core/src/main/java/A.java"), FileTime.fromMillis(System.currentTimeMillis() + 60_000));
        assertFalse(stale());
    }

    /** A file that is saved while Maven compiles may not be in what it makes. */
    @Test
    void whatChangesDuringABuildIsBuiltAgain() throws Exception {
        Files.writeString(
                root.resolve("bin/mvn"), "echo 'class E {}' > core/src/main/java/E.java\n", StandardOpenOption.APPEND);
        build();
        assertTrue(stale());
        build();
        assertFalse(stale());
    }

    @Test
    void aFailedBuildLeavesTheOneBefore() throws Exception {
        build();
        Path current = root.resolve("target/current").toRealPath();
        write("fail", "");
        write("core/src/main/java/A.java", "class A {");
        assertEquals("[ERROR] something is wrong\nfailed", shell("build package || echo failed"));
        assertEquals(current, root.resolve("target/current").toRealPath());
        assertTrue(stale());
        try (var builds = Files.newDirectoryStream(root.resolve("target"), "build-*")) {
            assertEquals(
                    List.of(current.getFileName()),
                    List.of(builds.iterator().next().getFileName()));
        }
    }

    /** The script that builds engines later, as the command line calls it. */
    private String engines(String... names) {
        return "bash '%s/etc/engines.sh' '%s' %s"
                .formatted(root, root.resolve("target/current"), String.join(" ", names));
    }

    private List<String> modules() throws IOException {
        return Files.readAllLines(root.resolve("maven.log")).stream()
                .map(line -> line.replaceAll(".*-pl (\\S+) .*", "$1"))
                .toList();
    }

    private List<String> built() throws IOException {
        try (Stream<Path> engines = Files.list(root.resolve("target/current/engines"))) {
            return engines.map(engine -> engine.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void anEngineIsBuiltWhenItIsNeededAndFromThenOnWithTheOthers() throws Exception {
        assertEquals("", shell("lock; rebuild; unlock"));
        assertEquals(List.of("java"), built());
        assertEquals("pytorch\ntensorflow", shell("unbuilt"));

        String said = "tandem: building pytorch, needed for the first time (log: target/build.log)";
        assertEquals(said, shell(engines("pytorch")));
        assertEquals(List.of("java", "pytorch"), built());
        assertEquals("tensorflow", shell("unbuilt"));
        assertFalse(stale());
        assertEquals("", shell(engines("pytorch", "java")));

        write("core/src/main/java/A.java", "class A { }");
        assertEquals("", shell("lock; rebuild; unlock"));
        assertEquals(List.of("java", "pytorch"), built());
        assertEquals(List.of("app,engines/java", "engines/pytorch", "app,engines/java,engines/pytorch"), modules());
    }

    @Test
    void anEngineThatDoesNotBuildLeavesNothing() throws Exception {
        shell("lock; rebuild; unlock");
        write("fail", "");
        String said = shell(engines("pytorch", "tensorflow") + " || echo code $?");
        assertEquals(
                List.of(
                        "tandem: building pytorch, tensorflow, needed for the first time (log: target/build.log)",
                        "[ERROR] something is wrong",
                        "tandem: the build failed; the whole story is in " + root + "/target/build.log",
                        "code 1"),
                said.lines().toList());
        assertEquals(List.of("java"), built());
        try (Stream<Path> left = Files.list(root.resolve("target"))) {
            assertEquals(
                    List.of("build.log", "building", "current"),
                    left.map(path -> path.getFileName().toString())
                            .filter(name -> !name.startsWith("build-"))
                            .sorted()
                            .toList());
        }
    }

    @Test
    void twoCommandsThatNeedOneEngineBuildItOnce() throws Exception {
        shell("lock; rebuild; unlock");
        write("slow", "");
        List<Process> commands = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            commands.add(start(engines("pytorch") + " && ls '" + root + "/target/current/engines/pytorch'"));
        }
        List<String> said = new ArrayList<>();
        for (Process command : commands) {
            said.add(end(command).lines().toList().getLast());
        }
        assertEquals(List.of("engine.jar", "engine.jar", "engine.jar"), said);
        assertEquals(List.of("app,engines/java", "engines/pytorch"), modules());
    }

    /** As on macOS: Perl asks for the same lock. */
    private static final String NO_FLOCK = "command() { [ \"$2\" != flock ] && builtin command \"$@\"; }; ";

    private static void await(Path file) throws InterruptedException {
        for (int i = 0; !Files.exists(file); i++) {
            assertTrue(i < 600, file + " never came");
            Thread.sleep(50);
        }
    }

    private String waiting(Process builder) {
        return "tandem: waiting for the build that process %d began (log: target/build.log)".formatted(builder.pid());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", NO_FLOCK})
    void whoeverWaitsSaysForWhom(String before) throws Exception {
        Process first = start(before + "lock; touch locked; sleep 1; unlock");
        await(folder.resolve("locked"));
        assertEquals(waiting(first) + "\nlocked", shell(before + "lock; echo locked"));
        assertEquals("", end(first));
    }

    /** The Maven of a launcher that was killed still builds, and nobody builds beside it. */
    @ParameterizedTest
    @ValueSource(strings = {"", NO_FLOCK})
    void theMavenOfAKilledLauncherIsWaitedFor(String before) throws Exception {
        write("slow", "");
        Process killed = start(before + "lock; rebuild; unlock");
        await(root.resolve("running"));
        killed.destroyForcibly().waitFor();
        assertTrue(Files.exists(root.resolve("running")));
        assertEquals(waiting(killed) + "\nbuilt", shell(before + "lock; rebuild; unlock; echo built"));
        assertEquals(2, Files.readAllLines(root.resolve("maven.log")).size());
        assertFalse(stale());
    }

    /** Whatever the lock's file says: a process that is gone, one that is alive but another, or nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"", "4194304", "1", "rubbish"})
    void aFileIsNoLock(String left) throws Exception {
        write("target/building", left);
        write("target/lock/of-an-older-version", "");
        assertEquals("locked", shell("lock; echo locked; unlock"));
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143", "HUP, 129"})
    void aSignalEndsABuildAndItsMaven(String signal, int code) throws Exception {
        write("endless", "");
        Process launcher = start("lock; rebuild || exit 1; unlock");
        await(root.resolve("running"));
        List<ProcessHandle> maven = launcher.descendants().toList();
        assertFalse(maven.isEmpty());
        new ProcessBuilder("kill", "-" + signal, "" + launcher.pid()).start().waitFor();
        assertEquals("tandem: interrupted", end(launcher));
        assertEquals(code, launcher.exitValue());
        for (ProcessHandle process : maven) {
            process.onExit().get(10, TimeUnit.SECONDS);
        }
        try (Stream<Path> left = Files.list(root.resolve("target"))) {
            assertEquals(
                    List.of("build.log", "building"),
                    left.map(path -> path.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void aSignalEndsAWait() throws Exception {
        Process first = start("lock; touch locked; sleep 60");
        await(folder.resolve("locked"));
        Process second = start("lock; echo locked");
        BufferedReader said = second.inputReader();
        assertEquals(waiting(first), said.readLine());
        new ProcessBuilder("kill", "-INT", "" + second.pid()).start().waitFor();
        assertEquals("tandem: interrupted", said.readLine());
        assertEquals(130, second.waitFor());
        first.descendants().forEach(ProcessHandle::destroyForcibly);
        first.destroyForcibly();
    }
}
