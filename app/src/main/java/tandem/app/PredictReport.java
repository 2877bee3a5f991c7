package tandem.app;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tandem.core.Json;
import tandem.core.picture.Box;
import tandem.core.picture.DigitImage;
import tandem.core.picture.Picture;
import tandem.core.picture.PictureDigits;
import tandem.lab.predict.Answer;
import tandem.lab.predict.Predictions;
import tandem.lab.predict.Reading;
import tandem.lab.table.Column;
import tandem.lab.table.Table;

/** What a prediction prints: a table, or one JSON document. */
final class PredictReport {
    /** Columns of a terminal. */
    private static final int WIDTH = 80;

    private final Path model;
    private final boolean json;
    private final boolean show;
    private final boolean details;
    private final List<Read> read = new ArrayList<>();

    /** A picture: its digits, or why there are none. */
    private record Read(
            String file,
            List<String> notes,
            @Nullable PictureDigits digits,
            @Nullable String failure) {}

    /** A line of the short table: a number. */
    private record Row(String file, List<Reading> digits) {
        String number() {
            return digits.stream().map(digit -> String.valueOf(digit.digit())).collect(Collectors.joining());
        }

        /** That all digits are right: they are independent of each other. */
        double percentage() {
            return digits.stream().mapToDouble(Reading::probability).reduce(100, (a, b) -> a * b);
        }

        boolean unsure() {
            return digits.stream().anyMatch(Reading::unsure);
        }

        /** How many engines see the whole number as most of them do. */
        String engines() {
            List<Answer> first = digits.getFirst().answers();
            int all = first.size();
            if (all == 1) {
                return first.getFirst().engine().toString();
            }
            List<String> others = new ArrayList<>();
            for (int engine = 0; engine < all; engine++) {
                int index = engine;
                String number = digits.stream()
                        .map(digit -> String.valueOf(digit.answers().get(index).digit()))
                        .collect(Collectors.joining());
                if (!number.equals(number())) {
                    others.add("%s says %s".formatted(first.get(engine).engine(), number));
                }
            }
            return others.isEmpty()
                    ? "all %s agree".formatted(all)
                    : "%s of %s agree, %s".formatted(all - others.size(), all, String.join(", ", others));
        }

        /** The number with each doubtful digit's other possibility. */
        @Nullable
        String doubt() {
            return unsure()
                    ? "unsure: "
                            + digits.stream()
                                    .filter(Reading::unsure)
                                    .map(digit -> "%s or %s".formatted(digit.digit(), digit.otherwise()))
                                    .collect(Collectors.joining(", "))
                    : "";
        }
    }

    /** A line of the long table: an engine's answer to a digit. */
    private record Detail(String file, Answer answer) {
        private double percentage() {
            return 100 * answer.probability();
        }
    }

    /**
     * A digit in the document.
     *
     * @param number index of the number that it belongs to
     * @param box where it is, in pixels of the file
     * @param darkOnLight whether it was inverted
     * @param unsure whether engines differ, or one gives the digit less than 80%
     * @param pixels what the network saw, [rows][columns] from 0 to 255, or null if it was not asked for
     * @param answers of the engines
     */
    private record DigitJson(
            int number,
            Box box,
            boolean darkOnLight,
            boolean unsure,
            int @Nullable [][] pixels,
            List<Answer> answers) {}

    /**
     * A picture in the document.
     *
     * @param file as the user named it
     * @param failure why it could not be read, or null
     * @param notes what was amiss with the file
     * @param numbers what is read, a number each
     * @param unsure whether a digit is doubtful
     * @param digits from left to right, and from top to bottom
     * @param darkOnLight of the only digit, or null
     * @param pixels of the only digit, or null
     * @param answers to the only digit
     */
    private record PictureJson(
            String file,
            @Nullable String failure,
            List<String> notes,
            List<String> numbers,
            boolean unsure,
            List<DigitJson> digits,
            @Nullable Boolean darkOnLight,
            int @Nullable [][] pixels,
            List<Answer> answers) {}

    /** The document. */
    private record Document(String model, List<Predictions.AskedEngine> engines, List<PictureJson> pictures) {}

    PredictReport(Path model, boolean json, boolean show, boolean details) {
        this.model = model;
        this.json = json;
        this.show = show;
        this.details = details;
    }

    /** Adds a picture; shows its digits at once if asked to. */
    void add(String file, Picture picture, PictureDigits digits) {
        read.add(new Read(file, picture.notes(), digits, null));
        picture.notes().forEach(note -> System.err.println("tandem: %s: %s".formatted(file, note)));
        if (show && !json) {
            List<DigitImage> images =
                    digits.all().stream().map(PictureDigits.Digit::image).toList();
            LabCommand.say("%s, %s:", file, images.getFirst().darkOnLight() ? "inverted" : "not inverted");
            System.out.print(DigitImage.asText(images, WIDTH));
        }
    }

    /** Adds a picture that cannot be read. */
    void refuse(String file, String sentence) {
        read.add(new Read(file, List.of(), null, sentence));
        System.err.println("tandem: " + sentence);
    }

    /** Prints all answers, and returns whether every picture and every engine is fine. */
    boolean print(Predictions predictions, boolean unavailableIsFine) {
        List<Row> rows = new ArrayList<>();
        List<PictureJson> pictures = new ArrayList<>();
        Iterator<List<Answer>> answers = predictions.answers().iterator();
        for (Read picture : read) {
            List<DigitJson> digits = new ArrayList<>();
            List<String> numbers = new ArrayList<>();
            List<List<PictureDigits.Digit>> found = picture.digits == null ? List.of() : picture.digits.numbers();
            for (List<PictureDigits.Digit> number : found) {
                List<Reading> readings = new ArrayList<>();
                for (PictureDigits.Digit digit : number) {
                    List<Answer> said = answers.next();
                    boolean unsure = false;
                    if (!said.isEmpty()) {
                        readings.add(new Reading(said));
                        unsure = readings.getLast().unsure();
                    }
                    DigitImage image = digit.image();
                    digits.add(new DigitJson(
                            found.indexOf(number),
                            digit.box(),
                            image.darkOnLight(),
                            unsure,
                            show ? pixels(image) : null,
                            said));
                }
                if (!readings.isEmpty()) {
                    rows.add(new Row(picture.file, readings));
                    numbers.add(rows.getLast().number());
                }
            }
            DigitJson only = digits.size() == 1 ? digits.getFirst() : null;
            pictures.add(new PictureJson(
                    picture.file,
                    picture.failure,
                    picture.notes,
                    numbers,
                    digits.stream().anyMatch(DigitJson::unsure),
                    digits,
                    only == null ? null : only.darkOnLight,
                    only == null ? null : only.pixels,
                    only == null ? List.of() : only.answers));
        }
        if (json) {
            System.out.println(Json.indented(new Document(model.toString(), predictions.engines(), pictures)));
        } else if (!rows.isEmpty()) {
            System.out.println(details ? detailed(rows) : brief(rows));
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

    private static String brief(List<Row> rows) {
        List<Column<Row>> columns = new ArrayList<>(List.of(
                Column.words("picture", "Picture", Row::file),
                Column.figures("number", "Number", null, Row::number),
                Column.numbers("probability", "Probability", "%", "%.0f", Row::percentage)
                        .ending("%"),
                Column.words("engines", "Engines", Row::engines)));
        if (rows.stream().anyMatch(Row::unsure)) {
            columns.add(Column.words("doubt", "Doubt", Row::doubt));
        }
        return TextTable.of(new Table<>(columns, rows));
    }

    private static String detailed(List<Row> rows) {
        List<Detail> all = rows.stream()
                .flatMap(row -> row.digits.stream()
                        .flatMap(digit -> digit.answers().stream().map(answer -> new Detail(row.file, answer))))
                .toList();
        List<Column<Detail>> columns = List.of(
                Column.words("picture", "Picture", Detail::file),
                Column.words("engine", "Engine", row -> row.answer.engine()),
                Column.figures("digit", "Digit", null, row -> row.answer.digit()),
                Column.numbers("probability", "Probability", "%", "%.2f", Detail::percentage)
                        .ending("%"),
                Column.words("runner-up", "Runner-up", row -> runnerUp(row.answer)));
        return TextTable.of(new Table<>(columns, all));
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
