package tandem.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.core.Json;
import tandem.core.data.Catalogue;
import tandem.core.data.Location;
import tandem.lab.bench.Bench;
import tandem.lab.bench.BenchTables;
import tandem.lab.bench.Sweep;
import tandem.lab.compare.Comparison;
import tandem.lab.compare.ComparisonTable;
import tandem.lab.parity.Parity;
import tandem.lab.parity.ParityTables;
import tandem.lab.study.Differences;
import tandem.lab.study.Study;
import tandem.lab.study.StudyTables;
import tandem.lab.table.Column;
import tandem.lab.table.Table;

/** Tables as text, of rows written here and of the lab's example files. */
final class TextTableTest {
    private static final Path EXAMPLES = Path.of("../lab/src/test/resources/tandem/lab/report/examples");

    private record Row(String engine, Double accuracy, Double rate, String library) {}

    private static final Table<Row> TABLE = new Table<>(
            List.of(
                    Column.words("engine", "Engine", Row::engine),
                    Column.numbers("accuracy", "Accuracy", "%", "%.2f", Row::accuracy)
                            .ending("%"),
                    Column.numbers("images/s", "Training", null, "%,.0f", Row::rate)
                            .asExtra(),
                    Column.<Row>words("library", "Library", Row::library).asExtra()),
            List.of(
                    new Row("java", 98.484, 17562.4, "Tandem"),
                    new Row("deeplearning4j", null, 1982.0, "Deeplearning4j 1.0.0")));

    @Test
    void aPipeGetsAllColumnsAsMarkdown() {
        assertEquals("""
                | engine         | accuracy | images/s | library              |
                |----------------|----------|----------|----------------------|
                | java           |   98.48% |   17,562 | Tandem               |
                | deeplearning4j |        - |    1,982 | Deeplearning4j 1.0.0 |""", TextTable.markdown(TABLE));
    }

    @Test
    void aTerminalGetsWhatFitsAndIsToldTheRest() {
        assertEquals("""
                engine          accuracy  images/s  library
                --------------------------------------------------------
                java              98.48%    17,562  Tandem
                deeplearning4j         -     1,982  Deeplearning4j 1.0.0""", TextTable.fitting(TABLE, 56));
        assertEquals("""
                engine          accuracy  images/s
                ----------------------------------
                java              98.48%    17,562
                deeplearning4j         -     1,982

                In a wider terminal: library.""", TextTable.fitting(TABLE, 55));
        assertEquals("""
                engine          accuracy
                ------------------------
                java              98.48%
                deeplearning4j         -

                In a wider terminal:
                images/s, library.""", TextTable.fitting(TABLE, 25));
    }

    @Test
    void wordsThatNeverFitAreBroken() {
        Table<String> table = new Table<>(
                List.of(Column.words("no", "No", row -> "1"), Column.words("why", "Why", row -> row)),
                List.of("the worker died of a signal"));
        assertEquals("""
                no  why
                -------------------
                1   the worker died
                    of a signal""", TextTable.fitting(table, 20));
    }

    /** Each column can keep its longest word, or the longest part of its longest path. */
    @Test
    void cellsAreBrokenBetweenWordsAndBehindSlashes() {
        Table<String> table = new Table<>(
                List.of(
                        Column.words("dataset", "", row -> row),
                        Column.words("what", "", row -> "characters (Kuzushiji-MNIST, CODH)"),
                        Column.words("where", "", row -> "in /usr/share/datasets/kmnist"),
                        Column.figures("on disk", "", null, row -> "21 MB")),
                List.of("kmnist-of-rois"));
        assertEquals("""
                dataset         what               where            on disk
                -----------------------------------------------------------
                kmnist-of-rois  characters         in /usr/share/     21 MB
                                (Kuzushiji-MNIST,  datasets/kmnist
                                CODH)""", TextTable.fitting(table, 62));
        assertEquals("""
                dataset         what               where      on disk
                -----------------------------------------------------
                kmnist-of-rois  characters         in /usr/     21 MB
                                (Kuzushiji-MNIST,  share/
                                CODH)              datasets/
                                                   kmnist""", TextTable.fitting(table, 56));
    }

    /** Without room for the longest words, they are cut, and no line is too long all the same. */
    @Test
    void wordsAreCutWhereNothingElseHelps() {
        Table<String> table = new Table<>(
                List.of(
                        Column.words("engine", "", row -> row),
                        Column.words("library", "", row -> "Deeplearning4j 1.0")),
                List.of("deeplearning4j"));
        assertEquals("""
                engine        library
                --------------------------
                deeplearning  Deeplearning
                4j            4j 1.0""", TextTable.fitting(table, 26));
    }

    /** As on a machine where one is installed and another was fetched. */
    @Test
    void datasetsAt80ColumnsKeepTheirWords() {
        List<Catalogue.Entry> datasets = Catalogue.ofUser().entries().stream()
                .map(known -> new Catalogue.Entry(
                        known.name(),
                        known.title(),
                        known.licence(),
                        switch (known.name()) {
                            case "mnist" -> new Location.Embedded(11_000_000);
                            case "fashion-mnist" ->
                                new Location.Installed(Path.of("/usr/share/datasets/fashion-mnist"), 31_000_000);
                            case "kmnist" ->
                                new Location.Cached(Path.of("/home/anna/.cache/tandem/datasets/kmnist"), 21_000_000);
                            default -> new Location.Missing(Path.of("unused"));
                        }))
                .toList();
        String text = TextTable.fitting(DataCommand.table(datasets), 80);
        assertTrue(text.lines().allMatch(line -> line.length() <= 80), text);
        List<String> printed = List.of(text.split("\\s+"));
        for (Catalogue.Entry dataset : datasets) {
            for (String words : List.of(dataset.name(), dataset.title(), dataset.licence())) {
                for (String word : words.split(" ")) {
                    assertTrue(printed.contains(word), () -> "%s in%n%s".formatted(word, text));
                }
            }
        }
        assertTrue(printed.containsAll(List.of("datasets/", "fashion-mnist", "kmnist")), text);
    }

    @ParameterizedTest
    @ValueSource(ints = {80, 120})
    void noLineOfAResultIsLongerThanTheTerminal(int width) {
        Study study = Json.read(EXAMPLES.resolve("study.json"), Study.class);
        Differences differences = Json.read(EXAMPLES.resolve("differences.json"), Differences.class);
        Parity parity = Json.read(EXAMPLES.resolve("parity.json"), Parity.class);
        Comparison comparison = Json.read(EXAMPLES.resolve("comparison.json"), Comparison.class);
        Bench bench = Bench.read(EXAMPLES.resolve("bench.json"));
        Sweep sweep = bench.sweeps().getFirst();
        for (Table<?> table : List.of(
                ComparisonTable.of(comparison),
                BenchTables.sweptSteps(sweep),
                BenchTables.sweptImages(sweep),
                BenchTables.sweptMemory(sweep),
                StudyTables.engines(study),
                StudyTables.pairs(study.pairs()),
                StudyTables.recipes(differences),
                StudyTables.swaps(differences.swaps()),
                ParityTables.proof(parity),
                ParityTables.trajectories(parity),
                BenchTables.speed(bench),
                BenchTables.toAccuracy(Objects.requireNonNull(bench.toAccuracy())))) {
            String text = TextTable.fitting(table, width);
            assertTrue(text.lines().allMatch(line -> line.length() <= width), text);
        }
    }

    /** The columns that a comparison is made for. */
    @Test
    void aComparisonAt80ColumnsHasSpeedAndAccuracy() {
        Comparison comparison = Json.read(EXAMPLES.resolve("comparison.json"), Comparison.class);
        String header = TextTable.fitting(ComparisonTable.of(comparison), 80)
                .lines()
                .findFirst()
                .orElseThrow();
        List<String> columns = List.of(header.split(" {2,}"));
        assertTrue(
                columns.containsAll(List.of("engine", "accuracy", "ms/step", "vs next", "images/s")),
                columns::toString);
    }
}
