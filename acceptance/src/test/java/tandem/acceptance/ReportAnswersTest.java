package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tandem.acceptance.MadeUpComparison.ENGINES;
import static tandem.acceptance.MadeUpComparison.FOLDERS;
import static tandem.acceptance.MadeUpComparison.IMAGES;
import static tandem.acceptance.MadeUpComparison.floats;
import static tandem.acceptance.MadeUpComparison.idx;
import static tandem.acceptance.Page.rounded;
import static tandem.acceptance.PrintedTable.number;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What the report of a comparison shows of the engines' answers and weights, against its files. */
final class ReportAnswersTest {
    private static MadeUpComparison made;

    @BeforeAll
    static void find() throws Exception {
        made = MadeUpComparison.made();
    }

    @Test
    void confusionsAreTheEngines() {
        List<JsonNode> matrices = made.page.blocks("answers", "matrix");
        for (int engine = 0; engine < 3; engine++) {
            JsonNode confusion = made.engine(engine).get("confusion");
            int wrong = 0;
            int worst = 0;
            for (int label = 0; label < 10; label++) {
                for (int answer = 0; answer < 10; answer++) {
                    int count = confusion.get(label).get(answer).intValue();
                    wrong += label == answer ? 0 : count;
                    worst = label == answer ? worst : Math.max(worst, count);
                }
            }
            JsonNode matrix = matrices.get(engine);
            assertEquals(ENGINES.get(engine), matrix.get("engine").asString());
            assertEquals(
                    ENGINES.get(engine) + ": " + wrong + " wrong",
                    matrix.get("title").asString());
            assertEquals("label", matrix.get("rowTitle").asString());
            assertEquals("answer", matrix.get("columnTitle").asString());
            for (int label = 0; label < 10; label++) {
                for (int answer = 0; answer < 10; answer++) {
                    int count = confusion.get(label).get(answer).intValue();
                    JsonNode cell = matrix.get("cells").get(label).get(answer);
                    assertEquals(count == 0, cell.isNull());
                    if (count > 0) {
                        assertEquals(String.valueOf(count), cell.get("text").asString());
                        assertEquals(label == answer, cell.get("strong").booleanValue());
                        double shade = label == answer ? 1 : Math.sqrt((double) count / worst);
                        assertEquals(rounded(shade), cell.get("shade").doubleValue());
                    }
                }
            }
        }
    }

    private static double[] softmax(int engine, int image) {
        double[] p = new double[10];
        double sum = 0;
        for (int k = 0; k < 10; k++) {
            p[k] = Math.exp(made.logits[engine][10 * image + k]);
            sum += p[k];
        }
        for (int k = 0; k < 10; k++) {
            p[k] /= sum;
        }
        return p;
    }

    private static int answer(int engine, int image) {
        double[] p = softmax(engine, image);
        int best = 0;
        for (int k = 1; k < 10; k++) {
            best = p[k] > p[best] ? k : best;
        }
        return best;
    }

    @Test
    void imagesThatAnEngineGetsWrongAreThere() throws Exception {
        byte[] labels = idx("t10k-labels-idx1-ubyte.gz", 8);
        byte[] pixels = idx("t10k-images-idx3-ubyte.gz", 16);
        JsonNode grid = made.page.blocks("answers", "images").getFirst();
        int[] wrong = new int[3];
        int disagree = 0;
        List<Integer> mistakes = new ArrayList<>();
        for (int image = 0; image < IMAGES; image++) {
            boolean any = false;
            for (int engine = 0; engine < 3; engine++) {
                boolean isWrong = answer(engine, image) != labels[image];
                wrong[engine] += isWrong ? 1 : 0;
                any |= isWrong;
            }
            if (any) {
                mistakes.add(image);
                boolean alike = answer(0, image) == answer(1, image) && answer(0, image) == answer(2, image);
                disagree += alike ? 0 : 1;
            }
        }
        assertEquals(
                ENGINES,
                grid.get("engines").valueStream().map(JsonNode::asString).toList());
        assertArrayEquals(
                wrong,
                grid.get("wrong").valueStream().mapToInt(JsonNode::intValue).toArray());
        assertEquals(disagree, grid.get("disagree").intValue());
        assertEquals(
                mistakes,
                grid.get("images")
                        .valueStream()
                        .map(image -> image.get("index").intValue())
                        .sorted()
                        .toList());
        double before = 0;
        int at = 0;
        for (JsonNode image : grid.get("images")) {
            int index = image.get("index").intValue();
            assertEquals(labels[index], image.get("label").intValue());
            assertArrayEquals(
                    Arrays.copyOfRange(pixels, index * 784, (index + 1) * 784),
                    Base64.getDecoder().decode(image.get("pixels").asString()));
            double mean = 0;
            for (int engine = 0; engine < 3; engine++) {
                assertEquals(
                        answer(engine, index), image.get("answers").get(engine).intValue());
                double[] p = softmax(engine, index);
                mean += p[labels[index]] / 3;
                for (int k = 0; k < 10; k++) {
                    assertEquals(
                            p[k],
                            image.at("/probabilities/%d/%d".formatted(engine, k))
                                    .doubleValue(),
                            5.1e-5);
                }
            }
            // First those on which engines disagree, then the others; in both the least likely label first.
            before = at++ == disagree ? 0 : before;
            assertTrue(mean >= before - 1e-12, "image " + index);
            before = mean;
        }
        String note = made.page.blocks("answers", "note").getFirst().get("text").asString();
        assertTrue(
                note.startsWith("Of 200 test images, the engines give different answers on %d.".formatted(disagree)),
                note);
    }

    @Test
    void filtersAndLikenessesAreTheEngines() throws Exception {
        JsonNode filters = made.page.blocks("weights", "filters").getFirst().get("engines");
        for (int engine = 0; engine < 3; engine++) {
            float[] weights =
                    floats(made.run.resolve(FOLDERS.get(engine)).resolve("model.safetensors"), "conv1.weight");
            assertEquals(ENGINES.get(engine), filters.get(engine).get("engine").asString());
            assertEquals(32, filters.get(engine).get("filters").size());
            for (int i = 0; i < weights.length; i++) {
                assertEquals(
                        rounded(weights[i]),
                        filters.get(engine)
                                .at("/filters/%d/%d".formatted(i / 9, i % 9))
                                .doubleValue());
            }
        }
        double fewest = 1;
        double most = 0;
        for (JsonNode pair : made.comparison.at("/agreement/pairs")) {
            fewest = Math.min(fewest, pair.get("samePredictions").doubleValue());
            most = Math.max(most, pair.get("parameterDistance").doubleValue());
        }
        JsonNode same = made.page.block("weights", "Same answer, % of the test images");
        JsonNode distance = made.page.block("weights", "Distance of all parameters, relative");
        for (JsonNode pair : made.comparison.at("/agreement/pairs")) {
            int first = ENGINES.indexOf(pair.get("first").asString());
            int second = ENGINES.indexOf(pair.get("second").asString());
            double alike = pair.get("samePredictions").doubleValue();
            double apart = pair.get("parameterDistance").doubleValue();
            for (int[] cell : new int[][] {{first, second}, {second, first}}) {
                JsonNode likeness = same.get("cells").get(cell[0]).get(cell[1]);
                assertEquals(
                        number("%.2f", 100, pair.get("samePredictions")),
                        likeness.get("text").asString());
                assertEquals(
                        rounded((1 - alike) / (1 - fewest)),
                        likeness.get("shade").doubleValue());
                JsonNode away = distance.get("cells").get(cell[0]).get(cell[1]);
                assertEquals(
                        number("%.3f", pair.get("parameterDistance")),
                        away.get("text").asString());
                assertEquals(rounded(apart / most), away.get("shade").doubleValue());
            }
            assertTrue(same.get("cells").get(first).get(first).isNull());
        }
    }
}
