package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where ./tandem is started: without variables, in locales that know ASCII alone, in folders with any name, and with
 * standard streams that are closed, full or broken. Names are written as bytes, as these tests may run in such a locale
 * themselves.
 */
final class SurroundingsTest {
    private static final String TRAIN = " train java --epochs 1 --train-limit 64 --test-limit 10 ";

    /** Größe, with bytes in UTF-8 that ASCII does not have. */
    private static final String SIZE = "gr\\303\\266\\303\\237e";

    @TempDir
    static Path folder;

    @BeforeAll
    static void prepare() throws Exception {
        Files.copy(Runs.comparison().path().resolve("java/model.safetensors"), folder.resolve("model.safetensors"));
        Drawing.seven(folder.resolve("seven.png"));
    }

    private static Tandem script(int exitCode, String lines) throws Exception {
        Tandem tandem = Tandem.script(folder, lines);
        assertEquals(exitCode, tandem.exitCode(), tandem.out() + tandem.err());
        return tandem;
    }

    @ParameterizedTest
    @ValueSource(strings = {"env -i PATH=\"$PATH\"", "env LC_ALL=de_DE.ISO-8859-15"})
    void namesAreBytesInEveryLocale(String environment) throws Exception {
        Tandem tandem = script(0, """
                set -e
                dir=$'f\\303\\274r '$RANDOM
                mkdir "$dir"
                cp seven.png "$dir/"$'%1$s.png'
                cd "$dir"
                run() { %2$s "$TANDEM" "$@" 2>&1; }
                run predict ../model.safetensors $'%1$s.png' --engines java
                run %3$s --out $'t\\303\\244st'
                run report $'t\\303\\244st'
                test -s $'t\\303\\244st/report.html'
                test -s $'t\\303\\244st/java/model.safetensors'
                grep -q $'t\\303\\244st' $'t\\303\\244st/command.txt'
                echo "left: $(ls | wc -l)"
                """.formatted(SIZE, environment, TRAIN));
        assertTrue(tandem.out().contains("größe.png"), tandem.out());
        assertTrue(tandem.out().contains("täst/report.html"), tandem.out());
        assertTrue(tandem.out().endsWith("left: 2\n"), tandem.out());
    }

    /** As a release lies in a folder; its jars are links here. */
    private static String release(String name) {
        return """
                mkdir -p %1$s/etc
                cp "$TANDEM" %1$s/tandem
                cp "$(dirname "$TANDEM")/etc/jdk.sh" %1$s/etc
                ln -s "$(dirname "$TANDEM")"/target/current/lib %1$s/lib
                ln -s "$(dirname "$TANDEM")"/target/current/engines %1$s/engines
                """.formatted(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"$'f\\303\\274r $HOME `y` a*b?[c] #%20+~ it\\'s; x&y\\nz'", "'-dash'"})
    void theFolderOfTandemMayHaveAnyName(String name) throws Exception {
        String where = "./" + name;
        Tandem tandem = script(0, release(where) + """
                        mkdir -p jdks
                        [ -e jdks/%2$s ] || ln -s "${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")}" jdks/%2$s
                        cd %1$s
                        JAVA_HOME=$PWD/../jdks/%2$s LC_ALL=C ./tandem predict ../model.safetensors ../seven.png --engines java
                        code=$?
                        rm lib engines ../jdks/%2$s
                        exit $code
                        """.formatted(where, name));
        assertTrue(tandem.out().contains("| ../seven.png |      7 |"), tandem.out());
    }

    @Test
    void aFolderThatNoClassPathCanNameIsRefused() throws Exception {
        Tandem tandem =
                script(1, release("'a:b'") + "a:b/tandem --version; code=$?; rm a:b/lib a:b/engines; exit $code");
        assertEquals(
                "tandem: %s/a:b: Java cannot run programs from a folder with ':' in its path; move Tandem to another\n"
                        .formatted(folder.toRealPath()),
                tandem.err());
    }

    /** The JVM would open a file as the standard stream that is closed, and crash when it closes it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "predict model.safetensors - --engines java <&- | 1 | standard input",
                "predict model.safetensors - --engines java </dev/null | 1 | standard input",
                "predict model.safetensors seven.png --engines java <&- | 0 |",
                "predict model.safetensors seven.png --engines java 2>&- | 0 |",
                "predict model.safetensors seven.png --engines java >&- | 1 | cannot be written",
                "predict model.safetensors seven.png --engines java --json >&- | 1 | cannot be written",
                "engines <&- >&- 2>&- | 1 |",
                "engines >&- | 1 | cannot be written",
                "data <&- 2>&- | 0 |",
                "--help >&- | 1 | cannot be written",
                "report a <&- >&- | 1 | a: ",
            })
    void aClosedStreamIsNoFileOfTheJvm(String command, int code, String said) throws Exception {
        Tandem tandem = script(code, "\"$TANDEM\" " + command);
        assertTrue(said == null || tandem.err().contains(said), tandem.err());
        assertTrue(said == null || tandem.err().lines().count() == 1, tandem.err());
        assertTrue(Files.notExists(folder.resolve("hs_err.log")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"engines", "data", "--help", "--version", "predict model.safetensors seven.png --engines java"})
    void aFullDiskIsNoSuccess(String command) throws Exception {
        assumeTrue(Files.exists(Path.of("/dev/full")), "only Linux has a file that is always full");
        Tandem tandem = script(1, "\"$TANDEM\" %s > /dev/full".formatted(command));
        assertEquals(
                "tandem: standard output cannot be written (No space left on device); files are written, but what should be printed is lost",
                tandem.err().lines().toList().getLast());
    }

    /** Files are written whoever reads what is printed. */
    @Test
    void aTrainingOnAFullDiskOfItsOutputIsWhole() throws Exception {
        script(1, "\"$TANDEM\"" + TRAIN + "--out full >&-");
        assertEquals(
                "done",
                Runs.json(folder.resolve("full/comparison.json"))
                        .at("/engines/0/status")
                        .asString());
    }

    /** Who reads no more wants no more: the work ends as by Ctrl-C, without words. */
    @Test
    void aBrokenPipeEndsTheWorkQuietly() throws Exception {
        Tandem tandem = script(
                0,
                "\"$TANDEM\" train java --epochs 1000 --train-limit 640 --test-limit 10 --out pipe | head -1; echo ${PIPESTATUS[0]}");
        assertEquals("141", tandem.out().lines().toList().getLast(), tandem.out() + tandem.err());
        assertEquals("", tandem.err());
        assertEquals(
                "interrupted",
                Runs.json(folder.resolve("pipe/comparison.json"))
                        .at("/engines/0/status")
                        .asString());
    }
}
