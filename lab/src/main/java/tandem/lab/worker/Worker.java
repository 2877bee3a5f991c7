package tandem.lab.worker;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ServiceLoader;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import tandem.core.Failure;
import tandem.core.data.Dataset;
import tandem.core.data.Datasets;
import tandem.core.engine.EngineProvider;
import tandem.lab.Json;

/**
 * The process an engine runs in: reads requests from a Unix-domain socket and answers with events, one JSON object a
 * line. Standard output and error are the log: native libraries print there as they like. When the lab goes away, the
 * worker ends.
 */
public final class Worker {
    private static final Duration FLUSH_INTERVAL = Duration.ofMillis(100);

    private final EngineProvider provider;
    private final BufferedWriter events;
    private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
    /** Set once: a worker that was asked to stop ends its trial and begins no other. */
    private volatile boolean stopped;

    private Instant started = ProcessHandle.current().info().startInstant().orElseGet(Instant::now);
    private Dataset data;

    private Worker(EngineProvider provider, SocketChannel lab) {
        this.provider = provider;
        events = new BufferedWriter(Channels.newWriter(lab, StandardCharsets.UTF_8));
        Thread.ofPlatform().daemon().name("requests").start(() -> listen(lab));
        Thread.ofPlatform().daemon().name("events").start(this::flushNowAndThen);
    }

    /**
     * Serves requests until told to exit.
     *
     * @param arguments path of the lab's socket, name of the engine
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path socket = Path.of(arguments[0]);
        String engine = arguments[1];
        EngineProvider provider = ServiceLoader.load(EngineProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(candidate -> candidate.name().equals(engine))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no engine named " + engine + " on the class path"));
        try (SocketChannel lab = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            new Worker(provider, lab).serve();
        }
        // Native libraries may leave threads behind that would keep the process alive.
        System.exit(0);
    }

    private void listen(SocketChannel lab) {
        BufferedReader lines = new BufferedReader(Channels.newReader(lab, StandardCharsets.UTF_8));
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Request request = Json.parse(line, Request.class);
                switch (request) {
                    case Request.Stop _ -> stopped = true;
                    case Request.Train train -> requests.add(train);
                    case Request.Exit exit -> {
                        requests.add(exit);
                        return;
                    }
                }
            }
        } catch (IOException e) {
            System.err.println("the lab went away: " + e);
        }
        // No lab, no work: halt even in the middle of a native call.
        Runtime.getRuntime().halt(1);
    }

    private void serve() throws InterruptedException {
        while (requests.take() instanceof Request.Train train) {
            serve(train);
            started = null;
        }
    }

    private void serve(Request.Train request) {
        Instant start = started == null ? Instant.now() : started;
        try {
            if (data == null || !data.name().equals(request.recipe().dataset())) {
                data = Datasets.open(request.recipe().dataset());
            }
            Dataset limited =
                    data.limit(request.recipe().trainLimit(), request.recipe().testLimit());
            new Trial(request, limited, this::send, () -> stopped)
                    .run(provider, () -> Duration.between(start, Instant.now()).toMillis() / 1e3);
        } catch (Failure e) {
            e.printStackTrace();
            send(new Event.Failed(e.getMessage()));
        } catch (Exception | LinkageError | OutOfMemoryError e) {
            e.printStackTrace();
            send(new Event.Failed(e.toString().lines().findFirst().orElse("")));
        }
    }

    /**
     * Steps come by the hundred a second: they wait for the next flush, or else the lab would wake for each of them.
     */
    private void send(Event event) {
        synchronized (events) {
            try {
                events.write(Json.line(event));
                events.newLine();
                if (!(event instanceof Event.Step)) {
                    events.flush();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void flushNowAndThen() {
        try {
            while (true) {
                Thread.sleep(FLUSH_INTERVAL);
                synchronized (events) {
                    events.flush();
                }
            }
        } catch (IOException | InterruptedException e) {
            // Without a socket there is no lab, and the thread that listens to it ends the process.
            System.err.println("events are no longer sent: " + e);
        }
    }
}
