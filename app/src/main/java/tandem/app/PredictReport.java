package tandem.app;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tandem.core.picture.DigitImage;
import tandem.lab.EngineResult.Status;
import tandem.lab.Json;
import tandem.lab.StopSignal;
import tandem.lab.predict.Answer;
import tandem.lab.predict.Predictions;

/** What a prediction prints: a table, or one JSON document. */
final class PredictReport {
    private static final int INTERRUPTED = 130;

    private final Path model;
    private final boolean json;
    private final boolean show;
    private final List<Read> read = new ArrayList<>();

    /** A picture: its image, or why there is none. */
    private record Read(String file, DigitImage image, String failure) {}

    /** A line of the table. */
    private record Row(String file, Answer answer) {}

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
            String file, String failure, Boolean darkOnLight, int[][] pixels, List<Answer> answers) {}

    /** The document. */
    private record Document(String model, List<Predictions.Outcome> engines, List<PictureJson> pictures) {}

    PredictReport(Path model, boolean json, boolean show) {
        this.model = model;
        this.json = json;
        this.show = show;
    }

    /** Adds a picture; shows it at once if asked to. */
    void add(String file, DigitImage image) {
        read.add(new Read(file, image, null));
        if (show && !json) {
            System.out.println("%s, %s:".formatted(file, image.darkOnLight() ? "inverted" : "not inverted"));
            System.out.println(image.asText());
        }
    }

    /** Adds a picture that cannot be read. */
    void refuse(String file, String sentence) {
        read.add(new Read(file, null, sentence));
        System.err.println("tandem: " + sentence);
    }

    /**
     * Prints all answers.
     *
     * @param unavailableIsFine whether an engine that does not run here was not asked for by name
     * @return the exit code
     */
    int print(Predictions predictions, boolean unavailableIsFine, StopSignal stop) {
        List<Row> rows = new ArrayList<>();
        List<PictureJson> pictures = new ArrayList<>();
        int image = 0;
        for (Read picture : read) {
            List<Answer> answers =
                    picture.image == null || predictions.answers().isEmpty()
                            ? List.of()
                            : predictions.answers().get(image++);
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
        for (Predictions.Outcome engine : predictions.engines()) {
            if (engine.failure() != null) {
                System.err.println("tandem: %s: %s: %s".formatted(engine.engine(), engine.status(), engine.failure()));
            }
        }
        if (stop.raised()) {
            return INTERRUPTED;
        }
        boolean fine = read.stream().allMatch(picture -> picture.failure == null)
                && predictions.engines().stream()
                        .allMatch(engine -> engine.status() == Status.DONE
                                || unavailableIsFine && engine.status() == Status.UNAVAILABLE);
        return fine ? 0 : 1;
    }

    private static String table(List<Row> rows) {
        return Tables.of(
                rows,
                List.of(
                        Tables.text("picture", Row::file),
                        Tables.text("engine", row -> row.answer.engine().toString()),
                        Tables.right("digit", row -> String.valueOf(row.answer.digit())),
                        Tables.number("probability", "%.2f%%", row -> 100 * row.answer.probability()),
                        Tables.text("runner-up", row -> runnerUp(row.answer))));
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
