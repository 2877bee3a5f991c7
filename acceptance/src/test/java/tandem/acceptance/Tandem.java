package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;

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

    /**
     * What lets a command hear Ctrl-C where these tests themselves do not, as under nohup: a process inherits which
     * signals are ignored, and a shell or a JVM leaves them so. Empty where that is not needed, or not possible.
     */
    static final List<String> HEARING_INTERRUPTS = hearingInterrupts();

    private static List<String> hearingInterrupts() {
        List<String> words = List.of("env", "--default-signal=INT");
        return hearsInterrupts(List.of()) || !hearsInterrupts(words) ? List.of() : words;
    }

    /** Whether a process that is started like this dies of Ctrl-C. */
    private static boolean hearsInterrupts(List<String> words) {
        List<String> command = new ArrayList<>(words);
        command.addAll(List.of("sh", "-c", "kill -INT $$; exit 0"));
        try {
            return new ProcessBuilder(command).start().waitFor() == 128 + 2;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs a command to its end. */
    static Tandem run(Path folder, String... arguments) throws IOException, InterruptedException {
        return start(folder, arguments).end();
    }

    /** Runs a command to its end, which must be this exit code. */
    static Tandem run(Path folder, int exitCode, String... arguments) throws IOException, InterruptedException {
        Tandem tandem = run(folder, arguments);
        assertEquals(exitCode, tandem.exitCode(), tandem.out() + tandem.err());
        return tandem;
    }

    /** Runs lines of a shell, in which {@code $TANDEM} is the launcher, to their end. */
    static Tandem script(Path folder, String lines) throws IOException, InterruptedException {
        return start(Path.of("bash"), folder, Map.of("TANDEM", LAUNCHER.toString()), "-c", lines)
                .end();
    }

    /** Starts a command. */
    static Running start(Path folder, String... arguments) throws IOException {
        return start(LAUNCHER, folder, arguments);
    }

    /** Starts a command in a process group of its own, all of which {@link Running#killAll} ends. */
    static Running startAlone(Path folder, Map<String, String> environment, String... arguments) throws IOException {
        List<String> words = new ArrayList<>(List.of(LAUNCHER.toString()));
        words.addAll(List.of(arguments));
        return start(Path.of("setsid"), folder, environment, words.toArray(String[]::new));
    }

    /** Starts a command through another path to the launcher. */
    static Running start(Path launcher, Path folder, String... arguments) throws IOException {
        return start(launcher, folder, Map.of(), arguments);
    }

    /** Starts a command with further environment variables. */
    static Running start(Path launcher, Path folder, Map<String, String> environment, String... arguments)
            throws IOException {
        List<String> words = new ArrayList<>(HEARING_INTERRUPTS);
        words.add(launcher.toString());
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

    /** Sends a signal to a process, or to the group whose negative number this is; 0 if there is one. */
    static int signal(String name, long process) throws IOException, InterruptedException {
        return new ProcessBuilder("kill", "-" + name, "--", String.valueOf(process))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    /** A command under way. */
    record Running(Process process, Path out, Path err) {

        /** Waits for the end. */
        Tandem end() throws IOException, InterruptedException {
            return end(PATIENCE_MINUTES * 60);
        }

        /** Waits so many seconds for the end. */
        Tandem end(long seconds) throws IOException, InterruptedException {
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
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

        /** Kills the command, and all that it has started, as kill -9 does. */
        void kill() throws InterruptedException {
            List<ProcessHandle> tree = new ArrayList<>(process.descendants().toList());
            tree.add(process.toHandle());
            tree.forEach(ProcessHandle::destroyForcibly);
            process.waitFor();
        }

        /** Waits until standard output or standard error holds a text. */
        void await(String text) throws IOException, InterruptedException {
            long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(PATIENCE_MINUTES);
            while (!Files.readString(out).contains(text)
                    && !Files.readString(err).contains(text)) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new IllegalStateException("never said '%s': %s".formatted(text, read()));
                }
                Thread.sleep(50);
            }
        }

        /** The workers: the JVMs that it started and that live. */
        List<ProcessHandle> workers() {
            return process.descendants()
                    .filter(started -> started.info().command().orElse("").endsWith("java"))
                    .toList();
        }

        /** Sends a signal to the command's process alone. */
        void signal(String name) throws IOException, InterruptedException {
            if (name.equals("INT") && !hearsInterrupts(HEARING_INTERRUPTS)) {
                process.destroyForcibly();
                throw new IllegalStateException("Ctrl-C is ignored here, as under nohup, and env(1) cannot change that;"
                        + " start these tests without nohup");
            }
            Tandem.signal(name, process.pid());
        }

        /** Kills the command and all that it started, at one moment; it was started alone. */
        Tandem killAll() throws IOException, InterruptedException {
            // The group is there as soon as setsid has run.
            while (process.isAlive() && Tandem.signal("KILL", -process.pid()) != 0) {
                Thread.sleep(1);
            }
            return end();
        }
    }
}
