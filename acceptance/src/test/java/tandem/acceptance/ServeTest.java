package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tandem.acceptance.ServedRefusals.refused;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The HTTP interface of {@code tandem serve}: one server, as a visitor finds it who has no run yet. All tests share it,
 * in their order. Here it starts, survives and ends; other subjects are in the interfaces.
 */
@Timeout(180)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ServeTest implements ServedRefusals, ServedAnswers, ServedTrainings {
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
