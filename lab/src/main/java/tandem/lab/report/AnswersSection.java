package tandem.lab.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tandem.core.data.Dataset;
import tandem.core.data.Images;
import tandem.lab.page.Block;
import tandem.lab.page.Block.Answered;
import tandem.lab.page.Block.Matrix;
import tandem.lab.page.Block.Shaded;
import tandem.lab.page.Numbers;
import tandem.lab.page.Section;

/** Which images engines get wrong, and as what. */
final class AnswersSection {
    /** More images of one kind than anyone looks at; the file stays small. */
    private static final int DRAWN = 200;

    private AnswersSection() {}

    static Section of(ComparisonReport report) {
        List<EngineRun> runs = report.done();
        List<Block> blocks = new ArrayList<>();
        runs.forEach(run -> blocks.add(confusion(run)));
        Dataset data = report.images();
        if (data != null && !runs.isEmpty()) {
            List<Answered> drawn = new ArrayList<>();
            Block.ImageGrid grid = grid(runs, data.test(), drawn);
            blocks.add(new Block.Note(sentence(runs, data.test(), grid)));
            if (!drawn.isEmpty()) {
                blocks.add(grid);
            }
        } else if (report.withoutImages() != null && !runs.isEmpty()) {
            blocks.add(new Block.Note("The images are not drawn: " + report.withoutImages() + "."));
        }
        return new Section(
                "answers",
                "Answers",
                "In a confusion matrix the row is what an image shows, the column what the engine took it for; a good"
                        + " matrix is empty beside its diagonal. Engines that learned the same confuse the same pairs.",
                blocks);
    }

    private static Matrix confusion(EngineRun run) {
        int[][] counts = Objects.requireNonNull(run.result().confusion(), "an engine that is done was evaluated");
        int worst = 1;
        int errors = 0;
        for (int label = 0; label < counts.length; label++) {
            for (int answer = 0; answer < counts.length; answer++) {
                if (label != answer) {
                    worst = Math.max(worst, counts[label][answer]);
                    errors += counts[label][answer];
                }
            }
        }
        List<List<@Nullable Shaded>> cells = new ArrayList<>();
        for (int label = 0; label < counts.length; label++) {
            List<@Nullable Shaded> row = new ArrayList<>();
            for (int answer = 0; answer < counts.length; answer++) {
                int count = counts[label][answer];
                // Few errors differ visibly from none.
                double shade = label == answer ? 1 : Math.sqrt((double) count / worst);
                row.add(count == 0 ? null : new Shaded("" + count, LossCurves.rounded(shade), label == answer));
            }
            cells.add(row);
        }
        List<String> classes =
                IntStream.range(0, counts.length).mapToObj(String::valueOf).toList();
        String title = "%s: %s wrong".formatted(run.name(), Numbers.of(errors));
        return new Matrix(title, run.name(), "label", "answer", classes, classes, cells);
    }

    /** An image that somebody gets wrong. */
    private record Mistake(int image, boolean disagreed, double probabilityOfLabel) {}

    private static Block.ImageGrid grid(List<EngineRun> runs, Images test, List<Answered> drawn) {
        int[] wrong = new int[runs.size()];
        List<Mistake> mistakes = new ArrayList<>();
        for (int image = 0; image < test.count(); image++) {
            int label = test.label(image);
            int[] answers = answers(runs, image);
            for (int i = 0; i < answers.length; i++) {
                wrong[i] += answers[i] == label ? 0 : 1;
            }
            if (Arrays.stream(answers).anyMatch(answer -> answer != label)) {
                mistakes.add(mistake(runs, test, image, answers));
            }
        }
        for (boolean disagreed : new boolean[] {true, false}) {
            mistakes.stream()
                    .filter(mistake -> mistake.disagreed == disagreed)
                    .sorted(Comparator.comparing(Mistake::probabilityOfLabel))
                    .limit(DRAWN)
                    .forEach(mistake -> drawn.add(answered(runs, test, mistake.image)));
        }
        return new Block.ImageGrid(
                test.rows(),
                test.columns(),
                runs.stream().map(EngineRun::name).toList(),
                Arrays.stream(wrong).boxed().toList(),
                (int) mistakes.stream().filter(Mistake::disagreed).count(),
                drawn);
    }

    private static int[] answers(List<EngineRun> runs, int image) {
        return runs.stream().mapToInt(run -> run.answer(image).digit()).toArray();
    }

    private static Mistake mistake(List<EngineRun> runs, Images test, int image, int[] answers) {
        return new Mistake(
                image,
                Arrays.stream(answers).distinct().count() > 1,
                runs.stream()
                        .mapToDouble(run -> run.answer(image).probabilities()[test.label(image)])
                        .average()
                        .orElseThrow());
    }

    private static Answered answered(List<EngineRun> runs, Images test, int image) {
        return new Answered(
                image,
                test.label(image),
                Arrays.copyOfRange(test.pixels(), image * test.size(), (image + 1) * test.size()),
                answers(runs, image),
                runs.stream()
                        .map(run -> rounded(run.answer(image).probabilities()))
                        .toArray(double[][]::new));
    }

    private static double[] rounded(double[] probabilities) {
        return Arrays.stream(probabilities).map(p -> Math.rint(p * 1e4) / 1e4).toArray();
    }

    private static String sentence(List<EngineRun> runs, Images test, Block.ImageGrid grid) {
        String tested = "Of %s, ".formatted(Numbers.of(test.count(), "test image"));
        long drawn = grid.images().size();
        String limits = " The hardest come first: those whose label the engines hold least likely. At most %s on which"
                        .formatted(DRAWN)
                + " engines disagree and %s that all get wrong alike are drawn; here %s."
                        .formatted(DRAWN, Numbers.of(drawn, "image"));
        if (runs.size() == 1) {
            return tested
                    + "%s gets %s wrong."
                            .formatted(
                                    runs.getFirst().name(),
                                    Numbers.of(grid.wrong().getFirst()))
                    + limits;
        }
        return tested
                + "the engines give different answers on %s.".formatted(Numbers.of(grid.disagree()))
                + " Under each image: what it shows, and what each engine took it for. Choose one for its probabilities."
                + limits;
    }
}
