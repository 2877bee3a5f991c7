package tandem.engine.java;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import tandem.core.Failure;

/**
 * Runs {@link StageBenchmark} and prints a Markdown table: how long each stage takes on vectors and in plain Java, and
 * how much of what the processor can do that is. Peak and bandwidth are measured in the same run. JMH's own command
 * line options are understood; what they leave out is missing in the table.
 */
public final class StageReport {
    private static final String MAIN = StageBenchmark.class.getName();

    /** A vectorised run, its plain counterpart (null if there is none), and what it does. */
    private record Row(
            String title,
            String benchmark,
            @Nullable String arithmetic,
            @Nullable String plain,
            int threads,
            long operations,
            long bytes,
            long definition) {

        Row(String title, String benchmark, long operations, long bytes) {
            this(title, benchmark, StageBenchmark.VECTORS, StageBenchmark.PLAIN, 1, operations, bytes, 0);
        }

        /** Code that vectors do not change. */
        static Row common(String title, String benchmark, long operations) {
            return new Row(title, benchmark, null, null, 1, operations, 0, 0);
        }
    }

    private final Collection<RunResult> results;
    private final Operations operations;
    private final double peak;
    private final double bandwidth;

    private StageReport(Collection<RunResult> results, Operations operations) {
        this.results = results;
        this.operations = operations;
        peak = StageBenchmark.Machine.operations() / micros("multiplyAdds") / 1e3;
        bandwidth = StageBenchmark.Machine.bytes() / micros("triad") / 1e3;
    }

    /**
     * Measures and prints; what cannot be measured is told in one line.
     *
     * @param args options of JMH's own main class, such as {@code -wi 1 -i 1} or a part of a benchmark's name
     */
    public static void main(String... args) throws CommandLineOptionException, RunnerException, IOException {
        try {
            System.out.print(measure(new CommandLineOptions(args)).markdown());
        } catch (Failure e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    /** @throws Failure if the JVM was started without the Vector API */
    private static StageReport measure(CommandLineOptions asked) throws RunnerException, IOException {
        if (VectorWidth.bits() == 0) {
            throw new Failure("there are no vectors to measure; start Java with --add-modules " + VectorWidth.MODULE);
        }
        Path folder = Files.createTempDirectory("tandem-benchmarks");
        try {
            Trained trained = Trained.train();
            trained.write(folder);
            Operations operations = Operations.of(new BatchOfStages(trained, ""));
            return new StageReport(run(asked, folder), operations);
        } finally {
            delete(folder);
        }
    }

    private static Collection<RunResult> run(CommandLineOptions asked, Path trained) throws RunnerException {
        List<String> jvm = new ArrayList<>(new JavaProvider().jvmOptions(trained));
        jvm.add("-D%s=%s".formatted(Trained.PROPERTY, trained));
        ChainedOptionsBuilder options = new OptionsBuilder().parent(asked).jvmArgsAppend(jvm.toArray(String[]::new));
        if (asked.getIncludes().isEmpty()) {
            options.include(Pattern.quote(MAIN + "."));
        } else {
            asked.getIncludes().forEach(part -> options.include(Pattern.quote(MAIN + ".") + ".*" + part));
            options.include(Pattern.quote(MAIN + ".") + "(multiplyAdds|triad)$");
        }
        return new Runner(options.build()).run();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    // ---- results

    private double micros(String benchmark) {
        Result<?> result = find(benchmark, null, 1);
        return result == null ? Double.NaN : result.getScore();
    }

    /** The result of a benchmark, or null if it did not run. */
    private @Nullable Result<?> find(String benchmark, @Nullable String arithmetic, int threads) {
        for (RunResult result : results) {
            BenchmarkParams params = result.getParams();
            if (params.getBenchmark().equals(MAIN + "." + benchmark)
                    && is(params, "arithmetic", arithmetic)
                    && is(params, "algorithm", arithmetic)
                    && is(params, "threads", Integer.toString(threads))) {
                return result.getPrimaryResult();
            }
        }
        return null;
    }

    private static boolean is(BenchmarkParams params, String name, @Nullable String value) {
        String actual = params.getParam(name);
        return actual == null || actual.equals(value);
    }

    // ---- table

    private List<Row> rows() {
        Operations o = operations;
        return List.of(
                Row.common("pixels to floats", "inputs", 0),
                new Row("conv1 forward", "conv1Forward", o.conv1Forward(), 0),
                conv2("conv2 forward, Winograd", StageBenchmark.WINOGRAD),
                conv2("conv2 forward, Winograd, no shortcut", StageBenchmark.WINOGRAD_ALL),
                conv2("conv2 forward, direct", StageBenchmark.DIRECT),
                conv2("conv2 forward, direct, no shortcut", StageBenchmark.DIRECT_ALL),
                new Row("fc1 forward", "hiddenForward", o.hidden(), 0),
                new Row("fc2 forward", "outputForward", o.outputForward(), 0),
                Row.common("loss and its gradient", "loss", 0),
                new Row("fc2 gradients", "outputBack", o.outputBack(), 0),
                new Row("fc1 gradients", "hiddenBack", 2 * o.hidden(), 0),
                Row.common("gradient lists", "gradientLists", o.gradientLists()),
                new Row("conv2 gradient of weights", "conv2Weights", o.conv2Gradient(), 0),
                new Row("conv2 gradient of input", "conv2Input", o.conv2Gradient(), 0),
                new Row("conv1 gradient", "conv1Gradient", o.conv1Gradient(), 0),
                new Row("fc1 Adadelta", "adadelta", o.adadelta(), o.adadeltaBytes()),
                new Row("sum of partial gradients", "reduce", o.reduce(), o.reduceBytes()),
                new Row("conv2 weights prepared", "prepare", 0, 0),
                step("train step, 1 thread", 1),
                step("train step, %s threads".formatted(Trained.processors()), 0));
    }

    private Row conv2(String title, String algorithm) {
        return new Row(
                title,
                "conv2Forward",
                algorithm,
                StageBenchmark.PLAIN,
                1,
                operations.conv2Forward(algorithm),
                0,
                operations.conv2Definition());
    }

    private Row step(String title, int threads) {
        return new Row(title, "step", StageBenchmark.VECTORS, StageBenchmark.PLAIN, threads, operations.step(), 0, 0);
    }

    private String markdown() {
        StringBuilder text = new StringBuilder("""

                | stage | vectors, µs | plain, µs | speed-up | MFLOP | GFLOP/s | share of FMA peak | GB/s | conv2 by definition, GFLOP/s |
                |---|---|---|---|---|---|---|---|---|
                """);
        double sum = 0;
        for (Row row : rows()) {
            Result<?> vectors = find(row.benchmark, row.arithmetic, row.threads);
            if (vectors != null) {
                text.append(line(row, vectors));
                boolean ofStep = row.threads == 1 && !row.benchmark.equals("step");
                boolean engines = row.definition == 0 || StageBenchmark.WINOGRAD.equals(row.arithmetic);
                sum += ofStep && engines ? vectors.getScore() : 0;
            }
        }
        return text.append(String.format(
                        Locale.ROOT,
                        """

                        Roofline: %s GFLOP/s of multiply-adds on one core, %s GB/s in a triad over 3 x %.1f MB; %s, %d processors, \
                        %s, Java %s.
                        Sum of the stages of a step: %s µs. State: %s. Times are means of JMH's iterations ± half of the 99.9%% \
                        confidence interval, for a batch of 64, one thread where nothing else is said.
                        """,
                        number(peak),
                        number(bandwidth),
                        StageBenchmark.Machine.FLOATS * Float.BYTES / 1e6,
                        processor(),
                        Trained.processors(),
                        VectorWidth.words(),
                        System.getProperty("java.version"),
                        number(sum),
                        operations.words()))
                .toString();
    }

    private String line(Row row, Result<?> vectors) {
        Result<?> plain = row.plain == null ? null : find(row.benchmark, row.plain, row.threads);
        double micros = vectors.getScore();
        double gflops = row.operations / micros / 1e3;
        double peaks = row.threads == 0 ? peak * Trained.processors() : peak;
        return "| %s |%n"
                .formatted(String.join(
                        " | ",
                        row.title,
                        time(vectors),
                        row.plain == null ? "the same" : plain == null ? "" : time(plain),
                        plain == null ? "" : number(plain.getScore() / micros),
                        row.operations == 0 ? "" : number(row.operations / 1e6),
                        row.operations == 0 ? "" : number(gflops),
                        row.operations == 0 ? "" : String.format(Locale.ROOT, "%.1f%%", 100 * gflops / peaks),
                        row.bytes == 0 ? "" : number(row.bytes / micros / 1e3),
                        row.definition == 0 ? "" : number(row.definition / micros / 1e3)));
    }

    private static String time(Result<?> result) {
        double error = result.getScoreError();
        return Double.isNaN(error) ? number(result.getScore()) : number(result.getScore()) + " ± " + number(error);
    }

    /** Three digits, or all before the point. */
    private static String number(double value) {
        int decimals = value >= 100 ? 0 : value >= 10 ? 1 : 2;
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }

    /** The processor as Linux names it, elsewhere its architecture. */
    private static String processor() {
        Path info = Path.of("/proc/cpuinfo");
        if (Files.isReadable(info)) {
            try (Stream<String> lines = Files.lines(info)) {
                return lines.filter(line -> line.startsWith("model name"))
                        .map(line -> line.substring(line.indexOf(':') + 1).strip())
                        .findFirst()
                        .orElse(System.getProperty("os.arch"));
            } catch (IOException e) {
                return System.getProperty("os.arch");
            }
        }
        return System.getProperty("os.arch");
    }
}
