package tandem.lab.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tandem.core.Recipe;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.TestWorkers;
import tandem.lab.page.Block;
import tandem.lab.page.Page;
import tandem.lab.parity.Check;
import tandem.lab.parity.Parity;
import tandem.lab.parity.ProvedEngine;
import tandem.lab.parity.Quantity;
import tandem.lab.progress.Status;
import tandem.lab.progress.StopSignal;
import tandem.lab.run.Machine;

final class ParityPageTest {
    private static SequencedMap<String, Double> errors(String tensor, double error) {
        SequencedMap<String, Double> errors = new LinkedHashMap<>();
        errors.put(tensor, error);
        return errors;
    }

    private static ProvedEngine engine(double gradientError) {
        List<Check> checks = List.of(
                new Check(Quantity.LOGITS, "logits", 2e-6, 1e-5),
                new Check(Quantity.GRADIENT, "fc2.weight", gradientError, 1e-5),
                new Check(Quantity.SQUARE_AVERAGE, "fc2.weight", 1e-6, 1e-4),
                new Check(Quantity.ACCUMULATED_DELTA, "fc2.weight", 1e-6, 1e-4),
                new Check(Quantity.UPDATE, "fc2.weight", 1e-6, 1e-4));
        return new ProvedEngine(
                EngineName.parse("java"),
                Status.DONE,
                null,
                "Tandem",
                "1",
                gradientError <= 1e-5,
                "fc2.weight",
                new ProvedEngine.Diverging(0, "gradient", gradientError, 1e-5, "the backward pass of fc2.weight"),
                true,
                2e-6,
                1e-7,
                1e-7,
                errors("fc2.weight", gradientError),
                errors("fc2.weight", 1e-6),
                errors("fc2.weight", 1e-6),
                List.of(new ProvedEngine.AtState(0, checks), new ProvedEngine.AtState(1, checks)),
                List.of(2.3001f * 1.0, 2.2),
                0.01,
                null);
    }

    static Page page(double gradientError) {
        return ParityPage.of(
                new Parity(
                        "tandem parity",
                        Recipe.PRESETS.get("harmonized"),
                        Machine.current(TestWorkers.of(Path.of("."), 2, _ -> {}, new StopSignal()), List.of()),
                        null,
                        0,
                        2,
                        List.of(2.3, 2.2),
                        List.of(1e-9, 2e-9),
                        1e-7,
                        List.of(new Parity.Proof(0, 64, 8, true, 1e-5, 2.3)),
                        null,
                        List.of(engine(gradientError))),
                List.of("2026-11-25T08:00:00Z tandem parity"));
    }

    private static Block.Shaded gradient(Page page) {
        Block.Matrix matrix = (Block.Matrix) page.sections().get(1).blocks().get(1);
        assertEquals("Gradient", matrix.title());
        return matrix.cells().getFirst().getFirst();
    }

    @Test
    void errorsAreSharesOfTheirLimits() {
        assertEquals(new Block.Shaded("50", 0.5, false), gradient(page(5e-6)));
        assertEquals(new Block.Shaded("300", 1, false), gradient(page(3e-5)));
    }

    /** Where the reference's tensor is zero, and where an engine overflows. */
    @Test
    void errorsThatAreNoNumbersAreShownAsTheyAre() {
        assertEquals(new Block.Shaded("> 99,999", 1, false), gradient(page(Double.POSITIVE_INFINITY)));
        assertEquals(new Block.Shaded("> 99,999", 1, false), gradient(page(Double.NaN)));
    }

    /**
     * The second step's losses are equal, and have no place on a logarithmic axis; the band begins at the least value.
     */
    @Test
    void distancesAreFromTheReference() {
        Block.Lines lines = (Block.Lines) page(5e-6).sections().get(2).blocks().getFirst();
        List<double[]> points = lines.lines().getFirst().points();
        assertEquals(1, points.size());
        assertEquals(1e-4, points.getFirst()[1], 1e-6);
        assertEquals(1e-9, lines.band().points().get(1)[1]);
        assertEquals(2e-9, lines.band().points().get(1)[2]);
    }

    /** The recipe has ten epochs, of which a proof trains none. */
    @Test
    void theRecipeSaysWhatWasTrained() {
        List<String> steps = page(5e-6).sections().getFirst().blocks().stream()
                .flatMap(block -> block instanceof Block.Facts facts ? facts.facts().stream() : Stream.empty())
                .filter(fact -> fact.name().equals("steps"))
                .map(Block.Fact::value)
                .toList();
        assertEquals(List.of("2 steps of the trajectory, batches of 64, seed 42"), steps);
    }
}
