package tandem.acceptance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One run of ./tandem in a process of its own.
 *
 * @param exitCode of the process
 * @param out standard output
 * @param err standard error
 */
record Tandem(int exitCode, String out, String err) {
    static final Path LAUNCHER = Path.of(System.getProperty("tandem"));
    private static final long PATIENCE_MINUTES = 10;

    /** Runs a command to its end. */
    static Tandem run(Path folder, String... arguments) throws IOException, InterruptedException {
        return start(folder, arguments).end();
    }

    /** Starts a command. */
    static Running start(Path folder, String... arguments) throws IOException {
        return start(LAUNCHER, folder, arguments);
    }

    /** Starts a command through another path to the launcher. */
    static Running start(Path launcher, Path folder, String... arguments) throws IOException {
        return start(launcher, folder, Map.of(), arguments);
    }

    /** Starts a command with further environment variables. */
    static Running start(Path launcher, Path folder, Map<String, String> environment, String... arguments)
            throws IOException {
        List<String> words = new ArrayList<>(List.of(launcher.toString()));
        words.addAll(List.of(arguments));
        Path out = Files.createTempFile("out", "");
        Path err = Files.createTempFile("err", "");
        ProcessBuilder builder = new ProcessBuilder(words)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        return new Running(process, out, err);
    }

    /** A command under way. */
    record Running(Process process, Path out, Path err) {

        /** Waits for the end. */
        Tandem end() throws IOException, InterruptedException {
            if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new IllegalStateException("it did not end: " + read());
            }
            return read();
        }

        private Tandem read() throws IOException {
            Tandem result = new Tandem(
                    process.isAlive() ? -1 : process.exitValue(),
                    Files.readString(out, StandardCharsets.UTF_8),
                    Files.readString(err, StandardCharsets.UTF_8));
            Files.delete(out);
            Files.delete(err);
            return result;
        }

        /** Waits until standard output holds a text. */
        void await(String text) throws IOException, InterruptedException {
            long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(PATIENCE_MINUTES);
            while (!Files.readString(out).contains(text)) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new IllegalStateException("never said '%s': %s".formatted(text, read()));
                }
                Thread.sleep(50);
            }
        }

        /** Sends a signal to the command's process alone. */
        void signal(String name) throws IOException, InterruptedException {
            new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor();
        }
    }
}
