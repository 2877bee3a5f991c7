package tandem.app;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tandem.core.Failure;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Engines;
import tandem.web.Server;

/** {@code tandem serve}. */
@Command(
        name = "serve",
        header = "Serve a page: draw a digit, and every engine reads it",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Serves a page to play with: draw a digit and every engine answers; look inside the network; watch"
                        + " engines learn, and see where they disagree. Without a model and without a run it trains the java"
                        + " engine first, which takes seconds. Ctrl-C ends it.",
        footer = {
            "",
            "Only this machine can open the page. With another --host, the printed token is needed.",
            "",
            "Examples:",
            "  tandem serve",
            "  tandem serve --port 9000 --no-open",
            "  tandem serve --engines java,pytorch",
            "  tandem serve --model model.safetensors",
            "  tandem serve --host 0.0.0.0"
        })
final class ServeCommand extends LabCommand {
    private static final int MOST_PORTS = 65_535;

    /** A page that is left open asks nothing; workers take 200 to 700 MB each. */
    private static final Duration WORKER_IDLE = Duration.ofMinutes(5);

    @Option(names = "--port", paramLabel = "N", description = "Port to listen on (default: ${DEFAULT-VALUE}).")
    private int port = 8080;

    @Option(
            names = "--host",
            paramLabel = "NAME",
            description = "Address to listen on (default: ${DEFAULT-VALUE}, which only this machine reaches).")
    private String host = "127.0.0.1";

    @Option(
            names = "--model",
            paramLabel = "FILE",
            description = "A trained model, a model.safetensors (default: the newest run's in runs/).")
    private @Nullable Path model;

    @Mixin
    private ImageSizeOption imageSize;

    @Option(
            names = "--engines",
            paramLabel = "A,B",
            split = ",",
            description = "Engines that answer, in this order; 'name:variant' for a variant (default: all that run"
                    + " here).")
    private @Nullable List<String> names;

    @Option(
            names = "--open",
            negatable = true,
            description = "Open the page in a browser, or do not (default: where there is a desktop).")
    private @Nullable Boolean open;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads of an engine (default: the machine's processors).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--offline", description = "Never touch the network.")
    private boolean offline;

    @Override
    public Integer call() throws InterruptedException {
        requireAtLeastOne("--threads", threads);
        require(port >= 0 && port <= MOST_PORTS, "--port is %d; it must be from 0 to %d", port, MOST_PORTS);
        CountDownLatch ended = new CountDownLatch(1);
        main.stop().onRaise(ended::countDown);
        Engines engines = Engines.find();
        List<EngineName> chosen = names == null ? List.of() : EngineNames.parse(names, engines, spec);
        Server.Options options = new Server.Options(
                host, port, chosen, model, imageSize.size(), engineCaches(), threads, offline, WORKER_IDLE);
        try (Server server = Server.start(options, engines)) {
            say("Tandem is at %s (Ctrl-C ends it)", server.address());
            // A program that reads it from a pipe waits for it.
            System.out.flush();
            if (open == null ? Screen.errors() && Browser.present() : open) {
                Browser.open(server.address());
            }
            if (names == null) {
                Thread.startVirtualThread(() -> buildOthers(server));
            }
            ended.await();
        }
        return exitCode(true);
    }

    /**
     * Engines of a checkout that are not built yet join as soon as they are: the first model does not wait for them.
     */
    private static void buildOthers(Server server) {
        try {
            server.awaitModel();
            Engines all = Engines.find();
            all.all();
            server.add(all);
        } catch (Failure e) {
            System.err.println("note: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
