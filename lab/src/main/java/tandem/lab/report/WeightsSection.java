package tandem.lab.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import tandem.lab.Agreement;
import tandem.lab.report.Block.FilterSet;
import tandem.lab.report.Block.Matrix;
import tandem.lab.report.Block.Shaded;

/** What engines learned, and how alike it is. */
final class WeightsSection {
    private WeightsSection() {}

    static Section of(ComparisonReport report) {
        List<EngineRun> runs = report.done();
        List<Block> blocks = new ArrayList<>();
        if (!runs.isEmpty()) {
            List<Integer> sizes = runs.getFirst().filters().shape().dimensions();
            blocks.add(new Block.Filters(
                    sizes.get(2),
                    sizes.get(3),
                    runs.stream()
                            .map(run -> new FilterSet(run.name(), filters(run)))
                            .toList()));
        }
        List<Agreement.Pair> pairs = report.comparison().agreement().pairs();
        if (!pairs.isEmpty()) {
            double fewest = pairs.stream()
                    .mapToDouble(Agreement.Pair::samePredictions)
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
                    .mapToDouble(Agreement.Pair::parameterDistance)
                    .max()
                    .orElseThrow();
            blocks.add(matrix(
                    "Distance of all parameters, relative",
                    runs,
                    pairs,
                    Agreement.Pair::parameterDistance,
                    3,
                    pair -> most == 0 ? 0 : pair.parameterDistance() / most));
        }
        return new Section(
                "weights",
                "What they learned",
                "The kernels of the first convolution, of one scale: orange is positive, blue negative. The engines began"
                        + " with the same ones, so the same place holds the same kernel: after a short run they look"
                        + " alike, after a long one they may have drifted. Parameters can lie far apart while the"
                        + " answers stay alike: many networks compute nearly the same. Darker means less alike.",
                blocks);
    }

    private static double[][] filters(EngineRun run) {
        List<Integer> sizes = run.filters().shape().dimensions();
        int size = run.filters().shape().size() / sizes.getFirst();
        double[][] filters = new double[sizes.getFirst()][size];
        for (int i = 0; i < run.filters().values().length; i++) {
            filters[i / size][i % size] = Curves.rounded(run.filters().values()[i]);
        }
        return filters;
    }

    private static Matrix matrix(
            String title,
            List<EngineRun> runs,
            List<Agreement.Pair> pairs,
            ToDoubleFunction<Agreement.Pair> value,
            int decimals,
            ToDoubleFunction<Agreement.Pair> shade) {
        List<String> names = runs.stream().map(EngineRun::name).toList();
        List<List<Shaded>> cells = new ArrayList<>();
        for (EngineRun row : runs) {
            List<Shaded> line = new ArrayList<>();
            for (EngineRun column : runs) {
                line.add(pairs.stream()
                        .filter(pair -> of(pair, row, column))
                        .findFirst()
                        .map(pair -> new Shaded(
                                String.format(Locale.ROOT, "%." + decimals + "f", value.applyAsDouble(pair)),
                                Curves.rounded(shade.applyAsDouble(pair)),
                                false))
                        .orElse(null));
            }
            cells.add(line);
        }
        return new Matrix(title, null, "", "", names, names, cells);
    }

    private static boolean of(Agreement.Pair pair, EngineRun a, EngineRun b) {
        return pair.first().equals(a.result().engine())
                        && pair.second().equals(b.result().engine())
                || pair.first().equals(b.result().engine())
                        && pair.second().equals(a.result().engine());
    }
}
