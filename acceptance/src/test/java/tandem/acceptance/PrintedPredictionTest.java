package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static tandem.acceptance.PrintedTable.number;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code predict} prints of pictures, in detail and in short, against its JSON. */
final class PrintedPredictionTest {
    @TempDir
    Path folder;

    @Test
    void aPredictionPrintsWhatItsDocumentHolds() throws Exception {
        Drawing.seven(folder.resolve("seven.png"));
        Drawing.draw(folder.resolve("corner.png"), 76, 80);
        String[] words = {
            "predict",
            Runs.comparison().path().resolve("java/model.safetensors").toString(),
            "seven.png",
            "corner.png",
            "--engines",
            "java,reference"
        };
        List<String> asJson = new ArrayList<>(List.of(words));
        asJson.add("--json");
        JsonNode document = JsonMapper.shared()
                .readTree(Tandem.run(folder, 0, asJson.toArray(String[]::new)).out());
        List<String> inDetail = new ArrayList<>(List.of(words));
        inDetail.add("--details");
        PrintedTable table = PrintedTable.of(
                        Tandem.run(folder, 0, inDetail.toArray(String[]::new)).out())
                .getFirst();
        assertEquals(List.of("picture", "engine", "digit", "probability", "runner-up"), table.columns());
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode picture : document.get("pictures")) {
            for (JsonNode answer : picture.get("answers")) {
                JsonNode probabilities = answer.get("probabilities");
                List<Integer> digits = new ArrayList<>();
                for (int digit = 0; digit < 10; digit++) {
                    digits.add(digit);
                }
                digits.sort((a, b) -> Double.compare(
                        probabilities.get(b).doubleValue(), probabilities.get(a).doubleValue()));
                assertEquals(digits.get(0), answer.get("digit").intValue());
                rows.add(List.of(
                        picture.get("file").asString(),
                        answer.get("engine").asString(),
                        digits.get(0).toString(),
                        number("%.2f%%", 100, probabilities.get(digits.get(0))),
                        digits.get(1) + ", " + number("%.2f%%", 100, probabilities.get(digits.get(1)))));
            }
        }
        assertEquals(4, rows.size());
        assertEquals(rows, table.rows());

        // And in short, a row for each picture.
        PrintedTable brief = PrintedTable.of(Tandem.run(folder, 0, words).out()).getFirst();
        assertEquals(
                List.of("picture", "number", "probability", "engines"),
                brief.columns().subList(0, 4));
        assertEquals(2, brief.rows().size());
        for (int i = 0; i < 2; i++) {
            JsonNode picture = document.get("pictures").get(i);
            JsonNode first = picture.get("answers").get(0);
            int digit = first.get("digit").intValue();
            double least = picture.get("answers")
                    .valueStream()
                    .mapToDouble(
                            answer -> answer.get("probabilities").get(digit).doubleValue())
                    .min()
                    .orElseThrow();
            assertEquals(
                    List.of(
                            picture.get("file").asString(),
                            picture.get("numbers").get(0).asString(),
                            "%.0f%%".formatted(100 * least),
                            "all 2 agree"),
                    brief.rows().get(i).subList(0, 4));
            assertEquals(least < 0.8, picture.get("unsure").booleanValue());
            assertEquals(
                    least < 0.8 ? "unsure: %s or %s".formatted(digit, first.get("runnerUp")) : "",
                    brief.columns().size() > 4 ? brief.rows().get(i).get(4) : "");
        }
    }
}
