package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Hours of work in one process: what lab and worker hold in the first quarter, and in the last, after a beginning that
 * does not count. {@code ./check} has no time for it: {@code mvn -Dacceptance -Dtest=Soak -Dminutes=30 -pl acceptance
 * verify} trains and predicts for half an hour each, in every engine, and leaves the table
 * {@code acceptance/target/soak.md}. {@code -Dengines=java,djl} takes some of them.
 */
@EnabledOnOs(OS.LINUX)
final class Soak {
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** Threads and handles of a pool come and go; what grows without end passes this soon. */
    private static final double SOME = 10;

    private static final double SHARE = 1.5;

    /** Heaps grow to their limits in the beginning; that is not a leak. A slow machine needs more time for as much. */
    private static final int TRIALS_BEFORE = 40;

    private static final Path TABLE = Path.of("target", "soak.md");

    @TempDir
    static Path folder;

    private static int runs;

    /** What a process holds at a moment. */
    private record Sample(double memoryMiB, double handles, double threads) {

        /** Of a process; null once it is gone. */
        static Sample of(long process) {
            Path proc = Path.of("/proc", String.valueOf(process));
            try (Stream<Path> handles = Files.list(proc.resolve("fd"))) {
                String status = Files.readString(proc.resolve("status"));
                return new Sample(number("VmRSS", status) / 1024, handles.count(), number("Threads", status));
            } catch (IOException | UncheckedIOException e) {
                return null;
            }
        }

        private static double number(String field, String status) throws IOException {
            Matcher line = Pattern.compile(field + ":\\s+(\\d+)").matcher(status);
            if (!line.find()) {
                throw new IOException(field);
            }
            return Double.parseDouble(line.group(1));
        }

        static Sample mean(List<Sample> samples) {
            return new Sample(
                    samples.stream().mapToDouble(Sample::memoryMiB).average().orElseThrow(),
                    samples.stream().mapToDouble(Sample::handles).average().orElseThrow(),
                    samples.stream().mapToDouble(Sample::threads).average().orElseThrow());
        }
    }

    /** Trial after trial, of two epochs of ten steps. */
    @ParameterizedTest
    @ValueSource(strings = {"java", "pytorch", "tensorflow", "djl", "deeplearning4j", "onnxruntime", "reference"})
    void trains(String engine) throws Exception {
        if (chosen(engine)) {
            lasts(
                    engine,
                    "trains",
                    TRIALS_BEFORE,
                    "study --engines %s --seeds 5000 --epochs 2 --train-limit 640 --test-limit 100".formatted(engine));
        }
    }

    /** Turn after turn of one step and three times a quarter of a second of predictions, of 1, 64 and 1,000 images. */
    @ParameterizedTest
    @ValueSource(strings = {"java", "pytorch", "tensorflow", "djl", "deeplearning4j", "onnxruntime", "reference"})
    void predicts(String engine) throws Exception {
        if (chosen(engine)) {
            lasts(
                    engine,
                    "predicts",
                    0,
                    "bench --engines %s --no-variants --rounds 100000 --steps 1 --batch-size 16 --python /no/python"
                            .formatted(engine));
        }
    }

    private static boolean chosen(String engine) {
        String engines = System.getProperty("engines");
        return engines == null || List.of(engines.split(",")).contains(engine);
    }

    private static void lasts(String engine, String work, int trialsBefore, String command) throws Exception {
        String out = "soak" + ++runs;
        Tandem.Running running = Tandem.start(folder, (command + " --out " + out).split(" "));
        // Of a checkout: building and fetching come first.
        running.await(": starting");
        Map<String, Long> processes = new LinkedHashMap<>();
        processes.put("lab", running.process().pid());
        processes.put("worker", running.workers().getFirst().pid());
        Map<String, List<Sample>> samples = new LinkedHashMap<>();
        processes.keySet().forEach(who -> samples.put(who, new ArrayList<>()));
        long nanos = (long) (60e9 * Double.parseDouble(System.getProperty("minutes", "30")));
        // Caches fill and code is compiled in the beginning.
        Thread.sleep(Duration.ofNanos(nanos / 10));
        while (trials(folder.resolve(out).resolve("trials").resolve(engine)) < trialsBefore) {
            assertTrue(running.process().isAlive(), running::toString);
            Thread.sleep(PAUSE);
        }
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            processes.forEach((who, process) -> {
                Sample sample = Sample.of(process);
                assertTrue(sample != null, who + " ended: " + running);
                samples.get(who).add(sample);
            });
            Thread.sleep(PAUSE);
        }
        running.signal("INT");
        Tandem tandem = running.end();
        assertTrue(tandem.exitCode() == 130, tandem::toString);
        List<String> grown = new ArrayList<>();
        samples.forEach((who, all) -> {
            int quarter = Math.max(1, all.size() / 4);
            Sample first = Sample.mean(all.subList(0, quarter));
            Sample last = Sample.mean(all.subList(all.size() - quarter, all.size()));
            keep(engine, work, who, first, last);
            if (last.memoryMiB() > SHARE * first.memoryMiB()
                    || last.handles() > first.handles() + SOME
                    || last.threads() > first.threads() + SOME) {
                grown.add("%s of %s: %s, then %s".formatted(who, engine, first, last));
            }
        });
        assertTrue(grown.isEmpty(), grown::toString);
    }

    /** How many trials of a study are done. */
    private static long trials(Path trials) throws IOException {
        if (!Files.exists(trials)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(trials)) {
            return files.filter(file -> file.toString().endsWith(".json")).count();
        }
    }

    private static void keep(String engine, String work, String who, Sample first, Sample last) {
        try {
            if (!Files.exists(TABLE)) {
                Files.createDirectories(TABLE.getParent());
                Files.writeString(
                        TABLE,
                        "| engine | work | process | MiB, first quarter | last | growth | handles, first | last | threads, first | last |\n"
                                + "|---|---|---|--:|--:|--:|--:|--:|--:|--:|\n");
            }
            String row = String.format(
                    Locale.ROOT,
                    "| %s | %s | %s | %.0f | %.0f | %+.1f%% | %.1f | %.1f | %.1f | %.1f |%n",
                    engine,
                    work,
                    who,
                    first.memoryMiB(),
                    last.memoryMiB(),
                    100 * (last.memoryMiB() / first.memoryMiB() - 1),
                    first.handles(),
                    last.handles(),
                    first.threads(),
                    last.threads());
            System.out.print(row);
            Files.writeString(TABLE, row, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
