package tandem.lab.engines;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.worker.protocol.Event;
import tandem.worker.protocol.Request;
import tools.jackson.core.JacksonException;

/**
 * A worker as the lab sees it: a process of its own, a way to talk to it, and a log. Engines' workers are JVMs and talk
 * over a socket, as native libraries print to standard output; a peer is another program that talks over standard input
 * and output. Whatever goes wrong with it (it dies, it says nothing for too long, it sends rubbish) becomes one
 * sentence with the last lines of its log.
 */
final class WorkerProcess implements AutoCloseable {
    /** How long a worker may take to end once it was told to. */
    private static final Duration FAREWELL = Duration.ofSeconds(4);

    /** How long a worker may say nothing once it was asked to stop; what it did since its last checkpoint is lost. */
    private static final Duration STOPPING = Duration.ofSeconds(5);

    private static final Duration GLANCE = Duration.ofMillis(200);

    private static final int LOG_LINES = 5;

    private final Process process;
    private final Path log;
    private final Duration silence;
    private final BufferedReader events;
    private final BufferedWriter requests;
    private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
    /** How long to wait for the next event. */
    private Duration patience;

    private volatile boolean stopping;

    /** What the socket yields. */
    private sealed interface Arrival {
        record Message(Event event) implements Arrival {}

        record Rubbish(String text) implements Arrival {}

        record End() implements Arrival {}
    }

    private WorkerProcess(
            Process process, Path log, Duration preparation, Duration silence, Reader events, Writer requests) {
        this.process = process;
        this.log = log;
        this.silence = silence;
        patience = preparation.compareTo(silence) > 0 ? preparation : silence;
        this.events = new BufferedReader(events);
        this.requests = new BufferedWriter(requests);
        Thread.ofVirtual().name("events of " + process.pid()).start(this::listen);
    }

    /**
     * Starts a worker and waits for its call.
     *
     * @param launch what the worker's JVM is started with
     * @param log file its output is appended to
     * @throws Failure if it cannot be started or does not call
     */
    static WorkerProcess start(Launch launch, Path log, Duration silence) {
        try {
            // Socket paths are limited to about 100 bytes, so not in the run directory.
            Path folder = Files.createTempDirectory("tandem");
            Path socket = folder.resolve("lab");
            try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                server.bind(UnixDomainSocketAddress.of(socket));
                Files.createDirectories(log.toAbsolutePath().getParent());
                Process process = launch.start(socket, log);
                SocketChannel channel = accept(server, process, log, silence);
                return new WorkerProcess(
                        process,
                        log,
                        launch.preparation(),
                        silence,
                        Channels.newReader(channel, StandardCharsets.UTF_8),
                        Channels.newWriter(channel, StandardCharsets.UTF_8));
            } finally {
                Files.deleteIfExists(socket);
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new Failure("the worker cannot be started (%s)".formatted(e.getMessage()), e);
        }
    }

    /**
     * Starts a program that reads requests from standard input and writes events to standard output.
     *
     * @param program the command's words
     * @param log file its standard error is appended to
     * @throws Failure if it cannot be started
     */
    static WorkerProcess startProgram(List<String> program, Path log, Duration silence) {
        try {
            Files.createDirectories(log.toAbsolutePath().getParent());
            Process process = new ProcessBuilder(Launch.deafToInterrupts(program))
                    .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            return new WorkerProcess(
                    process,
                    log,
                    silence,
                    silence,
                    process.inputReader(StandardCharsets.UTF_8),
                    process.outputWriter(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new Failure("%s cannot be started (%s)".formatted(program.getFirst(), e.getMessage()), e);
        }
    }

    private static SocketChannel accept(ServerSocketChannel server, Process process, Path log, Duration silence)
            throws IOException {
        CompletableFuture<Process> exit = process.onExit();
        // Closing the server is what ends a wait for a worker that never calls.
        exit.thenRun(() -> close(server));
        exit.copy().orTimeout(silence.toMillis(), TimeUnit.MILLISECONDS).exceptionally(timeout -> {
            close(server);
            return process;
        });
        try {
            return server.accept();
        } catch (ClosedChannelException e) {
            boolean died = !process.isAlive();
            process.destroyForcibly();
            throw new Failure(
                    died
                            ? "the worker ended at once (%s)%s".formatted(cause(process), lastLines(log))
                            : "the worker did not call within %s s%s".formatted(silence.toSeconds(), lastLines(log)),
                    e);
        }
    }

    private static void close(ServerSocketChannel server) {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void listen() {
        try (events) {
            for (String line = events.readLine(); line != null; line = events.readLine()) {
                arrivals.add(arrival(line));
            }
        } catch (MalformedInputException e) {
            arrivals.add(new Arrival.Rubbish("bytes that are not UTF-8"));
        } catch (IOException e) {
            // A killed worker resets its socket; take() says how it died.
        }
        arrivals.add(new Arrival.End());
    }

    private static Arrival arrival(String line) {
        try {
            return new Arrival.Message(Json.parse(line, Event.class));
        } catch (JacksonException e) {
            return new Arrival.Rubbish(line);
        }
    }

    /** Whether the process is there. */
    boolean alive() {
        return process.isAlive();
    }

    /** The worker's process id. */
    long pid() {
        return process.pid();
    }

    /** Processor time the worker has used so far; nothing where the system does not tell. */
    Optional<Duration> processorTime() {
        return process.info().totalCpuDuration();
    }

    /** Sends a request; a {@link Failure} if the worker is gone. */
    synchronized void send(Request request) {
        try {
            requests.write(Json.line(request));
            requests.newLine();
            requests.flush();
        } catch (IOException e) {
            throw gone(e);
        }
    }

    /** Asks the worker to end what it does early. If it is gone, whoever waits for its next event learns how. */
    void askToStop() {
        stopping = true;
        try {
            send(new Request.Stop());
        } catch (Failure e) {
            // Gone already: there is nothing to stop.
        }
    }

    /**
     * Waits for the next event.
     *
     * @throws Failure if the worker died, is silent for too long or sent an invalid event; it is dead afterwards
     */
    Event take() throws InterruptedException {
        Duration waited = patience;
        Arrival arrival = next(waited);
        patience = silence;
        return switch (arrival) {
            case Arrival.Message(Event event) -> event;
            case Arrival.Rubbish(String text) -> {
                process.destroyForcibly();
                throw new Failure(
                        "the worker sent an invalid event: '%s'%s".formatted(shortened(text), lastLines(log)));
            }
            case Arrival.End() -> throw gone(null);
            case null -> {
                process.destroyForcibly();
                throw new Failure(
                        stopping
                                ? "the worker did not stop within %s s and was ended".formatted(STOPPING.toSeconds())
                                : "the worker said nothing for %s s and was ended%s"
                                        .formatted(waited.toSeconds(), lastLines(log)));
            }
        };
    }

    /** What arrives within a time, which is shorter as soon as the worker is asked to stop; null if nothing does. */
    private @Nullable Arrival next(Duration patience) throws InterruptedException {
        long start = System.nanoTime();
        long asked = 0;
        Arrival arrival = null;
        while (arrival == null && System.nanoTime() - start < patience.toNanos()) {
            if (stopping && asked == 0) {
                asked = System.nanoTime();
            }
            if (asked != 0 && System.nanoTime() - asked > STOPPING.toNanos()) {
                return null;
            }
            Duration left = patience.minusNanos(System.nanoTime() - start);
            arrival = arrivals.poll((left.compareTo(GLANCE) < 0 ? left : GLANCE).toNanos(), TimeUnit.NANOSECONDS);
        }
        return arrival;
    }

    private Failure gone(@Nullable IOException cause) {
        try {
            if (!process.waitFor(FAREWELL.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                return new Failure("the worker closed its socket and was ended" + lastLines(log), cause);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new Failure("the worker died (%s)%s".formatted(cause(process), lastLines(log)), cause);
    }

    /** Shells and the JVM report a death by signal as 128 plus its number. */
    private static String cause(Process process) {
        if (process.isAlive()) {
            return "cause unknown";
        }
        int code = process.exitValue();
        return switch (code) {
            case 128 + 9 -> "killed by signal 9, by hand or for lack of memory";
            case 128 + 6, 128 + 11 -> "it crashed in native code, signal " + (code - 128);
            default -> code > 128 ? "signal " + (code - 128) : "exit code " + code;
        };
    }

    private static String lastLines(Path log) {
        try {
            List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1).stream()
                    .filter(line -> !line.isBlank())
                    .map(WorkerProcess::shortened)
                    .toList();
            String last = String.join(" / ", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
            return lines.isEmpty() ? "; %s is empty".formatted(log) : "; the last lines of %s: %s".formatted(log, last);
        } catch (IOException e) {
            return "; %s cannot be read (%s)".formatted(log, e.getMessage());
        }
    }

    private static String shortened(String text) {
        String line = text.strip();
        return line.length() <= 200 ? line : line.substring(0, 200) + "…";
    }

    /** Tells the worker to exit and waits for it; one that does not end is killed. */
    @Override
    public void close() {
        try {
            if (process.isAlive()) {
                send(new Request.Exit());
            }
            if (!process.waitFor(FAREWELL.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
            requests.close();
        } catch (Failure | IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
