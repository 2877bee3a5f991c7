package tandem.lab.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tandem.lab.page.Block;
import tandem.lab.page.Block.Axis;
import tandem.lab.page.Numbers;
import tandem.lab.page.Page;
import tandem.lab.page.Section;
import tandem.lab.parity.Check;
import tandem.lab.parity.Parity;
import tandem.lab.parity.ParityTables;
import tandem.lab.parity.ProvedEngine;
import tandem.lab.parity.Quantity;

/** The report of a proof: verdicts, every tensor's error against its limit, and trajectories in the noise band. */
final class ParityPage {
    private ParityPage() {}

    /** The page; commands are lines of command.txt. */
    static Page of(Parity parity, List<String> commands) {
        List<ProvedEngine> done = parity.done();
        Page page = Page.of(
                "Do %s compute the same?".formatted(Numbers.of(parity.engines().size(), "engine")),
                About.subtitle(
                        commands, "batches of " + parity.recipe().batchSize(), About.processor(parity.machine())),
                names(parity.engines()),
                result(parity, commands),
                tensors(done),
                trajectory(parity, done));
        return page.with(Headlines.of(parity));
    }

    private static List<String> names(List<ProvedEngine> engines) {
        return engines.stream().map(ParityPage::name).toList();
    }

    private static String name(ProvedEngine engine) {
        return engine.engine().toString();
    }

    private static Section result(Parity parity, List<String> commands) {
        List<Block> blocks = new ArrayList<>();
        blocks.add(Block.Table.of(ParityTables.proof(parity)));
        ParityTables.explanations(parity).forEach(sentence -> blocks.add(new Block.Note(sentence)));
        if (parity.engines().stream().anyMatch(engine -> engine.against() != null)) {
            blocks.add(Block.Table.of(
                    "Limits are twice those of the proof, as both engines round.", ParityTables.against(parity)));
        }
        blocks.addAll(About.commands(commands));
        blocks.add(states(parity));
        blocks.addAll(About.facts(
                parity.recipe(), null, parity.machine(), Numbers.of(parity.steps(), "step") + " of the trajectory"));
        return new Section(
                "result",
                "Result",
                "The reference, plain Java in float64, trains. At each of its states all engines take one step from the same"
                        + " parameters, accumulators, images and dropout masks, and everything that comes out is compared,"
                        + " tensor by tensor. Errors are relative, and the worst over the states.",
                blocks);
    }

    private static Block states(Parity parity) {
        SequencedMap<String, String> facts = new LinkedHashMap<>();
        for (Parity.Proof proof : parity.proofs()) {
            facts.put(
                    "after " + Numbers.of(proof.afterSteps(), "step"),
                    "loss %s on %s; %s passed over, as a max-pool or a ReLU was undecided%s"
                            .formatted(
                                    Numbers.of(proof.loss(), 4),
                                    Numbers.of(proof.images(), "image"),
                                    proof.passedOver(),
                                    proof.decided() ? "" : ". NOT all choices are decided here"));
        }
        return Block.Facts.of("States of the reference", facts);
    }

    // ---- tensors

    private static Section tensors(List<ProvedEngine> done) {
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

    private static Block matrix(String title, List<ProvedEngine> done, Quantity... quantities) {
        List<SequencedMap<String, Double>> shares =
                done.stream().map(engine -> shares(engine, List.of(quantities))).toList();
        List<String> tensors = List.copyOf(shares.getFirst().sequencedKeySet());
        List<List<Block.@Nullable Shaded>> cells = new ArrayList<>();
        for (String tensor : tensors) {
            List<Block.@Nullable Shaded> row = new ArrayList<>();
            for (SequencedMap<String, Double> ofEngine : shares) {
                row.add(shaded(
                        Objects.requireNonNull(ofEngine.get(tensor), "engines are compared in the same tensors")));
            }
            cells.add(row);
        }
        return new Block.Matrix(title, null, "", "", tensors, names(done), cells);
    }

    /** Error over limit, the worst over the states, by tensor. */
    private static SequencedMap<String, Double> shares(ProvedEngine engine, List<Quantity> quantities) {
        SequencedMap<String, Double> shares = new LinkedHashMap<>();
        for (ProvedEngine.AtState state : engine.states()) {
            for (Check check : state.checks()) {
                if (quantities.contains(check.quantity())) {
                    // An error that is not a number, or infinite, is as bad as any.
                    double share = check.error() / check.limit();
                    shares.merge(check.tensor(), Double.isFinite(share) ? share : Double.MAX_VALUE, Math::max);
                }
            }
        }
        return shares;
    }

    private static Block.Shaded shaded(double share) {
        return new Block.Shaded(percent(share), Math.min(1, LossCurves.rounded(share)), false);
    }

    private static String percent(double share) {
        return share >= 1000 ? "> 99,999" : Numbers.of(100 * share, share < 0.1 ? 1 : 0);
    }

    // ---- trajectory

    private static Section trajectory(Parity parity, List<ProvedEngine> done) {
        List<Block> blocks = new ArrayList<>();
        if (!done.isEmpty()) {
            blocks.add(distances(parity, done));
            blocks.add(Block.Table.of(
                    "Distance of all parameters after the last step from the reference's, over how far those moved.",
                    ParityTables.trajectories(parity)));
        }
        return new Section(
                "trajectory",
                "Where they diverge",
                "%s in the recipe's own order, without resynchronising. This is shown, not judged: training magnifies one rounding"
                                .formatted(Numbers.of(parity.steps(), "step"))
                        + " until a max-pool or a ReLU chooses otherwise. From there on the trainings differ, and"
                        + " all are right.",
                blocks);
    }

    private static Block distances(Parity parity, List<ProvedEngine> done) {
        List<Block.Line> lines = done.stream()
                .map(engine -> new Block.Line(name(engine), Block.Style.PLAIN, points(parity.lossDistances(engine))))
                .toList();
        List<double[]> noise = points(parity.noise());
        // A logarithmic axis has no 0: the band begins at the smallest value there is.
        double least = Stream.concat(Stream.of(noise), lines.stream().map(Block.Line::points))
                .flatMap(List::stream)
                .mapToDouble(point -> point[1])
                .min()
                .orElse(1e-9);
        Block.Band band = new Block.Band(
                "how far the reference's own losses move if each initial parameter is moved to the next float32 number",
                noise.stream()
                        .map(point -> new double[] {point[0], least, point[1]})
                        .toList());
        return new Block.Lines(
                "Distance of each engine's loss from the reference's",
                "Losses are rounded to float32 themselves, to about 1e-7.",
                true,
                Axis.linear("step", ""),
                Axis.log("distance", ""),
                lines,
                noise.isEmpty() ? null : band,
                null);
    }

    /** Distances by step. Equal losses have no place on a logarithmic axis, and infinite ones on none. */
    private static List<double[]> points(List<Double> distances) {
        return IntStream.range(0, distances.size())
                .filter(step -> distances.get(step) > 0 && Double.isFinite(distances.get(step)))
                .mapToObj(step -> new double[] {step, LossCurves.rounded(distances.get(step))})
                .toList();
    }
}
