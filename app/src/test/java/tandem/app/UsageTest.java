package tandem.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Help, and sentences about what is wrong with a command line; no engine and no file is touched. */
@Isolated
final class UsageTest {

    /** What a command printed. */
    private record Printed(int exitCode, String out, String err) {
        static Printed of(String... arguments) {
            PrintStream out = System.out;
            PrintStream err = System.err;
            ByteArrayOutputStream printed = new ByteArrayOutputStream();
            ByteArrayOutputStream complained = new ByteArrayOutputStream();
            try {
                System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
                System.setErr(new PrintStream(complained, true, StandardCharsets.UTF_8));
                int code = Main.run(arguments);
                return new Printed(
                        code, printed.toString(StandardCharsets.UTF_8), complained.toString(StandardCharsets.UTF_8));
            } finally {
                System.setOut(out);
                System.setErr(err);
            }
        }
    }

    @Test
    void helpNamesEveryCommand() {
        Printed printed = Printed.of("--help");
        assertEquals(0, printed.exitCode, printed.err);
        for (String command : new String[] {
            "compare",
            "train",
            "parity",
            "study",
            "differences",
            "bench",
            "report",
            "predict",
            "export",
            "engines",
            "data",
            "notebooks",
            "runs",
            "serve",
            "doctor",
            "completion",
            "help"
        }) {
            assertTrue(printed.out.contains("\n  " + command + " "), printed.out);
        }
        assertFalse(printed.out.contains("\u001B"), "colours only on a terminal");
        assertEquals(printed.out, Printed.of().out, "no command is a question for help");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "compare",
                "train",
                "parity",
                "study",
                "differences",
                "bench",
                "report",
                "predict",
                "export",
                "engines",
                "data",
                "notebooks",
                "runs"
            })
    void everyCommandExplainsItselfWithExamples(String command) {
        Printed printed = Printed.of(command, "--help");
        assertEquals(0, printed.exitCode, printed.err);
        assertTrue(printed.out.contains("Examples:\n  tandem " + command), printed.out);
        assertEquals(printed.out, Printed.of("help", command).out);
        assertTrue(printed.out.lines().allMatch(line -> line.length() <= 80), printed.out);
        List<String> examples = printed.out
                .lines()
                .dropWhile(line -> !line.equals("Examples:"))
                .skip(1)
                .takeWhile(line -> !line.isEmpty())
                .toList();
        assertTrue(examples.stream().allMatch(line -> line.startsWith("  ")), printed.out);
    }

    /** Lines end between words, whatever the width of the terminal. */
    @Test
    void noWordOfHelpIsBroken() {
        try {
            for (int columns = 72; columns <= 120; columns += 3) {
                System.setProperty("picocli.usage.width", String.valueOf(columns));
                String help = Printed.of("study", "--help").out;
                for (String word : List.of("'name:variant'", "docs/cluster.md.", "'pytorch:cuda'", "docs/data.md.")) {
                    assertTrue(help.contains(word), help);
                }
                int widest = columns;
                assertTrue(help.lines().allMatch(line -> line.length() <= widest), help);
                assertTrue(help.chars().allMatch(character -> character < 0x2027), help);
            }
        } finally {
            System.clearProperty("picocli.usage.width");
        }
    }

    /** A line each, none broken. */
    @Test
    void everyCommandHasOneLineInHelp() {
        String help = Printed.of("--help").out;
        List<String> lines = help.lines()
                .dropWhile(line -> !line.equals("Commands:"))
                .skip(1)
                .takeWhile(line -> !line.isBlank())
                .toList();
        assertEquals(17, lines.size(), help);
        for (String line : lines) {
            assertTrue(line.matches("  [a-z]+ +[A-Z].{10,}") && line.length() <= 80, line);
        }
    }

    @Test
    void optionsAreInGroupsTheMostUsedFirst() {
        String help = Printed.of("compare", "--help").out;
        List<Integer> places = List.of(
                help.indexOf("\nOptions:\n"),
                help.indexOf("--engines=A,B ", help.indexOf("\nOptions:\n")),
                help.indexOf("\nRecipe:\n"),
                help.indexOf("  --gamma=X", help.indexOf("\nRecipe:\n")),
                help.indexOf("\nRun:\n"),
                help.indexOf("  --vector-bits=N", help.indexOf("\nRun:\n")),
                help.indexOf("\nOutput:\n"),
                help.indexOf("--quiet", help.indexOf("\nOutput:\n")));
        assertEquals(places.stream().sorted().toList(), places, help);
        assertTrue(places.getFirst() > 0, help);
        assertTrue(help.indexOf("  --epochs=N") < places.get(2), "one of the most used");
    }

    /** As bash sees it: the script names every command and, for one of them, its options. */
    @Test
    void bashCompletesCommandsAndOptions(@TempDir Path folder) throws Exception {
        Path script = folder.resolve("completion");
        Files.writeString(script, Printed.of("completion").out);
        assertEquals("compare completion", completed(script, "tandem", "comp"));
        assertEquals("--epochs --epsilon", completed(script, "tandem", "compare", "--ep"));
    }

    private static String completed(Path script, String... words) throws Exception {
        String program = """
                source '%s'
                COMP_WORDS=(%s); COMP_CWORD=%d; COMP_LINE="${COMP_WORDS[*]}"; COMP_POINT=${#COMP_LINE}
                _complete_tandem 2>/dev/null
                printf '%%s\\n' "${COMPREPLY[@]}" | sort -u | xargs""".formatted(script, String.join(" ", words), words.length - 1);
        Process bash = new ProcessBuilder("bash", "-c", program)
                .redirectErrorStream(true)
                .start();
        String printed = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, bash.waitFor(), printed);
        return printed.strip();
    }

    @Test
    void withoutAFolderTheNewestRunIsReported() {
        Printed printed = Printed.of("report");
        assertEquals(1, printed.exitCode);
        assertEquals(
                "tandem: there is no run in ./runs; name the folder of one, or make one with 'tandem compare'\n",
                printed.err);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "compare --engines torch | there is no engine 'torch'; valid are",
                "compare --engines pytorch:fast | engine pytorch has no variant 'fast'; valid are cuda, plain",
                "compare --engines java:fast | engine java has no variant 'fast'; valid are direct-convolution, no-shortcut",
                "compare --engines pytorch,pytorch | engine 'pytorch' is named twice",
                "compare --recipe best | there is no recipe 'best'; valid are harmonized, published-pytorch, published-tensorflow",
                "compare --epochs 0 | --epochs is 0; it must be at least 1",
                "compare --threads 0 | --threads is 0; it must be at least 1",
                "compare --train-limit -1 | --train-limit is -1; it must be at least 1",
                "compare --loss hinge | --loss: there is no 'hinge'; valid are cross-entropy, double-softmax",
                "compare --schedule cosine | --schedule: there is no 'cosine'; valid are epoch, batch, constant",
                "compare --init he | --init: 'he' is neither one of fan-in, glorot nor a file",
                "compare --lr 0 | --lr is 0.0; it must be greater than 0",
                "compare --batch-size 0 | --batch-size is 0; it must be at least 1",
                "compare --rho 1 | --rho is 1.0; it must be from 0 up to, not including, 1",
                "compare --lr fast | 'fast' is not a double",
                "compare --engines pytorch --vector-bits 64 | --vector-bits is 64; it must be 0, 128, 256 or 512",
                "train pytorch --vector-bits 256 | --vector-bits is an option of the engine java, which is not among",
                "compare --frobnicate | '--frobnicate'",
                "compare --dataset mnist --data x | --dataset and --data name different things",
                "train | ENGINE",
                "train pytorch --resume x --out y | --out cannot be combined with --resume",
                "train pytorch --resume x --recipe harmonized | --recipe cannot be combined with --resume",
                "train pytorch --resume x --init glorot | --init cannot be combined with --resume",
                "bench --rounds -1 | --rounds is -1; it must be at least 0",
                "bench --rounds 0 | --rounds 0 leaves nothing to measure; give --to-accuracy",
                "bench --steps 0 | --steps is 0; it must be at least 1",
                "bench --batch-size 0 | --batch-size is 0; it must be at least 1",
                "bench --to-accuracy 0.99 | --to-accuracy is 0.99; it must be a percentage above 1, such as 99",
                "bench --to-accuracy 99 --seeds 0 | --seeds is 0; it must be at least 1",
                "bench --seeds 3 | --to-accuracy",
                "bench --sweep depth=1 | --sweep depth=1: there is no size 'depth'; valid are batch-size, threads, hidden, conv1, side",
                "bench --sweep threads=two | --sweep threads=two: 'two' is not a whole number; write it like threads=1,2,4",
                "bench --sweep side=28,5 | --sweep side=28,5: at 5, images of 5x5 pixels are too small for the network",
                "bench --sweep threads=1 --sweep threads=2 | --sweep is there twice for one size; give its values together",
                "bench --sweep threads=1,2 --growth | --growth cannot be combined with --sweep",
                "bench --sweep threads=1,2 --action-benchmark x.json | --action-benchmark cannot be combined with --sweep",
                "bench --engines pytorch --vector-bits 256 | --vector-bits is an option of the engine java",
                "predict | MODEL",
                "predict model.safetensors | no picture is named; give a FILE or more after the model",
                "predict model.safetensors - - | '-' is named twice; standard input can be read once",
                "predict model.safetensors x.png --engines torch | there is no engine 'torch'; valid are",
                "compare --device tpu | --device: there is no 'tpu'; valid are cpu, cuda",
                "compare --engines pytorch,java --device cuda | --device cuda: java computes on the CPU only",
                "train pytorch:plain --device cuda | --device cuda: pytorch (plain) computes on the CPU only",
                "bench --engines djl:cuda --device cpu | --device cpu cannot be combined with djl (cuda)",
                "compare --engines pytorch,pytorch:cuda --device cuda | engine 'pytorch (cuda)' is named twice",
                "data imagenet | there is no file, folder or dataset 'imagenet'; datasets are mnist, fashion-mnist, kmnist, qmnist, emnist-digits, emnist-letters, emnist-balanced, emnist-byclass",
                "engines remove torch | there is no engine 'torch'",
                "study --seeds 0 | --seeds is 0; it must be at least 1",
                "study --parallel 0 | --parallel is 0; it must be at least 1",
                "study --threads 2 --parallel 3 | --parallel is 3, but there are only 2 --threads",
                "study --margin 0 | --margin is 0.0; it must be greater than 0 and at most 100",
                "study --threads 0 | --threads is 0; it must be at least 1",
                "differences --seeds 0 | --seeds is 0; it must be at least 1",
                "differences --epochs 0 | --epochs is 0; it must be at least 1",
                "differences --train-limit 0 | --train-limit is 0; it must be at least 1",
                "differences --test-limit -3 | --test-limit is -3; it must be at least 1",
                "differences --max-minutes 0 | --max-minutes is 0.0; it must be greater than 0",
                "differences --engine torch | there is no engine 'torch'; valid are",
                "parity --steps 0 | --steps is 0; it must be at least 1",
                "parity --first-image -1 | --first-image is -1; it must be at least 0",
                "parity --engines reference --first-image 60000 | --first-image is 60000; mnist has 60000 training images",
                "predict model.safetensors x.png --threads 0 | --threads is 0; it must be at least 1",
                "export model.safetensors | no format is named; give --onnx or --saved-model",
                "runs remove | --keep",
                "runs remove --keep -1 | --keep is -1; it must be at least 0",
            })
    void wrongUsageIsTwoAndSaysWhatIsValid(String arguments, String sentence) {
        Printed printed = Printed.of(arguments.split(" "));
        assertEquals(2, printed.exitCode, printed.err);
        assertTrue(printed.err.startsWith("tandem: ") && printed.err.contains(sentence), printed.err);
        assertEquals("", printed.out);
        assertFalse(Files.exists(Path.of("runs")), "nothing is written");
    }

    @Test
    void aFailureIsOneSentenceAndItsTraceIsShownWhenAsked() {
        Printed quiet = Printed.of("train", "reference", "--resume", "nothing");
        assertEquals(1, quiet.exitCode);
        assertEquals(
                "tandem: nothing: holds no run (no recipe.json); give the folder that a command printed last\n",
                quiet.err);
        Printed verbose = Printed.of("train", "reference", "--resume", "nothing", "--verbose");
        assertEquals(1, verbose.exitCode);
        assertTrue(verbose.err.contains("\tat tandem."), verbose.err);
    }
}
