package tandem.lab.bench;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Network;
import tandem.core.Recipe;
import tandem.core.Require;
import tandem.core.data.Dataset;
import tandem.core.data.Datasets;
import tandem.core.data.Images;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Workers;
import tandem.lab.progress.Progress;
import tandem.lab.progress.Status;
import tandem.lab.run.RunDirectory;
import tandem.lab.run.TemporaryFolder;

/**
 * How the cost of a train step grows with a size. At every value, every engine has a process of its own, and they take
 * turns as in the rounds of a {@link Bench}; values come one after the other.
 *
 * @param size what is swept
 * @param points one for each value, from the smallest on
 */
public record Sweep(Size size, List<Point> points) {
    /** @throws Failure if a value comes twice, or points have different engines */
    public Sweep {
        Require.that(!points.isEmpty(), "points", points, "at least one");
        Require.that(
                points.stream().map(Point::value).distinct().count() == points.size(),
                "points",
                points.stream().map(Point::value).toList(),
                "of different values");
        Require.that(
                points.stream().map(Point::names).distinct().count() == 1,
                "engines",
                points.stream().map(Point::names).toList(),
                "the same at every value");
    }

    /** Images that a sweep of the image's side trains on, at least: those of a batch, and some for others. */
    private static final int IMAGES = 4096;

    /** What can be swept. */
    public enum Size {
        /** Images of a step. */
        BATCH_SIZE("images of a step"),
        /** Threads of an engine. */
        THREADS("threads of an engine"),
        /** Units of the dense layer. */
        HIDDEN("units of the dense layer"),
        /** Channels of the first convolution; those of the second grow in proportion. */
        CONV1("channels of the first convolution, those of the second in proportion"),
        /** Pixels of an image's side: the dataset's images are drawn larger or smaller. */
        SIDE("pixels of an image's side, for which images are drawn larger or smaller");

        private final String words;

        Size(String words) {
            this.words = words;
        }

        /** What its values count. */
        public String words() {
            return words;
        }

        @JsonValue
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /**
         * The recipe at a value.
         *
         * @throws Failure if there is none
         */
        Recipe of(Recipe recipe, int value) {
            Network network = recipe.network();
            return switch (this) {
                case BATCH_SIZE -> recipe.with(Map.of("batchSize", value));
                case THREADS -> {
                    Require.atLeast(1, "threads", value);
                    yield recipe;
                }
                case HIDDEN ->
                    recipe.with(Map.of("network", resized(network, network.conv1(), network.conv2(), value)));
                case CONV1 -> {
                    int conv2 = Math.toIntExact(Math.round((double) network.conv2() * value / network.conv1()));
                    yield recipe.with(Map.of("network", resized(network, value, conv2, network.hidden())));
                }
                case SIDE -> recipe.with(Map.of("network", network.forImages(value, value, network.classes())));
            };
        }

        private static Network resized(Network network, int conv1, int conv2, int hidden) {
            return new Network(
                    network.rows(),
                    network.columns(),
                    network.classes(),
                    conv1,
                    conv2,
                    hidden,
                    network.dropout1(),
                    network.dropout2());
        }
    }

    /**
     * What to sweep.
     *
     * @param size what is swept
     * @param values from the smallest on, each once
     * @param names engines and variants
     */
    public record Asked(Size size, List<Integer> values, List<EngineName> names) {

        /**
         * Reads {@code batch-size=1,4,16}.
         *
         * @param recipe what the other sizes are; its network already has the dataset's sizes
         * @throws Failure if there is no such size, or a value is none of it
         */
        public static Asked parse(String text, Recipe recipe, List<EngineName> names) {
            String[] sides = text.split("=", 2);
            Size size = Arrays.stream(Size.values())
                    .filter(candidate -> candidate.toString().equals(sides[0]))
                    .findFirst()
                    .orElseThrow(() -> new Failure("--sweep %s: there is no size '%s'; valid are %s"
                            .formatted(
                                    text,
                                    sides[0],
                                    Arrays.stream(Size.values())
                                            .map(Size::toString)
                                            .collect(Collectors.joining(", ")))));
            List<Integer> values = new ArrayList<>();
            for (String value : (sides.length == 1 ? "" : sides[1]).split(",", -1)) {
                try {
                    values.add(Integer.valueOf(value.strip()));
                } catch (NumberFormatException e) {
                    throw new Failure("--sweep %s: '%s' is not a whole number; write it like %s=1,2,4"
                            .formatted(text, value, size));
                }
            }
            Collections.sort(values);
            for (int i = 0; i < values.size(); i++) {
                int value = values.get(i);
                if (i > 0 && value == values.get(i - 1)) {
                    throw new Failure("--sweep %s: %s is there twice".formatted(text, value));
                }
                try {
                    size.of(recipe, value);
                } catch (Failure | ArithmeticException e) {
                    throw new Failure("--sweep %s: at %s, %s".formatted(text, value, e.getMessage()), e);
                }
            }
            return new Asked(size, List.copyOf(values), names);
        }
    }

    /**
     * All engines at one value.
     *
     * @param value of the size
     * @param sameInputs whether all engines had the same recipe, images and initial parameters; null if fewer than two
     *     ran
     * @param engines engines and variants in the order asked for, without figures of inference
     */
    public record Point(int value, @Nullable Boolean sameInputs, List<BenchRow> engines) {
        /** @throws Failure if the value is out of its range */
        public Point {
            Require.atLeast(1, "value", value);
        }

        private List<String> names() {
            return engines.stream().map(BenchRow::engine).toList();
        }

        /** Whether nothing is left to do. */
        boolean measured() {
            return engines.stream().noneMatch(row -> row.status() == Status.INTERRUPTED);
        }

        /** A row by its engine's name, one of {@link Sweep#engines()}. */
        public BenchRow row(String engine) {
            return engines.stream()
                    .filter(row -> row.engine().equals(engine))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Engines and variants, in the order asked for. */
    public List<String> engines() {
        return points.getFirst().names();
    }

    /** What was asked for. */
    Asked asked() {
        return new Asked(
                size,
                points.stream().map(Point::value).toList(),
                engines().stream().map(EngineName::parse).toList());
    }

    /** Before the first point; points that ended in a run before are kept. */
    static Sweep begun(Asked asked, Workers workers, Optional<Sweep> before) {
        return new Sweep(
                asked.size,
                asked.values.stream()
                        .map(value -> before.stream()
                                .filter(sweep -> sweep.asked().names.equals(asked.names))
                                .flatMap(sweep -> sweep.points.stream())
                                .filter(point -> point.value == value && point.measured())
                                .findFirst()
                                .orElseGet(() -> waiting(value, asked.names, workers)))
                        .toList());
    }

    private static Point waiting(int value, List<EngineName> names, Workers workers) {
        return new Point(
                value,
                null,
                names.stream()
                        .map(name -> BenchRow.waiting(
                                name, workers.engines().get(name).provider()))
                        .toList());
    }

    /**
     * Measures what is not measured yet.
     *
     * @param data the recipe's dataset
     * @param kept is told what is done after every value
     */
    Sweep measure(Bench.Plan plan, Workers workers, Dataset data, RunDirectory directory, Consumer<Sweep> kept) {
        List<Point> done = new ArrayList<>(points);
        for (int i = 0; i < done.size() && !workers.stop().raised(); i++) {
            if (!done.get(i).measured()) {
                Point point = point(plan, done.get(i).value, workers, data, directory);
                done.set(i, point);
                kept.accept(new Sweep(size, List.copyOf(done)));
                if (!workers.stop().raised()) {
                    workers.progress().accept(told(point));
                }
            }
        }
        return new Sweep(size, List.copyOf(done));
    }

    private Progress told(Point point) {
        SequencedMap<String, Double> medians = new LinkedHashMap<>();
        for (BenchRow row : point.engines) {
            if (row.millisPerStep() != null) {
                medians.put(row.engine(), row.millisPerStep().median());
            }
        }
        return new Progress.Swept("%s %s".formatted(size, point.value), medians);
    }

    private Point point(Bench.Plan plan, int value, Workers workers, Dataset data, RunDirectory directory) {
        Recipe recipe = size.of(plan.recipe(), value);
        TemporaryFolder images = null;
        try {
            Dataset drawn = data;
            if (size == Size.SIDE) {
                images = TemporaryFolder.create("tandem-images");
                drawn = drawn(data, value, Math.max(IMAGES, 2 * recipe.batchSize()));
                Datasets.write(drawn, images.path());
                recipe = recipe.with(Map.of("dataset", images.path().toString(), "trainLimit", 0, "testLimit", 0));
            }
            Rounds.Result result = Rounds.run(
                    plan.at(recipe, asked().names),
                    size == Size.THREADS ? workers.with(value) : workers,
                    drawn,
                    directory,
                    "%s-%s".formatted(size, value));
            return new Point(value, result.sameInputs(), result.rows());
        } finally {
            if (images != null) {
                images.delete();
            }
        }
    }

    /** The first images with another side: each pixel is the one that lies under it. */
    static Dataset drawn(Dataset data, int side, int limit) {
        Dataset first = data.limit(limit, 1);
        return new Dataset(first.name(), first.classes(), drawn(first.train(), side), drawn(first.test(), side));
    }

    private static Images drawn(Images images, int side) {
        byte[] pixels = new byte[Math.multiplyExact(images.count(), side * side)];
        byte[] labels = new byte[images.count()];
        int to = 0;
        for (int image = 0; image < images.count(); image++) {
            labels[image] = (byte) images.label(image);
            for (int row = 0; row < side; row++) {
                int line = (image * images.rows() + row * images.rows() / side) * images.columns();
                for (int column = 0; column < side; column++) {
                    pixels[to++] = images.pixels()[line + column * images.columns() / side];
                }
            }
        }
        return new Images(side, side, pixels, labels, images.normalisation());
    }
}
