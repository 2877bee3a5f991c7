package tandem.app;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tandem.core.Json;
import tandem.core.picture.DigitImage;
import tandem.lab.predict.Answer;
import tandem.lab.predict.Predictions;
import tandem.lab.table.Column;
import tandem.lab.table.Table;

/** What a prediction prints: a table, or one JSON document. */
final class PredictReport {
    private final Path model;
    private final boolean json;
    private final boolean show;
    private final List<Read> read = new ArrayList<>();

    /** A picture: its image, or why there is none. */
    private record Read(
            String file,
            @Nullable DigitImage image,
            @Nullable String failure) {}

    /** A line of the table. */
    private record Row(String file, Answer answer) {
        private double percentage() {
            return 100 * answer.probability();
        }
    }

    /**
     * A picture in the document.
     *
     * @param file as the user named it
     * @param failure why it could not be read, or null
     * @param darkOnLight whether it was inverted, or null
     * @param pixels what the network saw, [rows][columns] from 0 to 255, or null if it was not asked for
     * @param answers of the engines
     */
    private record PictureJson(
            String file,
            @Nullable String failure,
            @Nullable Boolean darkOnLight,
            int @Nullable [][] pixels,
            List<Answer> answers) {}

    /** The document. */
    private record Document(String model, List<Predictions.AskedEngine> engines, List<PictureJson> pictures) {}

    PredictReport(Path model, boolean json, boolean show) {
        this.model = model;
        this.json = json;
        this.show = show;
    }

    /** Adds a picture; shows it at once if asked to. */
    void add(String file, DigitImage image) {
        read.add(new Read(file, image, null));
        if (show && !json) {
            LabCommand.say("%s, %s:", file, image.darkOnLight() ? "inverted" : "not inverted");
            System.out.println(image.asText());
        }
    }

    /** Adds a picture that cannot be read. */
    void refuse(String file, String sentence) {
        read.add(new Read(file, null, sentence));
        System.err.println("tandem: " + sentence);
    }

    /** Prints all answers, and returns whether every picture and every engine is fine. */
    boolean print(Predictions predictions, boolean unavailableIsFine) {
        List<Row> rows = new ArrayList<>();
        List<PictureJson> pictures = new ArrayList<>();
        int image = 0;
        for (Read picture : read) {
            boolean answered = picture.image != null && !predictions.answers().isEmpty();
            List<Answer> answers = answered ? predictions.answers().get(image++) : List.of();
            answers.forEach(answer -> rows.add(new Row(picture.file, answer)));
            pictures.add(new PictureJson(
                    picture.file,
                    picture.failure,
                    picture.image == null ? null : picture.image.darkOnLight(),
                    show && picture.image != null ? pixels(picture.image) : null,
                    answers));
        }
        if (json) {
            System.out.println(Json.indented(new Document(model.toString(), predictions.engines(), pictures)));
        } else if (!rows.isEmpty()) {
            System.out.println(table(rows));
        }
        for (Predictions.AskedEngine engine : predictions.engines()) {
            if (engine.failure() != null) {
                System.err.println("tandem: %s: %s: %s".formatted(engine.engine(), engine.status(), engine.failure()));
            }
        }
        return read.stream().allMatch(picture -> picture.failure == null)
                && predictions.engines().stream()
                        .allMatch(engine -> engine.status().fine(unavailableIsFine));
    }

    private static String table(List<Row> rows) {
        List<Column<Row>> columns = List.of(
                Column.words("picture", "Picture", Row::file),
                Column.words("engine", "Engine", row -> row.answer.engine()),
                Column.figures("digit", "Digit", null, row -> row.answer.digit()),
                Column.numbers("probability", "Probability", "%", "%.2f", Row::percentage)
                        .ending("%"),
                Column.words("runner-up", "Runner-up", row -> runnerUp(row.answer)));
        return TextTable.of(new Table<>(columns, rows));
    }

    private static String runnerUp(Answer answer) {
        return String.format(
                Locale.ROOT, "%d, %.2f%%", answer.runnerUp(), 100 * answer.probabilities()[answer.runnerUp()]);
    }

    private static int[][] pixels(DigitImage image) {
        int[][] rows = new int[image.rows()][image.columns()];
        for (int i = 0; i < image.pixels().length; i++) {
            rows[i / image.columns()][i % image.columns()] = image.pixels()[i] & 0xff;
        }
        return rows;
    }
}
