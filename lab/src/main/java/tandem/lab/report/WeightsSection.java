package tandem.lab.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import tandem.core.Safetensors.Tensor;
import tandem.lab.compare.Agreement;
import tandem.lab.page.Block;
import tandem.lab.page.Block.FilterSet;
import tandem.lab.page.Block.Matrix;
import tandem.lab.page.Block.Shaded;
import tandem.lab.page.Numbers;
import tandem.lab.page.Section;

/** What engines learned, and how alike it is. */
final class WeightsSection {
    private WeightsSection() {}

    static Section of(ComparisonReport report) {
        List<EngineRun> runs = report.done();
        List<Block> blocks = new ArrayList<>();
        if (!runs.isEmpty()) {
            List<Integer> sizes = kernels(runs.getFirst()).shape().dimensions();
            List<FilterSet> sets = runs.stream()
                    .map(run -> new FilterSet(run.name(), filters(run)))
                    .toList();
            blocks.add(new Block.Filters(sizes.get(2), sizes.get(3), sets));
        }
        List<Agreement.EnginePair> pairs = report.comparison().agreement().pairs();
        if (!pairs.isEmpty()) {
            double fewest = pairs.stream()
                    .mapToDouble(Agreement.EnginePair::samePredictions)
                    .min()
                    .orElseThrow();
            blocks.add(matrix(
                    "Same answer, % of the test images",
                    runs,
                    pairs,
                    pair -> 100 * pair.samePredictions(),
                    2,
                    pair -> fewest == 1 ? 0 : (1 - pair.samePredictions()) / (1 - fewest)));
            double most = pairs.stream()
                    .mapToDouble(Agreement.EnginePair::parameterDistance)
                    .max()
                    .orElseThrow();
            blocks.add(matrix(
                    "Distance of all parameters, relative",
                    runs,
                    pairs,
                    Agreement.EnginePair::parameterDistance,
                    3,
                    pair -> most == 0 ? 0 : pair.parameterDistance() / most));
        }
        return new Section(
                "weights",
                "What they learned",
                "The kernels of the first convolution, of one scale: orange is positive, blue negative. The engines began"
                        + " with the same ones, so the same place holds the same kernel: after a short run they look"
                        + " alike, after a long one they may have drifted. Parameters can lie far apart while the"
                        + " answers stay alike: many networks compute nearly the same. The stronger a shade, the less alike.",
                blocks);
    }

    private static Tensor kernels(EngineRun run) {
        return Objects.requireNonNull(run.filters(), "an engine that is done has a model");
    }

    private static double[][] filters(EngineRun run) {
        Tensor kernels = kernels(run);
        List<Integer> sizes = kernels.shape().dimensions();
        int size = kernels.shape().size() / sizes.getFirst();
        double[][] filters = new double[sizes.getFirst()][size];
        for (int i = 0; i < kernels.values().length; i++) {
            filters[i / size][i % size] = LossCurves.rounded(kernels.values()[i]);
        }
        return filters;
    }

    private static Matrix matrix(
            String title,
            List<EngineRun> runs,
            List<Agreement.EnginePair> pairs,
            ToDoubleFunction<Agreement.EnginePair> value,
            int decimals,
            ToDoubleFunction<Agreement.EnginePair> shade) {
        List<String> names = runs.stream().map(EngineRun::name).toList();
        List<List<@Nullable Shaded>> cells = new ArrayList<>();
        for (EngineRun row : runs) {
            List<@Nullable Shaded> line = new ArrayList<>();
            for (EngineRun column : runs) {
                line.add(pairs.stream()
                        .filter(pair ->
                                pair.of(row.result().engine(), column.result().engine()))
                        .findFirst()
                        .map(pair -> shaded(value.applyAsDouble(pair), decimals, shade.applyAsDouble(pair)))
                        .orElse(null));
            }
            cells.add(line);
        }
        return new Matrix(title, null, "", "", names, names, cells);
    }

    private static Shaded shaded(double value, int decimals, double shade) {
        return new Shaded(Numbers.of(value, decimals), LossCurves.rounded(shade), false);
    }
}
