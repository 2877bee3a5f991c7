package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a server answers about digits: which they are, why, what would turn the answer, what is inside. */
interface ServedAnswers {
    /** Labels of the first test images of MNIST. */
    int[] LABELS = {7, 2, 1, 0, 4, 1, 4, 9, 5, 9, 0, 6, 9, 0, 1, 5, 9, 7, 3, 4};

    /** The server that all tests share. */
    Served server();

    /** The folder that the server runs in. */
    Path folder();

    @Test
    @Order(2)
    default void digitsAreRead() throws Exception {
        int right = 0;
        for (int i = 0; i < LABELS.length; i++) {
            ObjectNode body = Served.image(i);
            body.putArray("engines").add("java");
            JsonNode answer = Served.json(server().post("/api/predict", body));
            JsonNode java = answer.get("engines").get(0);
            assertEquals("java", java.get("engine").asString());
            assertEquals(10, java.get("probabilities").size());
            double sum = 0;
            for (JsonNode probability : java.get("probabilities")) {
                sum += probability.doubleValue();
            }
            assertEquals(1, sum, 1e-9);
            assertTrue(answer.get("agree").booleanValue());
            for (int pixel = 0; pixel < 784; pixel += 13) {
                assertEquals(
                        body.get("pixels").get(pixel).doubleValue(),
                        answer.get("pixels").get(pixel).doubleValue(),
                        1e-4,
                        "what the network sees is what was sent");
            }
            right += java.get("digit").intValue() == LABELS[i] ? 1 : 0;
        }
        assertTrue(right >= 19, right + " of " + LABELS.length);
    }

    @Test
    @Order(2)
    default void picturesAndDrawingsGoThePathOfPredict() throws Exception {
        Path seven = Drawing.seven(folder().resolve("seven.png"));
        HttpResponse<String> response = server().send(server().request("/api/predict?engines=java")
                .header("Content-Type", "image/png")
                .POST(HttpRequest.BodyPublishers.ofFile(seven)));
        JsonNode picture = Served.json(response);
        assertEquals(7, picture.get("engines").get(0).get("digit").intValue());

        // The same strokes, as a page sends them, in a corner of a large pad.
        BufferedImage image = ImageIO.read(seven.toFile());
        ObjectNode body = Served.JSON.createObjectNode();
        body.put("rows", 200).put("columns", 220);
        var pixels = body.putArray("pixels");
        for (int y = 0; y < 200; y++) {
            for (int x = 0; x < 220; x++) {
                boolean inside = x < 100 && y < 100;
                pixels.add(inside ? (image.getRGB(x, y) & 0xff) / 255.0 : 0);
            }
        }
        body.putArray("engines").add("java");
        JsonNode drawing = Served.json(server().post("/api/predict?centred=true", body));
        assertEquals(7, drawing.get("engines").get(0).get("digit").intValue());
        double difference = 0;
        for (int i = 0; i < 784; i++) {
            difference += Math.abs(picture.get("pixels").get(i).doubleValue()
                    - drawing.get("pixels").get(i).doubleValue());
        }
        assertTrue(difference / 784 < 0.02, "the place on the pad does not matter: " + difference / 784);
    }

    /** The derivative of a logit by a pixel, against what happens when the pixel changes. */
    @Test
    @Order(2)
    default void whyIsTheGradient() throws Exception {
        ObjectNode body = Served.image(0);
        JsonNode why = Served.json(server().post("/api/explain", body));
        int digit = why.get("digit").intValue();
        assertEquals(7, digit);
        int checked = 0;
        for (int pixel = 200; pixel < 600 && checked < 8; pixel += 7) {
            double value = body.get("pixels").get(pixel).doubleValue();
            if (value > 0.1 && value < 0.9) {
                double change = 1 / 255.0;
                double more = logit(body, pixel, value + change, digit);
                double less = logit(body, pixel, value - change, digit);
                double gradient = why.get("gradient").get(pixel).doubleValue();
                // A network of ReLUs has kinks: between them the difference is the derivative.
                assertEquals((more - less) / (2 * change), gradient, 0.05 + 0.05 * Math.abs(gradient));
                checked++;
            }
        }
        assertTrue(checked >= 4, "pixels that can go both ways");
        JsonNode three = Served.json(server().post("/api/explain", body.put("digit", 3)));
        assertEquals(3, three.get("digit").intValue());
        assertNotEquals(why.get("gradient"), three.get("gradient"));
    }

    private double logit(ObjectNode body, int pixel, double value, int digit) throws Exception {
        ObjectNode changed = body.deepCopy();
        ((ArrayNode) changed.get("pixels")).set(pixel, value);
        return Served.json(server().post("/api/explain", changed))
                .get("logits")
                .get(digit)
                .doubleValue();
    }

    @Test
    @Order(2)
    default void aSmallChangeTurnsTheAnswer() throws Exception {
        ObjectNode body = Served.image(0);
        body.putArray("engines").add("java");
        JsonNode fooled = Served.json(server().post("/api/fool", body));
        assertEquals(7, fooled.get("from").intValue());
        int to = fooled.get("to").intValue();
        assertNotEquals(7, to);
        double squares = 0;
        for (int i = 0; i < 784; i++) {
            double pixel = fooled.get("pixels").get(i).doubleValue();
            assertTrue(pixel >= 0 && pixel <= 1);
            squares += Math.pow(pixel - body.get("pixels").get(i).doubleValue(), 2);
        }
        assertEquals(Math.sqrt(squares), fooled.get("l2").doubleValue(), 1e-2);
        // The mean distance of DeepFool on MNIST is a tenth of the image's norm (the paper's table 1), and a 7's is 9.
        assertTrue(Math.sqrt(squares) < 3, "small: " + Math.sqrt(squares));
        assertEquals(to, fooled.get("engines").get(0).get("digit").intValue(), "an engine in float32 is fooled, too");
    }

    @Test
    @Order(2)
    default void whatIsInsideIsShown() throws Exception {
        JsonNode inside = Served.json(server().post("/api/inside", Served.image(3)));
        List<String> shapes = new ArrayList<>();
        inside.get("layers")
                .forEach(layer -> shapes.add("%s %s x %s x %s"
                        .formatted(
                                layer.get("name").asString(),
                                layer.get("maps").size(),
                                layer.get("rows"),
                                layer.get("columns"))));
        assertEquals(
                List.of("conv1 32 x 26 x 26", "conv2 64 x 24 x 24", "pool 64 x 12 x 12", "fc1 1 x 1 x 128"), shapes);
        assertEquals(32, inside.get("filters").size());
        assertEquals(9, inside.get("filters").get(0).size());
    }
}
