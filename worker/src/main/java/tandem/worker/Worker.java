package tandem.worker;

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
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.core.Model;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.data.Dataset;
import tandem.core.data.Datasets;
import tandem.core.engine.EngineProvider;
import tandem.worker.protocol.Event;
import tandem.worker.protocol.Request;
import tools.jackson.core.JacksonException;

/**
 * The process an engine runs in: reads requests from a Unix-domain socket and answers with events, one JSON object a
 * line. Standard output and error are the log: native libraries print there as they like. When the lab goes away, the
 * worker ends.
 */
public final class Worker {
    private static final Duration FLUSH_INTERVAL = Duration.ofMillis(100);

    private final EngineProvider provider;
    private final BufferedWriter events;
    /** Whether steps wait for the next flush; guarded by the writer. */
    private boolean waiting;

    private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
    /** Set once: a worker that was asked to stop ends what it does, and whatever it is asked later. */
    private volatile boolean stopped;

    /** When the lab started this process; null once a request was served. */
    private @Nullable Instant started;

    private @Nullable Dataset data;
    /** The engine that is kept for measurements, or null. */
    private @Nullable MeasuredEngine measured;
    /** The model that is kept for predictions, or null. */
    private @Nullable OpenModel model;

    private Worker(EngineProvider provider, SocketChannel lab, Instant started) {
        this.provider = provider;
        this.started = started;
        events = new BufferedWriter(Channels.newWriter(lab, StandardCharsets.UTF_8));
        Thread.ofPlatform().daemon().name("requests").start(() -> listen(lab));
        Thread.ofPlatform().daemon().name("events").start(this::flushNowAndThen);
    }

    /**
     * Serves requests until told to exit.
     *
     * @param arguments path of the lab's socket, name of the engine, milliseconds of the epoch when the lab started
     *     this process: what the system itself says can be half a second off
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        // For the engines' libraries: in some languages lower case of I is not i, and digits are not 0 to 9.
        Locale.setDefault(Locale.ROOT);
        Path socket = Path.of(arguments[0]);
        String engine = arguments[1];
        Instant started = Instant.ofEpochMilli(Long.parseLong(arguments[2]));
        EngineProvider provider = ServiceLoader.load(EngineProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(candidate -> candidate.name().equals(engine))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no engine named " + engine + " on the class path"));
        try (SocketChannel lab = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            new Worker(provider, lab, started).serve();
        }
        // Native libraries may leave threads behind that would keep the process alive.
        System.exit(0);
    }

    private void listen(SocketChannel lab) {
        BufferedReader lines = new BufferedReader(Channels.newReader(lab, StandardCharsets.UTF_8));
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Request request = Json.parse(line, Request.class);
                if (request instanceof Request.Stop) {
                    stopped = true;
                } else {
                    requests.add(request);
                }
                if (request instanceof Request.Exit) {
                    return;
                }
            }
        } catch (IOException e) {
            System.err.println("the lab went away: " + e);
        } catch (JacksonException e) {
            System.err.println("the lab sent an invalid request: " + e.getMessage());
        }
        // No lab, no work: halt even in the middle of a native call.
        Runtime.getRuntime().halt(1);
    }

    private void serve() throws InterruptedException {
        Request request = requests.take();
        while (!(request instanceof Request.Exit)) {
            serve(request);
            started = null;
            request = requests.take();
        }
        if (measured != null) {
            measured.close();
        }
        if (model != null) {
            model.close();
        }
    }

    private void serve(Request request) {
        Instant start = started == null ? Instant.now() : started;
        DoubleSupplier startupSeconds =
                () -> Duration.between(start, Instant.now()).toMillis() / 1e3;
        try {
            switch (request) {
                case Request.Train train ->
                    new Trial(train, data(train.recipe()), this::send, () -> stopped).run(provider, startupSeconds);
                case Request.Prepare prepare -> {
                    if (measured != null) {
                        throw new IllegalStateException("an engine is prepared already");
                    }
                    measured = new MeasuredEngine(prepare, provider, data(prepare.recipe()), this::send, () -> stopped);
                    send(measured.prepared(startupSeconds.getAsDouble()));
                }
                case Request.Measurement measurement -> {
                    if (measured == null) {
                        throw new IllegalStateException("nothing is prepared for " + measurement);
                    }
                    send(measured.measure(measurement));
                }
                case Request.Prove prove ->
                    new ProofRun(prove, data(prove.recipe(), prove.firstImage()), this::send, () -> stopped)
                            .run(provider, startupSeconds);
                case Request.Open open -> {
                    if (model != null) {
                        model.close();
                        model = null;
                    }
                    model = new OpenModel(open, provider);
                    send(model.opened(startupSeconds.getAsDouble()));
                }
                case Request.Predict predict -> {
                    if (model == null) {
                        throw new IllegalStateException("no model is open to predict with");
                    }
                    send(model.predict(predict));
                }
                case Request.Export export -> {
                    provider.export(
                            new Model(export.network(), Parameters.read(Path.of(export.model()), export.network())),
                            export.normalisation(),
                            export.rawPixels(),
                            Path.of(export.folder()));
                    send(new Event.Exported());
                }
                case Request.Stop _, Request.Exit _ -> throw new IllegalStateException("is no work: " + request);
            }
        } catch (Failure e) {
            e.printStackTrace();
            send(new Event.Failed(e.getMessage()));
        } catch (Exception | Error e) {
            e.printStackTrace();
            send(new Event.Failed(e.toString().lines().findFirst().orElse("")));
        }
    }

    private Dataset data(Recipe recipe) {
        return data(recipe, 0);
    }

    private Dataset data(Recipe recipe, int firstTrainImage) {
        if (data == null || !data.name().equals(recipe.dataset())) {
            data = Datasets.open(recipe.dataset());
        }
        return data.from(firstTrainImage).limit(recipe.trainLimit(), recipe.testLimit());
    }

    /**
     * Steps come by the hundred a second: they wait for the next flush, or else the lab would wake for each of them.
     */
    private void send(Event event) {
        synchronized (events) {
            try {
                events.write(Json.line(event));
                events.newLine();
                if (event instanceof Event.Step) {
                    events.notifyAll();
                    waiting = true;
                } else {
                    events.flush();
                    waiting = false;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void flushNowAndThen() {
        try {
            while (true) {
                synchronized (events) {
                    // A worker that waits for its turn sleeps: others are being measured.
                    while (!waiting) {
                        events.wait();
                    }
                }
                Thread.sleep(FLUSH_INTERVAL);
                synchronized (events) {
                    events.flush();
                    waiting = false;
                }
            }
        } catch (IOException | InterruptedException e) {
            // Without a socket there is no lab, and the thread that listens to it ends the process.
            System.err.println("events are no longer sent: " + e);
        }
    }
}
