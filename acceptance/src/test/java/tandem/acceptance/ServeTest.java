package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tandem.acceptance.ServedRefusals.refused;

import java.awt.image.BufferedImage;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The HTTP interface of {@code tandem serve}: one server, as a visitor finds it who has no run yet. All tests share it,
 * in their order. Here it starts, survives and ends; other subjects are in the interfaces.
 */
@Timeout(180)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ServeTest implements ServedRefusals {
    /** Labels of the first test images of MNIST. */
    private static final int[] LABELS = {7, 2, 1, 0, 4, 1, 4, 9, 5, 9, 0, 6, 9, 0, 1, 5, 9, 7, 3, 4};

    @TempDir
    static Path folder;

    private static Served server;

    private static SlowClients slow;

    @BeforeAll
    static void start() throws Exception {
        server = Served.start(folder);
        slow = SlowClients.of(server.uri("/").getPort());
    }

    @AfterAll
    static void end() throws Exception {
        server.close();
        slow.close();
    }

    /** The first visit: it trains at once, and answers by what it trained. */
    @Test
    @Order(1)
    void aFirstVisitWatchesANetworkLearn() throws Exception {
        JsonNode before = Served.json(server.get("/api/model"));
        assertTrue(before.get("model").isNull());
        String training = before.get("training").asString();
        refused(
                422,
                "there is no model yet; train one, or wait until the first is trained",
                server.post("/api/predict", Served.image(0)));
        FutureTask<List<Served.Event>> models = new FutureTask<>(() -> server.events(
                "/api/events",
                null,
                event -> event.type().equals("model")
                        && event.data().at("/model/testAccuracy").isNumber()));
        Thread.ofVirtual().start(models);
        List<Served.Event> events = server.events(
                "/api/trainings/" + training + "/events",
                null,
                event -> event.type().equals("end"));
        assertEquals("done", events.getLast().data().get("state").asString());
        List<Served.Event> steps =
                events.stream().filter(event -> event.type().equals("steps")).toList();
        List<Long> told = new ArrayList<>();
        steps.forEach(event -> event.data()
                .get("points")
                .forEach(point -> told.add(point.get(0).longValue())));
        assertEquals(Stream.iterate(0L, n -> n + 1).limit(938).toList(), told, "every step once, in order");
        assertTrue(steps.size() > 5, "while it learns, not at its end: " + steps.size());
        List<Double> tested = events.stream()
                .filter(event -> event.type().equals("tested"))
                .map(event -> event.data().get("accuracy").doubleValue())
                .toList();
        assertEquals(9, tested.size());
        assertTrue(tested.getLast() > 0.96, tested::toString);
        double accuracy = events.stream()
                .filter(event -> event.type().equals("epoch"))
                .findFirst()
                .orElseThrow()
                .data()
                .get("testAccuracy")
                .doubleValue();
        assertTrue(accuracy > 0.98, () -> "" + accuracy);

        // The same run as of the command.
        Path run = folder.resolve("runs")
                .resolve(events.getLast().data().get("runs").get(0).asString());
        JsonNode result = Served.JSON
                .readTree(run.resolve("comparison.json").toFile())
                .get("engines")
                .get(0);
        assertEquals(accuracy, result.get("testAccuracy").doubleValue());

        // A reader that comes back gets what it lacks.
        Served.Event seen = events.get(events.size() / 2);
        List<Served.Event> rest = server.events(
                "/api/trainings/" + training + "/events",
                seen.id(),
                event -> event.type().equals("end"));
        assertEquals(events.subList(events.indexOf(seen) + 1, events.size()), rest);

        // It answered before it had learnt all, and answers by the whole in the end.
        List<String> served = models.get().stream()
                .filter(event -> event.type().equals("model")
                        && !event.data().get("model").isNull())
                .map(event -> event.data().at("/model/name").asString())
                .toList();
        assertTrue(served.getFirst().matches("java, after \\d+ steps"), served::toString);
        assertEquals(
                accuracy,
                models.get().getLast().data().at("/model/testAccuracy").doubleValue());
    }

    @Test
    @Order(2)
    void digitsAreRead() throws Exception {
        int right = 0;
        for (int i = 0; i < LABELS.length; i++) {
            ObjectNode body = Served.image(i);
            body.putArray("engines").add("java");
            JsonNode answer = Served.json(server.post("/api/predict", body));
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
    void picturesAndDrawingsGoThePathOfPredict() throws Exception {
        Path seven = Drawing.seven(folder.resolve("seven.png"));
        HttpResponse<String> response = server.send(server.request("/api/predict?engines=java")
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
        JsonNode drawing = Served.json(server.post("/api/predict?centred=true", body));
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
    void whyIsTheGradient() throws Exception {
        ObjectNode body = Served.image(0);
        JsonNode why = Served.json(server.post("/api/explain", body));
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
        JsonNode three = Served.json(server.post("/api/explain", body.put("digit", 3)));
        assertEquals(3, three.get("digit").intValue());
        assertNotEquals(why.get("gradient"), three.get("gradient"));
    }

    private static double logit(ObjectNode body, int pixel, double value, int digit) throws Exception {
        ObjectNode changed = body.deepCopy();
        ((ArrayNode) changed.get("pixels")).set(pixel, value);
        return Served.json(server.post("/api/explain", changed))
                .get("logits")
                .get(digit)
                .doubleValue();
    }

    @Test
    @Order(2)
    void aSmallChangeTurnsTheAnswer() throws Exception {
        ObjectNode body = Served.image(0);
        body.putArray("engines").add("java");
        JsonNode fooled = Served.json(server.post("/api/fool", body));
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
    void whatIsInsideIsShown() throws Exception {
        JsonNode inside = Served.json(server.post("/api/inside", Served.image(3)));
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

    @Test
    @Order(5)
    void aWorkerThatIsKilledComesBack() throws Exception {
        ObjectNode body = Served.image(0);
        body.putArray("engines").add("java");
        Served.json(server.post("/api/predict", body));
        List<ProcessHandle> before = server.workers();
        assertEquals(1, before.size(), before::toString);
        before.getFirst().destroyForcibly();
        List<Served.Event> events = server.events("/api/events", null, event -> java(event, "starting"));
        assertTrue(
                events.getLast().data().toString().contains("its worker died and is started again"),
                events.getLast()::toString);
        server.events("/api/events", null, event -> java(event, "warm"));
        assertEquals(1, server.workers().size());
        assertEquals(
                7,
                Served.json(server.post("/api/predict", body))
                        .get("engines")
                        .get(0)
                        .get("digit")
                        .intValue());
    }

    private static boolean java(Served.Event event, String state) {
        return event.type().equals("engines")
                && event.data().get("engines").get(0).get("state").asString().equals(state);
    }

    /** A training that paused goes on where it was, and ends as if it had not; others wait for it. */
    @Test
    @Order(6)
    void aTrainingPausesGoesOnAndStops() throws Exception {
        String asked = "{\"engines\":[\"java\"],\"epochs\":2,\"trainLimit\":10000,\"recipe\":{\"seed\":7}}";
        String first =
                Served.json(server.post("/api/trainings", asked)).get("id").asString();
        String second =
                Served.json(server.post("/api/trainings", asked)).get("id").asString();
        String path = "/api/trainings/" + first;
        server.events(path + "/events", null, event -> event.type().equals("steps"));
        assertEquals(
                "queued",
                Served.json(server.get("/api/trainings/" + second)).get("state").asString());
        assertEquals(
                "pausing",
                Served.json(server.post(path + "/pause", "{}")).get("state").asString());
        server.events(path + "/events", null, event -> state(event, "paused"));
        List<Served.Event> whole = server.events(
                "/api/trainings/" + second + "/events",
                null,
                event -> event.type().equals("end"));
        Served.json(server.post(path + "/resume", "{}"));
        List<Served.Event> broken =
                server.events(path + "/events", null, event -> event.type().equals("end"));
        assertEquals("done", broken.getLast().data().get("state").asString());
        assertEquals(losses(whole), losses(broken), "bit for bit");

        String third =
                Served.json(server.post("/api/trainings", asked)).get("id").asString();
        server.events(
                "/api/trainings/" + third + "/events",
                null,
                event -> event.type().equals("steps"));
        server.method("DELETE", "/api/trainings/" + third, "");
        List<Served.Event> stopped = server.events(
                "/api/trainings/" + third + "/events",
                null,
                event -> event.type().equals("end"));
        assertEquals("stopped", stopped.getLast().data().get("state").asString());

        // What was trained can be chosen, and is a run like any other.
        String run = whole.getLast().data().get("runs").get(0).asString();
        JsonNode chosen =
                Served.json(server.method("PUT", "/api/model", "{\"run\":\"%s\",\"engine\":\"java\"}".formatted(run)));
        assertEquals(run, chosen.get("model").get("run").asString());
        assertEquals(2, chosen.get("model").get("epochs").intValue());
        assertTrue(server.get("/api/runs/" + run + "/report").body().contains("<!DOCTYPE html>"));
        JsonNode runs = Served.json(server.get("/api/runs")).get("runs");
        assertEquals(4, runs.size());
        assertTrue(Files.exists(folder.resolve("runs").resolve(run).resolve("java/model.safetensors")));
    }

    private static boolean state(Served.Event event, String state) {
        return event.type().equals("state")
                && event.data().get("state").asString().equals(state);
    }

    private static List<String> losses(List<Served.Event> events) {
        List<String> losses = new ArrayList<>();
        for (Served.Event event : events) {
            if (event.type().equals("steps")) {
                event.data().get("points").forEach(point -> losses.add(point.toString()));
            }
        }
        return losses;
    }

    /** Two recipes side by side, as the page's switches ask for them. */
    @Test
    @Order(7)
    void armsLearnSideBySide() throws Exception {
        String asked = "{\"arms\":[{\"engine\":\"java\"},"
                + "{\"engine\":\"java\",\"recipe\":{\"loss\":\"double-softmax\"}}],\"trainLimit\":3000,\"testLimit\":500}";
        JsonNode job = Served.json(server.post("/api/trainings", asked));
        assertEquals("B", job.get("rows").get(1).get("row").asString());
        List<Served.Event> events = server.events(
                "/api/trainings/" + job.get("id").asString() + "/events",
                null,
                event -> event.type().equals("end"));
        assertEquals("done", events.getLast().data().get("state").asString());
        assertEquals(2, events.getLast().data().get("runs").size());
        List<String> ended = events.stream()
                .filter(event -> event.type().equals("epoch"))
                .map(event -> event.data().get("row").asString())
                .sorted()
                .toList();
        assertEquals(List.of("A", "B"), ended);
        for (String row : ended) {
            double loss = events.stream()
                    .filter(event -> event.type().equals("steps")
                            && event.data().get("row").asString().equals(row))
                    .findFirst()
                    .orElseThrow()
                    .data()
                    .get("points")
                    .get(0)
                    .get(1)
                    .doubleValue();
            // Ten classes and no knowledge: log 10, and with a second softmax about the same.
            assertEquals(Math.log(10), loss, 0.1, row);
        }
    }

    @Test
    @Order(8)
    void aPortThatIsTakenIsSaid() throws Exception {
        int port = server.uri("/").getPort();
        Tandem second = Tandem.run(folder, "serve", "--no-open", "--port", String.valueOf(port));
        assertEquals(1, second.exitCode());
        assertTrue(
                second.err().startsWith("tandem: port %d on 127.0.0.1 is not available (".formatted(port)),
                second.err());
        assertEquals(1, second.err().lines().count(), second.err());
    }

    /** Ctrl-C in the middle of a training: it is kept, and no process stays; nothing was said of hostile clients. */
    @Test
    @Order(10)
    void ctrlCEndsItAndKeepsWhatIsDone() throws Exception {
        JsonNode job = Served.json(server.post("/api/trainings", "{\"engines\":[\"java\"],\"epochs\":50}"));
        server.events(
                "/api/trainings/" + job.get("id").asString() + "/events",
                null,
                event -> event.type().equals("tested"));
        List<ProcessHandle> workers = server.workers();
        assertFalse(workers.isEmpty());
        String run = Served.json(server.get("/api/trainings/" + job.get("id").asString()))
                .get("runs")
                .get(0)
                .asString();
        Tandem end = server.interrupt();
        assertEquals(130, end.exitCode(), end.err());
        assertEquals("\ntandem: interrupted; keeping what is done\n", end.err());
        for (ProcessHandle worker : workers) {
            assertFalse(worker.isAlive(), worker::toString);
        }
        try (Stream<Path> files = Files.list(folder.resolve("runs").resolve(run).resolve("java/checkpoint"))) {
            assertTrue(files.anyMatch(file -> file.getFileName().toString().startsWith("position-")), "to go on from");
        }
    }

    @Override
    public Served server() {
        return server;
    }

    @Override
    public Path folder() {
        return folder;
    }

    @Override
    public SlowClients slow() {
        return slow;
    }
}
