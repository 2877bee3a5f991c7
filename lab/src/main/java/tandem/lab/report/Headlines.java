package tandem.lab.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tandem.lab.bench.Bench;
import tandem.lab.bench.BenchRow;
import tandem.lab.bench.Spread;
import tandem.lab.compare.Agreement;
import tandem.lab.compare.Comparison;
import tandem.lab.compare.EngineResult;
import tandem.lab.page.Headline;
import tandem.lab.page.Headline.Figure;
import tandem.lab.page.Numbers;
import tandem.lab.parity.Parity;
import tandem.lab.parity.ProvedEngine;
import tandem.lab.progress.Status;
import tandem.lab.statistics.Proportion;
import tandem.lab.statistics.Verdict;
import tandem.lab.study.ArmPair;
import tandem.lab.study.Differences;
import tandem.lab.study.Differences.Swap;
import tandem.lab.study.Study;

/** What each report says first: its result in a sentence. */
final class Headlines {
    private Headlines() {}

    // ---- compare and train

    /** Which engine is fastest, whether one is more accurate, and three figures. */
    static Headline of(Comparison comparison) {
        List<EngineResult> done = comparison.engines().stream()
                .filter(result -> result.status() == Status.DONE && result.testAccuracy() != null)
                .toList();
        return comparison.engines().size() == 1 || done.size() == 1
                ? alone(done.isEmpty() ? comparison.engines().getFirst() : done.getFirst())
                : together(comparison, done);
    }

    private static Headline alone(EngineResult result) {
        if (result.testAccuracy() == null) {
            return new Headline("%s has no result yet".formatted(result.engine()), result.failure());
        }
        List<Figure> figures = new ArrayList<>();
        figures.add(new Figure(
                Numbers.percent(result.testAccuracy()) + "%",
                result.accuracy() == null
                        ? "test accuracy"
                        : "test accuracy, 95% interval "
                                + range(
                                        result.accuracy().low(),
                                        result.accuracy().high())));
        if (result.trainImagesPerSecond() != null) {
            figures.add(
                    new Figure(Numbers.of(Math.round(result.trainImagesPerSecond())), "images a second in training"));
        }
        if (result.millisPerStepMedian() != null) {
            figures.add(new Figure(Numbers.of(result.millisPerStepMedian(), 2) + " ms", "a train step, median"));
        }
        return new Headline(
                "%s reads %s%% of the test images right after %s"
                        .formatted(
                                result.engine(),
                                Numbers.percent(result.testAccuracy()),
                                Numbers.of(result.epochs().size(), "epoch")),
                null,
                figures);
    }

    /** The parts in a row. Engines' names are written small, also in the beginning. */
    private static String sentence(List<String> parts) {
        String sentence = String.join("; ", parts);
        return sentence.startsWith("no ") || sentence.startsWith("test ")
                ? Character.toUpperCase(sentence.charAt(0)) + sentence.substring(1)
                : sentence;
    }

    private static Headline together(Comparison comparison, List<EngineResult> done) {
        List<String> parts = new ArrayList<>();
        List<Figure> figures = new ArrayList<>();
        EngineResult fastest = null;
        for (EngineResult result : done) {
            Double millis = result.millisPerStepMedian();
            Double least = fastest == null ? null : fastest.millisPerStepMedian();
            if (millis != null && (least == null || millis < least)) {
                fastest = result;
            }
        }
        Double ratio = fastest == null ? null : comparison.ratioToFastestOther(fastest);
        Double millis = fastest == null ? null : fastest.millisPerStepMedian();
        if (fastest != null && ratio != null && millis != null) {
            String times = Numbers.of(ratio, ratio < 10 ? 1 : 0);
            parts.add(
                    times.equals("1.0")
                            ? "no engine trains clearly faster"
                            : "%s trains %s times as fast as the next".formatted(fastest.engine(), times));
            figures.add(new Figure(
                    Numbers.of(millis, 2) + " ms",
                    "a train step of %s, median; the next engine takes %s ms"
                            .formatted(fastest.engine(), Numbers.of(ratio * millis, 2))));
        }
        List<Double> accuracies = done.stream()
                .flatMap(result -> Stream.ofNullable(result.testAccuracy()))
                .sorted()
                .toList();
        if (!accuracies.isEmpty()) {
            parts.add(
                    measurably(done)
                            ? "test accuracies differ by more than their intervals"
                            : "no engine is measurably more accurate");
            figures.add(new Figure(range(accuracies.getFirst(), accuracies.getLast()), "test accuracy of the engines"));
        }
        comparison.agreement().pairs().stream()
                .map(Agreement.EnginePair::samePredictions)
                .min(Comparator.naturalOrder())
                .ifPresent(least -> figures.add(new Figure(
                        Numbers.percent(least) + "%",
                        "of the test images get the same answer from any two engines, at least")));
        return parts.isEmpty()
                ? new Headline("No engine has a result yet", null)
                : new Headline(sentence(parts), null, figures);
    }

    /** Whether the intervals of two engines have nothing in common. */
    private static boolean measurably(List<EngineResult> done) {
        List<Proportion> accuracies = done.stream()
                .flatMap(result -> Stream.ofNullable(result.accuracy()))
                .toList();
        return accuracies.stream().anyMatch(one -> accuracies.stream().anyMatch(one::apartFrom));
    }

    private static String range(double low, double high) {
        String first = Numbers.percent(low);
        String last = Numbers.percent(high);
        return first.equals(last) ? first + "%" : "%s\u2013%s%%".formatted(first, last);
    }

    // ---- parity

    /** The verdict; below it what is wrong, and where to look. */
    static Headline of(Parity parity) {
        Optional<ProvedEngine> failed =
                parity.done().stream().filter(engine -> !engine.passed()).findFirst();
        if (failed.isPresent()) {
            ProvedEngine engine = failed.get();
            return new Headline(
                    engine.firstDivergingTensor() == null
                            ? "No: %s had other inputs".formatted(engine.engine())
                            : "No: %s fails at %s".formatted(engine.engine(), engine.firstDivergingTensor()),
                    engine.diverging() == null
                            ? null
                            : "Look at: %s.".formatted(engine.diverging().hint()));
        }
        int passed = parity.done().size();
        List<String> missing = parity.engines().stream()
                .filter(engine -> engine.status() != Status.DONE)
                .map(engine -> "%s: %s".formatted(engine.engine(), engine.status()))
                .toList();
        String sentence = switch (passed) {
            case 0 -> "No engine was proved";
            case 1 -> "Yes, %s passes".formatted(parity.done().getFirst().engine());
            case 2 -> "Yes, both pass";
            default -> "Yes, all %s pass".formatted(Numbers.word(passed));
        };
        return new Headline(
                sentence, missing.isEmpty() ? null : "Not proved: %s.".formatted(String.join(", ", missing)));
    }

    // ---- study

    /** Whether engines differ in accuracy. */
    static Headline of(Study study) {
        List<ArmPair> different = study.pairs().stream()
                .filter(pair -> pair.difference().verdict() == Verdict.DIFFERENT
                        || pair.difference().verdict() == Verdict.DIFFERENT_WITHIN_MARGIN)
                .sorted(Comparator.comparing((ArmPair pair) ->
                                Math.abs(pair.difference().points().knownMean()))
                        .reversed())
                .toList();
        long undecided = study.pairs().stream()
                .filter(pair -> pair.difference().verdict() == Verdict.UNDECIDED)
                .count();
        int pairs = study.pairs().size();
        String seeds = Numbers.of(study.seeds().size(), "seed");
        if (!different.isEmpty()) {
            ArmPair most = different.getFirst();
            return new Headline(
                    "%s and %s differ by %s points of test accuracy"
                            .formatted(
                                    most.first(),
                                    most.second(),
                                    Numbers.of(
                                            Math.abs(most.difference().points().knownMean()), 2)),
                    "The largest of %s, on %s."
                            .formatted(
                                    Numbers.of(different.size(), "difference") + " that "
                                            + (different.size() == 1 ? "is" : "are") + " proved",
                                    seeds));
        }
        if (pairs > 0 && undecided == 0) {
            return new Headline(
                    "The engines are equally accurate",
                    "Each two differ by less than %s points, on %s."
                            .formatted(study.pairs().getFirst().difference().margin(), seeds));
        }
        return pairs == 0
                ? new Headline("One engine, %s".formatted(seeds), null)
                : new Headline(
                        "No difference in accuracy is proved yet",
                        pairs == 1
                                ? "The pair is not decided, on %s.".formatted(seeds)
                                : "%s of %s pairs are not decided, on %s.".formatted(undecided, pairs, seeds));
    }

    // ---- differences

    /** Which choice changes the accuracy most, if any is proved to. */
    static Headline of(Differences differences) {
        Optional<Swap> most = differences.swaps().stream()
                .filter(Swap::different)
                .max(Comparator.comparingDouble(swap -> Math.abs(swap.points().knownMean())));
        return most.map(swap -> new Headline(
                        "Of the notebooks' choices, %s matters most: %s points of test accuracy"
                                .formatted(
                                        swap.choice(),
                                        Numbers.of(Math.abs(swap.points().knownMean()), 2)),
                        null))
                .orElseGet(() -> new Headline("None of the notebooks' choices is proved to matter yet", null));
    }

    // ---- bench

    /** Which engine is fastest, and its figures; null where nothing of it was measured. */
    static @Nullable Headline of(Bench bench) {
        BenchRow fastest = null;
        Spread least = null;
        for (BenchRow row : bench.engines()) {
            Spread millis = row.peer() ? null : row.millisPerStep();
            if (millis != null && (least == null || millis.median() < least.median())) {
                fastest = row;
                least = millis;
            }
        }
        if (fastest == null || least == null) {
            return swept(bench);
        }
        List<Figure> figures = new ArrayList<>();
        figures.add(new Figure(
                Numbers.of(least.median(), 2) + " ms", "a train step of %s, median".formatted(fastest.engine())));
        if (fastest.trainImagesPerSecond() != null) {
            figures.add(new Figure(Numbers.of(fastest.trainImagesPerSecond(), 0), "images a second in training"));
        }
        if (fastest.peakMemoryMiB() != null) {
            figures.add(new Figure(Numbers.of(fastest.peakMemoryMiB(), 0) + " MiB", "peak memory of its process"));
        }
        Double ratio = fastest.ratioToFastestOther();
        String times = ratio == null ? null : Numbers.of(ratio, ratio < 10 ? 1 : 0);
        String sentence = times == null
                ? "%s takes a train step in %s ms".formatted(fastest.engine(), Numbers.of(least.median(), 2))
                : times.equals("1.0")
                        ? "No engine trains clearly faster"
                        : "%s trains %s times as fast as the next engine".formatted(fastest.engine(), times);
        return new Headline(sentence, null, figures);
    }

    /** Which engine is fastest at the sizes of a sweep; null where there are no two to compare. */
    private static @Nullable Headline swept(Bench bench) {
        List<BenchRow> fastest = bench.sweeps().stream()
                .flatMap(sweep -> sweep.points().stream())
                .flatMap(point -> point.engines().stream()
                        .filter(row -> row.millisPerStep() != null && row.ratioToFastestOther() != null)
                        .max(Comparator.comparingDouble(BenchRow::ratioToFastestOther))
                        .stream())
                .toList();
        List<String> names = fastest.stream().map(BenchRow::engine).distinct().toList();
        return switch (names.size()) {
            case 0 -> null;
            case 1 -> new Headline("%s is the fastest at every size".formatted(names.getFirst()), null);
            default -> new Headline("Which engine is the fastest depends on the size", null);
        };
    }
}
