package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What ./check says of tests that were skipped, by the reports of a made-up project. */
final class CheckTest {
    @TempDir
    Path folder;

    private Path started;

    @BeforeEach
    void start() throws IOException {
        started = Files.writeString(folder.resolve("started"), "");
        Files.setLastModifiedTime(started, FileTime.from(Instant.now().minusSeconds(60)));
    }

    private Path report(String module, String tests) throws IOException {
        Path reports = Files.createDirectories(folder.resolve(module).resolve("target/surefire-reports"));
        return Files.writeString(
                reports.resolve("TEST-" + module + ".xml"),
                "<?xml version=\"1.0\"?>\n<testsuite name=\"x\" skipped=\"1\">\n" + tests + "</testsuite>\n");
    }

    private List<String> run(String command) throws Exception {
        Process process = new ProcessBuilder(
                        "bash",
                        "-eu",
                        "-c",
                        "root=$1; . \"$2\"; " + command,
                        "check",
                        folder.toString(),
                        Tandem.LAUNCHER.resolveSibling("etc/skipped.sh").toString(),
                        started.toString())
                .redirectErrorStream(true)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), out);
        return out.lines().toList();
    }

    @Test
    void skippedTestsAreNamedWithTheirReasons() throws Exception {
        report("core", """
                  <testcase name="runs" classname="a.First" time="0.1"/>
                  <testcase name="waits(String)[1]" classname="a.First" time="0.1">
                    <skipped type="org.opentest4j.TestAbortedException"><![CDATA[org.opentest4j.TestAbortedException: Assumption failed: no "tool" & no time
                	at org.junit.jupiter.api.Assumptions.throwAssumptionFailed(Assumptions.java:340)
                ]]></skipped>
                  </testcase>
                  <testcase name="fails" classname="a.First" time="0.1">
                    <failure message="no" type="x">text</failure>
                  </testcase>
                """);
        report("lab", """
                  <testcase name="" classname="b.Second" time="0.1">
                    <skipped message="Assumption failed: there is a &quot;GPU&quot;"/>
                  </testcase>
                  <testcase name="d" classname="b.Second" time="0.1">
                    <skipped type="org.opentest4j.TestAbortedException"><![CDATA[org.opentest4j.TestAbortedException: Assumption failed: there is a GPU
                ]]></skipped>
                  </testcase>
                """);
        Path before = report("old", """
                  <testcase name="c" classname="c.Third" time="0.1">
                    <skipped message="Assumption failed: long ago"/>
                  </testcase>
                """);
        Files.setLastModifiedTime(before, FileTime.from(Instant.now().minusSeconds(120)));
        String missing = "a.First.waits(String)[1]: no \"tool\" & no time";
        String quoted = "b.Second: there is a \"GPU\"";
        assertEquals(List.of(missing, "b.Second.d: there is a GPU", quoted), run("skipped \"$3\""));
        assertEquals(List.of(missing, quoted), run("skipped \"$3\" | unexpected"));
    }

    @Test
    void nothingSkippedIsNothingSaid() throws Exception {
        report("core", "  <testcase name=\"runs\" classname=\"a.First\" time=\"0.1\"/>\n");
        assertEquals(List.of(), run("skipped \"$3\""));
        assertEquals(List.of(), run("echo \"$(skipped \"$3\")\" | unexpected | grep . || true"));
    }
}
