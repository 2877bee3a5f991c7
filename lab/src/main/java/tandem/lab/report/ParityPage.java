package tandem.lab.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tandem.lab.EngineResult.Status;
import tandem.lab.parity.Check;
import tandem.lab.parity.EngineParity;
import tandem.lab.parity.Parity;
import tandem.lab.parity.Quantity;
import tandem.lab.report.Block.Axis;
import tandem.lab.report.Block.Scale;

/** The report of a proof: verdicts, every tensor's error against its limit, and trajectories in the noise band. */
final class ParityPage {
    private ParityPage() {}

    /**
     * The page.
     *
     * @param commands lines of command.txt
     */
    static Page of(Parity parity, List<String> commands) {
        List<EngineParity> done = parity.engines().stream()
                .filter(engine -> engine.status() == Status.DONE)
                .toList();
        List<Section> sections = new ArrayList<>();
        sections.add(result(parity, commands));
        sections.add(tensors(done));
        sections.add(trajectory(parity, done));
        sections.removeIf(section -> section.blocks().isEmpty());
        List<String> parts = new ArrayList<>();
        parts.add("batches of " + parity.recipe().batchSize());
        parts.add(About.processor(parity.machine()));
        parts.addAll(About.when(commands));
        return new Page(
                "Do %s compute the same?".formatted(Numbers.of(parity.engines().size(), "engine")),
                String.join(", ", parts),
                parity.engines().stream().map(ParityPage::name).toList(),
                sections);
    }

    private static String name(EngineParity engine) {
        return engine.engine().toString();
    }

    private static Section result(Parity parity, List<String> commands) {
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Block.Table(
                null,
                "Engine",
                List.of(
                        new Block.Column("Verdict", null, false),
                        new Block.Column("Logits", "worst error", true),
                        new Block.Column("Gradient", "worst error", true),
                        new Block.Column("Accumulators", "worst error", true),
                        new Block.Column("Update", "worst error", true),
                        new Block.Column("Differs first in", null, false),
                        new Block.Column("Library", null, false)),
                parity.engines().stream()
                        .map(engine -> new Block.Row(
                                name(engine),
                                null,
                                Stream.of(
                                                verdict(engine),
                                                error(engine.logitsError()),
                                                worst(engine.gradientRelativeError()),
                                                worst(engine.stateRelativeError()),
                                                worst(engine.parameterRelativeError()),
                                                engine.firstDivergingTensor(),
                                                engine.library() + " " + engine.libraryVersion())
                                        .map(StudyPage::cell)
                                        .toList()))
                        .toList()));
        for (EngineParity engine : parity.engines()) {
            if (engine.failure() != null) {
                blocks.add(new Block.Note("%s: %s".formatted(name(engine), engine.failure())));
            }
            if (engine.diverging() != null) {
                EngineParity.Diverging first = engine.diverging();
                blocks.add(new Block.Note(String.format(
                        Locale.ROOT,
                        "%s differs first in %s (%s, after %d steps): error %.1e, limit %.1e. Look at: %s.",
                        name(engine),
                        engine.firstDivergingTensor(),
                        first.quantity(),
                        first.afterSteps(),
                        first.error(),
                        first.limit(),
                        first.hint())));
            }
        }
        blocks.addAll(About.commands(commands));
        blocks.add(states(parity));
        blocks.add(About.recipe(parity.recipe(), null));
        blocks.add(About.machine(parity.machine()));
        return new Section(
                "result",
                "Result",
                "The reference, plain Java in float64, trains. At each of its states all engines take one step from the same"
                        + " parameters, accumulators, images and dropout masks, and everything that comes out is compared,"
                        + " tensor by tensor. Errors are relative, and the worst over the states.",
                blocks);
    }

    private static String verdict(EngineParity engine) {
        return engine.status() != Status.DONE ? engine.status().toString() : engine.passed() ? "passed" : "FAILED";
    }

    private static String error(Double error) {
        return error == null ? null : String.format(Locale.ROOT, "%.1e", error);
    }

    private static String worst(SequencedMap<String, Double> errors) {
        if (errors.isEmpty()) {
            return null;
        }
        Map.Entry<String, Double> worst = EngineParity.largest(errors);
        return "%s %s".formatted(error(worst.getValue()), worst.getKey());
    }

    private static Block states(Parity parity) {
        return new Block.Facts(
                "States of the reference",
                parity.proofs().stream()
                        .map(proof -> new Block.Fact(
                                "after " + Numbers.of(proof.afterSteps(), "step"),
                                "loss %s on %s; %s passed over, as a max-pool or a ReLU was undecided%s"
                                        .formatted(
                                                Numbers.of(proof.loss(), 4),
                                                Numbers.of(proof.images(), "image"),
                                                proof.passedOver(),
                                                proof.decided() ? "" : ". NOT all choices are decided here")))
                        .toList());
    }

    // ---- tensors

    private static Section tensors(List<EngineParity> done) {
        List<Block> blocks = new ArrayList<>();
        if (!done.isEmpty()) {
            blocks.add(matrix("Forward", done, Quantity.LOGITS, Quantity.PREDICTION, Quantity.LOSS));
            for (Quantity quantity :
                    List.of(Quantity.GRADIENT, Quantity.SQUARE_AVERAGE, Quantity.ACCUMULATED_DELTA, Quantity.UPDATE)) {
                String words = quantity.toString();
                blocks.add(matrix(words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1), done, quantity));
            }
        }
        return new Section(
                "tensors",
                "Every tensor",
                "Error as a percentage of its limit, the worst over the states; above 100 an engine fails. From the loss back to"
                        + " the first layer: where a mistake is made, everything before it in this order is still right.",
                blocks);
    }

    private static Block matrix(String title, List<EngineParity> done, Quantity... quantities) {
        List<SequencedMap<String, Double>> shares =
                done.stream().map(engine -> shares(engine, List.of(quantities))).toList();
        List<String> tensors = List.copyOf(shares.getFirst().sequencedKeySet());
        List<List<Block.Shaded>> cells = tensors.stream()
                .map(tensor -> shares.stream()
                        .map(share -> new Block.Shaded(
                                percent(share.get(tensor)), Math.min(1, Curves.rounded(share.get(tensor))), false))
                        .toList())
                .toList();
        return new Block.Matrix(
                title,
                null,
                "",
                "",
                tensors,
                done.stream().map(ParityPage::name).toList(),
                cells);
    }

    /** Error over limit, the worst over the states, by tensor. */
    private static SequencedMap<String, Double> shares(EngineParity engine, List<Quantity> quantities) {
        SequencedMap<String, Double> shares = new LinkedHashMap<>();
        for (EngineParity.State state : engine.states()) {
            for (Check check : state.checks()) {
                if (quantities.contains(check.quantity())) {
                    // An error that is no number, or without end, is as bad as any.
                    double share = check.error() / check.limit();
                    shares.merge(check.tensor(), Double.isFinite(share) ? share : Double.MAX_VALUE, Math::max);
                }
            }
        }
        return shares;
    }

    private static String percent(double share) {
        return share >= 1000 ? "> 99,999" : Numbers.of(100 * share, share < 0.1 ? 1 : 0);
    }

    // ---- trajectory

    private static Section trajectory(Parity parity, List<EngineParity> done) {
        List<Block> blocks = new ArrayList<>();
        if (!done.isEmpty()) {
            blocks.add(distances(parity, done));
            blocks.add(new Block.Table(
                    "Distance of all parameters after the last step from the reference's, over how far those moved.",
                    "Engine",
                    List.of(new Block.Column("Parameters", "relative distance", true)),
                    Stream.concat(
                                    Stream.of(new Block.Row(
                                            null,
                                            "one rounding",
                                            List.of(StudyPage.cell(error(parity.parameterNoise()))))),
                                    done.stream()
                                            .map(engine -> new Block.Row(
                                                    name(engine),
                                                    null,
                                                    List.of(StudyPage.cell(error(engine.parameterDistance()))))))
                            .toList()));
        }
        return new Section(
                "trajectory",
                "Where their ways part",
                "%s in the recipe's own order, without resynchronising. This is shown, not judged: training magnifies one rounding"
                                .formatted(Numbers.of(parity.steps(), "step"))
                        + " until a max-pool or a ReLU chooses otherwise, and from there on trainings are different trainings, with"
                        + " nobody wrong.",
                blocks);
    }

    private static Block distances(Parity parity, List<EngineParity> done) {
        List<Block.Line> lines = new ArrayList<>();
        for (EngineParity engine : done) {
            List<double[]> points = new ArrayList<>();
            for (int step = 0; step < parity.steps(); step++) {
                add(
                        points,
                        step,
                        Math.abs(
                                engine.loss().get(step) - parity.lossReference().get(step)));
            }
            lines.add(new Block.Line(name(engine), null, Block.Style.PLAIN, points));
        }
        List<double[]> noise = new ArrayList<>();
        for (int step = 0; step < parity.steps(); step++) {
            add(noise, step, parity.noise().get(step));
        }
        // A logarithmic axis has no 0: the band begins at the smallest value there is.
        double least = Stream.concat(Stream.of(noise), lines.stream().map(Block.Line::points))
                .flatMap(List::stream)
                .mapToDouble(point -> point[1])
                .min()
                .orElse(1e-9);
        return new Block.Lines(
                "Distance of each engine's loss from the reference's",
                "Losses are rounded to float32 themselves, to about 1e-7.",
                true,
                new Axis("step", "", Scale.LINEAR),
                new Axis("distance", "", Scale.LOG),
                lines,
                noise.isEmpty()
                        ? null
                        : new Block.Band(
                                "how far the reference's own losses move if each initial parameter is moved to the next"
                                        + " float32 number",
                                noise.stream()
                                        .map(point -> new double[] {point[0], least, point[1]})
                                        .collect(Collectors.toList())),
                null);
    }

    /** Equal losses have no place on a logarithmic axis. */
    private static void add(List<double[]> points, int step, double distance) {
        if (distance > 0) {
            points.add(new double[] {step, Curves.rounded(distance)});
        }
    }
}
