package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Studies on a real Spark cluster: a master and two workers on loopback, in processes of their own. */
@EnabledOnOs(OS.LINUX)
final class ClusterTest {
    /** How soon a host whose executor died is empty. */
    private static final int SOON_SECONDS = 5;

    private static Path folder;

    private static SparkCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        // Spark's jars are links in it, of which JUnit's own folders warn.
        folder = Files.createTempDirectory("cluster");
        Runs.removeAtEnd(folder);
        cluster = SparkCluster.start(folder, 2);
    }

    @AfterAll
    static void end() throws Exception {
        cluster.stop();
    }

    private static String[] study(String out, String... words) {
        return words(out, words, List.of());
    }

    private static String[] onCluster(String out, String... words) {
        return words(out, words, cluster.options());
    }

    private static String[] words(String out, String[] words, List<String> more) {
        List<String> command = new ArrayList<>(List.of("study", "--epochs", "1", "--threads", "1", "--out", out));
        command.addAll(List.of(words));
        command.addAll(more);
        return command.toArray(String[]::new);
    }

    /** The files of trials by name, without what depends on time. */
    private static Map<String, JsonNode> trials(Path run) throws IOException {
        Map<String, JsonNode> trials = new TreeMap<>();
        Path all = run.resolve("trials");
        if (!Files.isDirectory(all)) {
            return trials;
        }
        try (Stream<Path> files = Files.walk(all)) {
            for (Path file : files.filter(file -> file.getFileName().toString().matches("seed-\\d+\\.json"))
                    .toList()) {
                ObjectNode trial = (ObjectNode) Runs.json(file);
                trial.remove("seconds");
                for (JsonNode epoch : trial.get("epochs")) {
                    ((ObjectNode) epoch).remove(List.of("seconds", "imagesPerSecond"));
                }
                trials.put(all.relativize(file).toString(), trial);
            }
        }
        return trials;
    }

    private static List<String> models(Path run) throws IOException {
        try (Stream<Path> files = Files.walk(run.resolve("trials/java"))) {
            return files.map(file -> run.relativize(file).toString())
                    .filter(file -> file.endsWith(".safetensors"))
                    .sorted()
                    .toList();
        }
    }

    private static void awaitTrials(Tandem.Running running, Path run, int count) throws Exception {
        while (trials(run).size() < count) {
            assertTrue(running.process().isAlive(), "it ended early");
            Thread.sleep(50);
        }
    }

    private static void awaitGone(List<ProcessHandle> processes) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SOON_SECONDS);
        while (processes.stream().anyMatch(ProcessHandle::isAlive)) {
            assertTrue(System.nanoTime() < deadline, processes::toString);
            Thread.sleep(50);
        }
    }

    private static void awaitNoTrialProcess() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SOON_SECONDS);
        while (!cluster.trialProcesses().isEmpty()) {
            assertTrue(System.nanoTime() < deadline, cluster.trialProcesses()::toString);
            Thread.sleep(50);
        }
    }

    /**
     * An executor is killed half-way: no trial is lost or counted twice, java's are those of a study on this machine.
     */
    @Test
    void aKilledExecutorChangesNothing() throws Exception {
        killAnExecutor(
                "killed",
                1,
                "--engines",
                "java",
                "--seeds",
                "4",
                "--train-limit",
                "1920",
                "--test-limit",
                "200",
                "--keep-models");
    }

    @Test
    @Tag("slow")
    void aKilledExecutorChangesNothingOfTwoEngines() throws Exception {
        killAnExecutor(
                "both",
                4,
                "--engines",
                "java,pytorch",
                "--seeds",
                "6",
                "--train-limit",
                "5000",
                "--test-limit",
                "1000");
    }

    private static void killAnExecutor(String name, int after, String... words) throws Exception {
        Tandem.Running running = Tandem.start(folder, onCluster(name, words));
        awaitTrials(running, folder.resolve(name), after);
        ProcessHandle executor = cluster.executors().getFirst();
        List<ProcessHandle> started = executor.descendants().toList();
        assertFalse(started.isEmpty(), "an executor that trains has a process of Tandem");
        Tandem.signal("KILL", executor.pid());
        awaitGone(started);
        Tandem end = running.end();
        assertEquals(0, end.exitCode(), end::toString);
        assertTrue(end.out().contains(" is lost ("), end.out());
        awaitNoTrialProcess();

        Tandem local = Tandem.run(folder, study(name + "-local", words));
        assertEquals(0, local.exitCode(), local::toString);
        Map<String, JsonNode> expected = trials(folder.resolve(name + "-local"));
        Map<String, JsonNode> trials = trials(folder.resolve(name));
        assertEquals(expected.keySet(), trials.keySet());
        expected.forEach((file, trial) -> {
            if (file.startsWith("java/")) {
                assertEquals(trial, trials.get(file), file);
            }
        });
        List<String> models = models(folder.resolve(name + "-local"));
        assertEquals(models, models(folder.resolve(name)));
        for (String model : models) {
            assertEquals(
                    -1,
                    Files.mismatch(
                            folder.resolve(name + "-local").resolve(model),
                            folder.resolve(name).resolve(model)));
        }
        assertEquals(
                trials.size(),
                end.out().lines().filter(line -> line.startsWith("trial ")).count());
        JsonNode study = Runs.json(folder.resolve(name).resolve("study.json"));
        assertEquals("done", study.get("state").stringValue());
    }

    /** The driver is killed, the study goes on under spark-submit: only what is missing is trained. */
    @Test
    void aKilledDriverCostsNoTrialThatIsDone() throws Exception {
        String[] words = {"--engines", "java", "--seeds", "3", "--train-limit", "1920", "--test-limit", "200"};
        Path run = folder.resolve("driver");
        Tandem.Running running = Tandem.start(folder, onCluster("driver", words));
        awaitTrials(running, run, 1);
        ProcessHandle driver = running.process()
                .toHandle()
                .descendants()
                .filter(process -> SparkCluster.command(process).contains(" tandem.spark.Driver "))
                .findFirst()
                .orElseThrow();
        Tandem.signal("KILL", driver.pid());
        Tandem end = running.end();
        assertEquals(1, end.exitCode(), end::toString);
        assertEquals(
                1,
                end.err()
                        .lines()
                        .filter(line -> line.startsWith("tandem: Spark's driver ended"))
                        .count(),
                end.err());
        assertTrue(end.err().contains("what is done is kept, and the same command goes on"), end.err());
        awaitNoTrialProcess();
        Map<Path, FileTime> before = new TreeMap<>();
        try (Stream<Path> files = Files.list(run.resolve("trials/java"))) {
            for (Path file : files.toList()) {
                before.put(file, Files.getLastModifiedTime(file));
            }
        }

        List<String> submit = cluster.java("org.apache.spark.deploy.SparkSubmit");
        submit.addAll(List.of("--master", cluster.url(), "--conf", "spark.driver.host=127.0.0.1"));
        submit.addAll(List.of("--conf", "spark.tandem.shared=true"));
        submit.addAll(List.of("--conf", "spark.ui.enabled=false", "--class", "tandem.spark.Submit"));
        submit.add(Tandem.LAUNCHER
                .resolveSibling("target/current/spark/tandem-spark.jar")
                .toString());
        submit.addAll(List.of(study("driver", words)));
        String java = submit.removeFirst();
        Tandem again = Tandem.start(Path.of(java), folder, submit.toArray(String[]::new))
                .end();
        assertEquals(0, again.exitCode(), again::toString);
        assertTrue(again.out().contains(before.size() + " of 3 trials are done already"), again.out());
        assertEquals(3, trials(run).size());
        for (Map.Entry<Path, FileTime> file : before.entrySet()) {
            assertEquals(file.getValue(), Files.getLastModifiedTime(file.getKey()), file.toString());
        }
    }

    /** The sentence of a command that failed. */
    private static String sentence(Tandem tandem) {
        assertEquals(1, tandem.exitCode(), tandem::toString);
        List<String> lines = tandem.err().lines().toList();
        assertEquals(1, lines.size(), tandem.err());
        return lines.getFirst();
    }

    private static Tandem tiny(String out, Map<String, String> environment, String... options) throws Exception {
        List<String> words = new ArrayList<>(
                List.of("study", "--engines", "java", "--train-limit", "64", "--test-limit", "50", "--out", out));
        if (!List.of(options).contains("--seeds")) {
            words.addAll(List.of("--seeds", "1"));
        }
        words.addAll(List.of(options));
        return Tandem.start(Tandem.LAUNCHER, folder, environment, words.toArray(String[]::new))
                .end();
    }

    /** A folder of Hadoop's: it is written, and what it holds is gone on with. */
    @Test
    @Tag("slow")
    void aFolderOfAnotherFileSystem() throws Exception {
        Path remote = Files.createDirectory(folder.resolve("remote"));
        String[] options = {
            "--spark-master",
            "local[1]",
            "--spark-conf",
            "spark.hadoop.fs.viewfs.mounttable.t.link./runs=file://" + remote,
            "--spark-conf",
            "spark.ui.enabled=false"
        };
        Tandem first = tiny("viewfs://t/runs/one", Map.of(), options);
        assertEquals(0, first.exitCode(), first::toString);
        assertEquals(1, trials(remote.resolve("one")).size());
        assertEquals(
                "done", Runs.json(remote.resolve("one/study.json")).get("state").stringValue());
        assertTrue(Files.exists(remote.resolve("one/report.html")));
        List<String> more = new ArrayList<>(List.of(options));
        more.addAll(List.of("--seeds", "2"));
        Tandem second = tiny("viewfs://t/runs/one", Map.of(), more.toArray(String[]::new));
        assertEquals(0, second.exitCode(), second::toString);
        assertTrue(second.out().contains("1 of 2 trials are done already"), second.out());
        assertEquals(2, trials(remote.resolve("one")).size());
    }

    @Test
    void aFolderThatCannotBeWritten() throws Exception {
        List<String> options = new ArrayList<>(cluster.options());
        options.addAll(List.of("--spark-conf", "spark.hadoop.ipc.client.connect.max.retries=0"));
        String sentence = sentence(tiny("hdfs://127.0.0.1:1/run", Map.of(), options.toArray(String[]::new)));
        assertTrue(sentence.startsWith("tandem: hdfs://127.0.0.1:1/run: cannot be used ("), sentence);
        assertTrue(sentence.endsWith("; choose another folder with --out"), sentence);
    }

    @Test
    void aMasterThatIsNotThere() throws Exception {
        String sentence = sentence(tiny("none", Map.of(), "--spark-master", "spark://127.0.0.1:1"));
        assertEquals(
                "tandem: there is no Spark master at spark://127.0.0.1:1 (Connection refused); start one, or give the URL that its page shows",
                sentence);
    }

    @Test
    void aSparkOfAnotherVersion() throws Exception {
        Path home = folder.resolve("another");
        Files.createFile(Files.createDirectories(home.resolve("jars")).resolve("spark-core_2.13-4.1.0.jar"));
        String sentence = sentence(tiny(
                "version",
                Map.of("SPARK_HOME", home.toString()),
                cluster.options().toArray(String[]::new)));
        assertTrue(
                sentence.contains(
                        "which has spark-core_2.13-4.1.0.jar, and Tandem is built for spark-core_2.13-4.2.0.jar;"),
                sentence);
    }

    @Test
    void anExecutorWithoutAJdk() throws Exception {
        List<String> options = new ArrayList<>(cluster.options());
        options.addAll(List.of("--spark-conf", "spark.tandem.shared=true"));
        options.addAll(List.of("--spark-conf", "spark.tandem.javaHome=" + folder));
        String sentence = sentence(tiny("jdk", Map.of(), options.toArray(String[]::new)));
        assertEquals(
                "tandem: 127.0.0.1: spark.tandem.javaHome is %s, where no JDK 25 or newer is; install one there, or name another folder"
                        .formatted(folder),
                sentence);
    }
}
