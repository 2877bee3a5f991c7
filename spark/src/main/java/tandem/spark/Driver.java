package tandem.spark;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SimpleFutureAction;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.jspecify.annotations.Nullable;
import scala.Function0;
import scala.Function1;
import scala.Function2;
import scala.concurrent.ExecutionContext;
import scala.runtime.BoxedUnit;
import scala.util.Failure;
import scala.util.Success;
import scala.util.Try;

/**
 * The driver of a study: the lab's only word with Spark. What the lab says and hears is in docs/cluster.md. Every trial
 * is a job of one task; Spark runs a task again whose executor was lost.
 */
public final class Driver {
    private static final Pattern HOST_SENTENCE = Pattern.compile(HostException.class.getName() + ": (.+)");
    private static final Pattern MASTER = Pattern.compile("([^:,/]+):(\\d+)");
    /** The version of Spark, without its last number. */
    private static final Pattern CORE = Pattern.compile("org\\.apache\\.spark:spark-core_[\\d.]+:(\\d+\\.\\d+)\\.");

    private static final int PROBE_MILLIS = 5000;

    private static @Nullable Driver current;

    private final Wire lab;
    private final SparkConf conf = new SparkConf();
    /** Where each file is on this machine, by its place on a host. */
    private final Map<String, Path> files = new LinkedHashMap<>();

    private final Map<String, Integer> cores = new ConcurrentHashMap<>();
    private final ExecutorService replies = Executors.newSingleThreadExecutor();
    private String setup = "";
    private @Nullable SparkContext context;
    private @Nullable Path links;
    private @Nullable RDD<Object> one;
    private @Nullable HostSpec spec;

    Driver(Wire lab) {
        this.lab = lab;
        current = this;
    }

    /** The driver of this process. */
    static Driver current() {
        return Objects.requireNonNull(current, "Spark starts its plugins after the driver");
    }

    /** Serves the lab that listens at a socket, whose path is the argument, and ends with it. */
    public static void main(String[] arguments) throws IOException {
        try (SocketChannel lab = SocketChannel.open(UnixDomainSocketAddress.of(Path.of(arguments[0])))) {
            new Driver(new Wire(Channels.newInputStream(lab), Channels.newOutputStream(lab))).serve();
        }
        System.exit(0);
    }

    /** Does what the lab says until it is done, or gone. */
    void serve() {
        try {
            for (String[] words = lab.next(); words != null && !words[0].equals("end"); words = lab.next()) {
                serve(words);
            }
        } catch (RuntimeException e) {
            say("failed", "Spark can no longer be used (%s)".formatted(firstLine(e)));
        } finally {
            if (context != null) {
                context.stop();
            }
            deleteLinks();
        }
    }

    private void serve(String[] words) {
        switch (words[0]) {
            case "conf" -> conf.set(words[1], words[2]);
            case "file" -> files.put(words[1], Path.of(words[2]));
            case "setup" -> setup = words[1];
            case "start" -> start();
            case "trial" -> submit(words[1], words[2], words[3]);
            case "cancel" -> {
                if (context != null) {
                    context.cancelAllJobs();
                }
            }
            default -> throw new IllegalArgumentException("the lab says " + words[0]);
        }
    }

    // ---- Spark

    private void start() {
        String master = conf.get("spark.master", "");
        String version = org.apache.spark.package$.MODULE$.SPARK_VERSION();
        try {
            conf.setIfMissing("spark.app.name", "tandem");
            // A job a trial is a dozen lines at the level below.
            conf.setIfMissing("spark.log.level", "WARN");
            conf.setIfMissing("spark.executor.memory", "512m");
            conf.setIfMissing("spark.executor.memoryOverhead", "2g");
            conf.set("spark.plugins", TrialPlugin.class.getName());
            requireVersion(version);
            requireMaster(master);
            SparkContext started = new SparkContext(conf);
            context = started;
            boolean shared = conf.getBoolean("spark.tandem.shared", false);
            List<HostSpec.Parcel> parcels = shared ? shared() : shipped(started);
            spec = new HostSpec(
                    parcels, shared, conf.get("spark.tandem.javaHome", ""), conf.getInt("spark.task.cpus", 1), setup);
            one = new JavaSparkContext(started)
                    .parallelize(List.<Object>of(0), 1)
                    .rdd();
            say("ready", version, started.applicationId(), started.uiWebUrl().getOrElse(() -> ""));
        } catch (Throwable e) {
            // Scala throws what Java does not declare; Spark itself logs it.
            say(
                    "failed",
                    e instanceof HostException
                            ? String.valueOf(e.getMessage())
                            : "Spark %s cannot be used at %s (%s); see that what runs there is Spark %1$s"
                                    .formatted(version, master, stopped(e) ? "it does not answer" : firstLine(e)));
        }
    }

    /** Under spark-submit any Spark may run this. */
    private static void requireVersion(String version) throws IOException {
        try (InputStream pins = Objects.requireNonNull(Driver.class.getResourceAsStream("spark.libraries"))) {
            Matcher core = CORE.matcher(new String(pins.readAllBytes(), StandardCharsets.UTF_8));
            if (core.find() && !version.startsWith(core.group(1) + ".")) {
                throw new HostException("this is Spark %s, and Tandem is built for Spark %s; use that version"
                        .formatted(version, core.group(1)));
            }
        }
    }

    /** Spark would try for a minute. */
    private static void requireMaster(String url) {
        if (!url.startsWith("spark://")) {
            return;
        }
        Matcher masters = MASTER.matcher(url.substring("spark://".length()));
        String reason = "it is not spark://HOST:PORT";
        while (masters.find()) {
            try (Socket socket = new Socket()) {
                socket.connect(
                        new InetSocketAddress(masters.group(1), Integer.parseInt(masters.group(2))), PROBE_MILLIS);
                return;
            } catch (IOException e) {
                reason = String.valueOf(e.getMessage());
            }
        }
        throw new HostException("there is no Spark master at %s (%s); start one, or give the URL that its page shows"
                .formatted(url, reason));
    }

    /** Lets Spark bring every file to every host that runs a trial; two files may have the same name. */
    private List<HostSpec.Parcel> shipped(SparkContext started) throws IOException {
        links = Files.createTempDirectory("tandem-files");
        List<HostSpec.Parcel> parcels = new ArrayList<>();
        for (Map.Entry<String, Path> file : files.entrySet()) {
            String name =
                    "tandem-%s-%s".formatted(parcels.size(), file.getValue().getFileName());
            Path link = Files.createSymbolicLink(Objects.requireNonNull(links).resolve(name), file.getValue());
            started.addFile(link.toUri().toString());
            parcels.add(new HostSpec.Parcel(file.getKey(), name, ""));
        }
        return parcels;
    }

    private void deleteLinks() {
        if (links != null) {
            try (DirectoryStream<Path> all = Files.newDirectoryStream(links)) {
                for (Path link : all) {
                    Files.delete(link);
                }
                Files.delete(links);
            } catch (IOException e) {
                // Links in a folder of temporary files harm nobody.
            }
        }
    }

    private List<HostSpec.Parcel> shared() throws IOException {
        List<HostSpec.Parcel> parcels = new ArrayList<>();
        for (Map.Entry<String, Path> file : files.entrySet()) {
            parcels.add(new HostSpec.Parcel(file.getKey(), file.getValue().toString(), TrialHost.sum(file.getValue())));
        }
        return parcels;
    }

    /** Counts the cores of executors as they come and go. */
    void listenTo(SparkContext started) {
        started.addSparkListener(new SparkListener() {
            @Override
            public void onExecutorAdded(SparkListenerExecutorAdded added) {
                cores.put(added.executorId(), added.executorInfo().totalCores());
                count();
            }

            @Override
            public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
                cores.remove(removed.executorId());
                say("lost", removed.executorId(), removed.reason());
                count();
            }
        });
    }

    private void count() {
        int cpus = conf.getInt("spark.task.cpus", 1);
        say(
                "slots",
                String.valueOf(
                        cores.values().stream().mapToInt(each -> each / cpus).sum()));
    }

    private void submit(String id, String description, String json) {
        SparkContext started = Objects.requireNonNull(context, "the lab starts Spark first");
        AtomicReference<@Nullable Reply> reply = new AtomicReference<>();
        Function2<Object, Reply, BoxedUnit> handler = (partition, result) -> {
            reply.set(result);
            return BoxedUnit.UNIT;
        };
        Function0<Reply> result = () -> Objects.requireNonNull(reply.get(), "a job that succeeds has its result");
        // The task is interrupted when the job is cancelled.
        started.setJobGroup("trial " + id, description, true);
        SimpleFutureAction<Reply> job = started.submitJob(
                Objects.requireNonNull(one),
                new TrialTask(Objects.requireNonNull(spec), id, json),
                scala.jdk.javaapi.CollectionConverters.asScala(List.<Object>of(0))
                        .toSeq(),
                handler,
                result);
        Function1<Try<Reply>, BoxedUnit> end = outcome -> {
            over(id, outcome);
            return BoxedUnit.UNIT;
        };
        job.onComplete(end, ExecutionContext.fromExecutor(replies));
    }

    private void over(String id, Try<Reply> outcome) {
        if (outcome instanceof Success<Reply> success) {
            Reply reply = success.value();
            try {
                say("over", id, reply.host(), reply.json(), model(id, reply.model()));
            } catch (UncheckedIOException e) {
                say("failed", "a trained model cannot be kept (%s)".formatted(firstLine(e)));
            }
        } else if (outcome instanceof Failure<Reply> failure) {
            String message = String.valueOf(failure.exception().getMessage());
            Matcher host = HOST_SENTENCE.matcher(message);
            if (host.find()) {
                say("failed", host.group(1));
            } else if (Objects.requireNonNull(context).isStopped()) {
                say(
                        "failed",
                        "Spark ended the application (%s); the same command goes on"
                                .formatted(message.lines().findFirst().orElse("")));
            } else {
                say("aborted", id, firstLine(failure.exception()));
            }
        }
    }

    /** Where the lab finds the trained model; empty if it is not kept. */
    private static String model(String id, byte[] bytes) {
        if (bytes.length == 0) {
            return "";
        }
        try {
            Path file = Files.createTempFile("tandem-model-" + id + "-", ".safetensors");
            return Files.write(file, bytes).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Hands on what a trial tells. */
    void tell(TrialNews news) {
        say("event", news.id(), news.json());
    }

    private void say(String... words) {
        try {
            lab.say(words);
        } catch (IOException e) {
            // The lab is gone, and the thread that listens to it ends this process.
        }
    }

    /** Whether Spark has given up what it began: a master did not answer for a minute. */
    private static boolean stopped(Throwable e) {
        return e instanceof IllegalStateException
                && String.valueOf(e.getMessage()).contains("stopped SparkContext");
    }

    private static String firstLine(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause).lines().findFirst().orElse("");
    }
}
