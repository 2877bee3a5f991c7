package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When ./tandem builds: {@code etc/build.sh} on a small tree, with a Maven that makes what the real one makes. */
final class LauncherTest {
    private static final Path BUILD = Tandem.LAUNCHER.resolveSibling("etc/build.sh");

    /** Notes its arguments, makes target folders beside the sources, and fills the build's folder. */
    private static final String MAVEN = """
            #!/bin/sh
            echo "$@" >> "$LOG"
            for word; do
                case "$word" in -Dtandem.dist=*) dist=${word#-Dtandem.dist=} ;; esac
            done
            mkdir -p core/target lab/target engines/java/target "$dist/lib" "$dist/engines/java"
            touch core/target/core.jar "$dist/lib/app.jar" "$dist/engines/java/java.jar"
            [ ! -e fail ] || exit 1
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
        write("formats/pom.xml", "<project/>");
        write("lab/src/main/resources/lab.properties", "a=1");
        write("app/pom.xml", "<project/>");
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
        ProcessBuilder builder = new ProcessBuilder("bash", "-uc", ". '%s'; %s".formatted(BUILD, line))
                .directory(folder.toFile())
                .redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "root", root.toString(),
                        "LOG", root.resolve("maven.log").toString(),
                        "PATH", root.resolve("bin") + ":" + System.getenv("PATH")));
        Process process = builder.start();
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
        assertEquals("failed", shell("build package || echo failed"));
        assertEquals(current, root.resolve("target/current").toRealPath());
        assertTrue(stale());
        try (var builds = Files.newDirectoryStream(root.resolve("target"), "build-*")) {
            assertEquals(
                    List.of(current.getFileName()),
                    List.of(builds.iterator().next().getFileName()));
        }
    }
}
