package tandem.web;

import io.helidon.common.buffers.DataReader;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.core.model.ImageSize;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Engines;
import tandem.lab.engines.Workers;
import tandem.lab.progress.Progress;
import tandem.lab.progress.StopSignal;
import tandem.lab.run.TemporaryFolder;
import tandem.web.event.Journal;
import tandem.web.event.Topics;
import tandem.web.job.Job;
import tandem.web.job.JobState;
import tandem.web.job.Jobs;
import tandem.web.job.Parities;
import tandem.web.job.Trainings;
import tandem.web.job.WorkersOf;
import tandem.web.live.LiveEngines;
import tandem.web.live.ServedModel;

/**
 * The page and its interface, on Helidon: every request has a virtual thread of its own, so that code waits where it
 * has to, and nothing else is needed for a thousand readers of events.
 */
public final class Server implements AutoCloseable {
    /** Bytes of the largest body. */
    static final int LARGEST_BODY = 1 << 20;

    /** Connections at a time. */
    private static final int MOST_CONNECTIONS = 1100;

    /** How often is looked for clients that let the server wait. */
    private static final Duration PERIOD = Duration.ofSeconds(5);

    /** How long a client may take to send a request, and to take what it is sent. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** How often is looked for the first checkpoint. */
    private static final Duration GLANCE = Duration.ofMillis(200);

    /** Kept, as the logging library keeps its loggers weakly. */
    private static final Logger LIBRARY = Logger.getLogger("io.helidon");

    /** Logs what {@link #requirePort} says. */
    private static final Logger LISTENER = Logger.getLogger("io.helidon.webserver.LoomServer");

    private final Options options;
    private final @Nullable String token;
    private final TemporaryFolder logs = TemporaryFolder.create("tandem-serve");
    private final Topics topics = new Topics();
    private final StopSignal stop = new StopSignal();
    private final EventStreams streams = new EventStreams();
    private final Metrics metrics = new Metrics();
    private final LiveEngines engines;
    private final Jobs jobs;
    private final Trainings trainings;
    private final Api api;
    private final WebServer server;

    /**
     * What is served, and to whom.
     *
     * @param host name or address to listen on
     * @param port from 1, or 0 for any that is free
     * @param engines that answer, in this order; empty for all that run here
     * @param model its file, or the folder of a run, or null for the newest run's, or one that is trained now
     * @param imageSize of the model's images, where its file does not say it; null if it is not known
     * @param caches folder of the engines' caches
     * @param threads how many threads each engine may compute with
     * @param offline never touch the network
     * @param workerIdle how long a worker that nobody asks stays
     */
    public record Options(
            String host,
            int port,
            List<EngineName> engines,
            @Nullable Path model,
            @Nullable ImageSize imageSize,
            Path caches,
            int threads,
            boolean offline,
            Duration workerIdle) {}

    private Server(Options options, Engines found, Optional<ServedModel> model) {
        this.options = options;
        token = loopback(options.host) ? null : HexFormat.of().formatHex(random());
        engines = new LiveEngines(
                found,
                options.engines,
                (all, progress) -> workers(all, options.threads, progress, stop),
                options.caches,
                logs.path(),
                options.workerIdle,
                topics);
        jobs = new Jobs(topics);
        WorkersOf ofJobs = new WorkersOf() {
            @Override
            public Engines engines() {
                return engines.found();
            }

            @Override
            public Workers of(int parallel, Consumer<Progress> progress, StopSignal stop) {
                return workers(engines.found(), Math.max(1, options.threads / parallel), progress, stop);
            }
        };
        trainings = new Trainings(jobs, ofJobs);
        api = new Api(engines, jobs, trainings, new Parities(jobs, ofJobs), topics, streams, metrics);
        metrics.gauge("tandem.engines.warm", "Engines that answer at once", engines::warm);
        metrics.gauge("tandem.event.streams", "Readers of events", streams::open);
        metrics.gauge(
                "tandem.jobs.waiting",
                "Trainings and proofs in the queue",
                () -> jobs.all().stream()
                        .filter(job -> job.state() == JobState.QUEUED)
                        .count());
        // An engine learns while the server gets ready.
        model.ifPresentOrElse(engines::serve, this::trainFirst);
        server = listen();
    }

    private static byte[] random() {
        byte[] bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    private Workers workers(Engines found, int threads, Consumer<Progress> progress, StopSignal signal) {
        return new Workers(
                found, options.caches, threads, Map.of(), options.offline, Workers.SILENCE, progress, signal);
    }

    /**
     * Starts a server. Without a model it serves the newest run's; without a run it begins to train one.
     *
     * @param found the engines that are built
     * @throws Failure if the model cannot be read, or the port is not available
     */
    public static Server start(Options options, Engines found) {
        // What it warns of is what clients do wrong, such as to hang up.
        LIBRARY.setLevel(Level.SEVERE);
        LISTENER.setLevel(Level.OFF);
        loopback(options.host);
        requirePort(options.host, options.port);
        // Pictures are read, not shown: no display is needed.
        System.setProperty("java.awt.headless", "true");
        Optional<ServedModel> model =
                options.model == null ? Runs.newest() : Optional.of(Runs.model(options.model, options.imageSize));
        return new Server(options, found, model);
    }

    /** The first visit needs no preparation: the fastest engine learns while the visitor looks. */
    private void trainFirst() {
        Job job = trainings.addFirst();
        api.firstTraining(job);
        Thread.startVirtualThread(() -> {
            try {
                answerWhileItLearns(job);
                waitFor(job.journal(), "trained");
                engines.serve(Runs.model(job.view().runs().getFirst(), "java"));
                waitFor(job.journal(), "end");
            } catch (NoSuchElementException e) {
                // It was stopped, or failed, which its own page says.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                // Nobody makes it now.
                topics.changed(LiveEngines.MODEL);
            }
        });
    }

    /** Answers by the first checkpoint, long before the epoch is over. */
    private void answerWhileItLearns(Job job) throws InterruptedException {
        while (engines.model() == null && !job.state().over()) {
            List<String> runs = job.view().runs();
            if (!runs.isEmpty()) {
                Runs.learning(runs.getFirst(), "java", logs.path()).ifPresent(engines::serve);
            }
            Thread.sleep(GLANCE);
        }
    }

    /** Waits until something has happened, or nothing more will. */
    private static void waitFor(Journal journal, String type) throws InterruptedException {
        long seen = 0;
        while (!journal.endsWith(seen)) {
            for (Journal.Entry entry : journal.after(seen, Duration.ofSeconds(1))) {
                if (entry.type().equals(type)) {
                    return;
                }
                seen = entry.id();
            }
        }
    }

    /** Takes over engines that were built while the server ran. */
    public void add(Engines found) {
        engines.add(found);
    }

    /** Waits until there is a model, or the first training has ended without one. */
    public void awaitModel() throws InterruptedException {
        for (Job job : jobs.all()) {
            waitFor(job.journal(), "end");
        }
    }

    // ---- HTTP

    /** @throws Failure if there is no such address */
    private static boolean loopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new Failure("--host: there is no '%s' on this machine".formatted(host), e);
        }
    }

    private WebServer listen() {
        Assets assets = new Assets();
        List<Api.Route> routes = new ArrayList<>(api.routes());
        routes.add(new Api.Route("GET", "/", assets::own));
        routes.add(new Api.Route("GET", "/page/{file}", assets::shared));
        routes.add(new Api.Route("GET", "/{file}", assets::own));
        HttpRouting.Builder routing = HttpRouting.builder();
        // What Host must be is known once there is a port.
        Set<String> hosts = new LinkedHashSet<>();
        routing.addFilter((chain, request, response) ->
                new Guard(token == null ? hosts : Set.of(), token).filter(chain, request, response));
        for (Api.Route route : routes) {
            routing.route(Method.create(route.method()), route.path(), timed(route));
        }
        routing.any(Server::nothing);
        routing.error(Throwable.class, (request, response, e) -> failed(response, e));
        WebServer started = WebServer.builder()
                .host(options.host)
                .port(options.port)
                .shutdownHook(false)
                .maxPayloadSize(LARGEST_BODY)
                .maxTcpConnections(MOST_CONNECTIONS)
                .protocolsDiscoverServices(false)
                .addConnectionSelector(new PatientConnections())
                .idleConnectionTimeout(PATIENCE)
                .idleConnectionPeriod(PERIOD)
                .connectionOptions(socket -> socket.tcpNoDelay(true))
                .directHandlers(direct())
                .shutdownGracePeriod(Duration.ZERO)
                .routing(routing)
                .build()
                .start();
        if (!started.isRunning()) {
            close(null);
            throw new Failure(
                    "port %s on %s is not available; choose another with --port".formatted(options.port, options.host));
        }
        for (String name : List.of("127.0.0.1", "localhost", "[::1]", options.host)) {
            hosts.add(name + ":" + started.port());
        }
        return started;
    }

    /** Asked before anything is begun: the library only logs that a port is taken. */
    private static void requirePort(String host, int port) {
        try (ServerSocketChannel probe = ServerSocketChannel.open()) {
            probe.bind(new InetSocketAddress(host, port));
        } catch (IOException e) {
            throw new Failure(
                    "port %s on %s is not available (%s); another program may use it: choose another with --port"
                            .formatted(port, host, e.getMessage()),
                    e);
        }
    }

    private Handler timed(Api.Route route) {
        return (request, response) -> {
            long start = System.nanoTime();
            try {
                route.handler().handle(request, response);
            } catch (Exception e) {
                failed(response, e);
            } finally {
                metrics.answered(
                        route.method(),
                        route.path(),
                        response.status().code(),
                        Duration.ofNanos(System.nanoTime() - start));
            }
        };
    }

    private static void nothing(ServerRequest request, ServerResponse response) {
        throw new NoSuchElementException("there is nothing at %s %s; see /openapi.json"
                .formatted(request.prologue().method().text(), request.path().rawPath()));
    }

    private static void failed(ServerResponse response, Throwable e) {
        if (e instanceof ServerConnectionException gone) {
            // Nobody is there to be told; the library ends the connection.
            throw gone;
        }
        if (e instanceof DataReader.InsufficientDataAvailableException) {
            // The client hung up in the middle of its body.
            throw new CloseConnectionException("the client hung up", e);
        }
        Problem problem = Problem.of(e);
        if (problem.status() == Status.INTERNAL_SERVER_ERROR_500.code()) {
            e.printStackTrace();
        }
        if (!response.isSent()) {
            problem.send(response);
        }
    }

    /** Requests that are not HTTP, or too large, before any handler sees them. */
    private static DirectHandlers direct() {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
            handlers.addHandler(type, (request, event, status, headers, message) -> {
                headers.set(HeaderNames.CONTENT_TYPE, Problem.MEDIA_TYPE);
                return DirectHandler.TransportResponse.builder()
                        .status(status)
                        .headers(headers)
                        .keepAlive(false)
                        .entity(Json.line(Problem.ofHttp(status, message)))
                        .build();
            });
        }
        return handlers.build();
    }

    /** The address of the page, with the token if there is one. */
    public String address() {
        String host = options.host.contains(":") ? "[" + options.host + "]" : options.host;
        return "http://%s:%s/%s".formatted(host, server.port(), token == null ? "" : "?token=" + token);
    }

    /** Ends the server: a training keeps what is done, and no worker stays. */
    @Override
    public void close() {
        close(server);
    }

    private void close(@Nullable WebServer running) {
        streams.close();
        jobs.close();
        stop.raise();
        engines.close();
        if (running != null) {
            running.stop();
        }
        api.close();
        logs.delete();
    }
}
