package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Trainings that a server is asked for: they pause, go on and stop, and learn side by side. */
interface ServedTrainings {
    /** The server that all tests share. */
    Served server();

    /** The folder that the server runs in. */
    Path folder();

    /** A training that paused goes on where it was, and ends as if it had not; others wait for it. */
    @Test
    @Order(6)
    default void aTrainingPausesGoesOnAndStops() throws Exception {
        String asked = "{\"engines\":[\"java\"],\"epochs\":2,\"trainLimit\":10000,\"recipe\":{\"seed\":7}}";
        String first =
                Served.json(server().post("/api/trainings", asked)).get("id").asString();
        String second =
                Served.json(server().post("/api/trainings", asked)).get("id").asString();
        String path = "/api/trainings/" + first;
        server().events(path + "/events", null, event -> event.type().equals("steps"));
        assertEquals(
                "queued",
                Served.json(server().get("/api/trainings/" + second))
                        .get("state")
                        .asString());
        assertEquals(
                "pausing",
                Served.json(server().post(path + "/pause", "{}")).get("state").asString());
        server().events(path + "/events", null, event -> state(event, "paused"));
        List<Served.Event> whole = server().events(
                        "/api/trainings/" + second + "/events",
                        null,
                        event -> event.type().equals("end"));
        Served.json(server().post(path + "/resume", "{}"));
        List<Served.Event> broken =
                server().events(path + "/events", null, event -> event.type().equals("end"));
        assertEquals("done", broken.getLast().data().get("state").asString());
        assertEquals(losses(whole), losses(broken), "bit for bit");

        String third =
                Served.json(server().post("/api/trainings", asked)).get("id").asString();
        server().events(
                        "/api/trainings/" + third + "/events",
                        null,
                        event -> event.type().equals("steps"));
        server().method("DELETE", "/api/trainings/" + third, "");
        List<Served.Event> stopped = server().events(
                        "/api/trainings/" + third + "/events",
                        null,
                        event -> event.type().equals("end"));
        assertEquals("stopped", stopped.getLast().data().get("state").asString());

        // What was trained can be chosen, and is a run like any other.
        String run = whole.getLast().data().get("runs").get(0).asString();
        JsonNode chosen = Served.json(
                server().method("PUT", "/api/model", "{\"run\":\"%s\",\"engine\":\"java\"}".formatted(run)));
        assertEquals(run, chosen.get("model").get("run").asString());
        assertEquals(2, chosen.get("model").get("epochs").intValue());
        assertTrue(server().get("/api/runs/" + run + "/report").body().contains("<!DOCTYPE html>"));
        JsonNode runs = Served.json(server().get("/api/runs")).get("runs");
        assertEquals(4, runs.size());
        assertTrue(Files.exists(folder().resolve("runs").resolve(run).resolve("java/model.safetensors")));
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
    default void armsLearnSideBySide() throws Exception {
        String asked = "{\"arms\":[{\"engine\":\"java\"},"
                + "{\"engine\":\"java\",\"recipe\":{\"loss\":\"double-softmax\"}}],\"trainLimit\":3000,\"testLimit\":500}";
        JsonNode job = Served.json(server().post("/api/trainings", asked));
        assertEquals("B", job.get("rows").get(1).get("row").asString());
        List<Served.Event> events = server().events(
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
}
