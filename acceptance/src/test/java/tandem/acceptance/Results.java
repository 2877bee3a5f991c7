package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What of a run's folder neither the clock nor the machine has a part in: the same twice. */
final class Results {
    private static final Set<String> CLOCK = Set.of(
            "millis",
            "seconds",
            "imagesPerSecond",
            "trainSeconds",
            "secondsPerEpoch",
            "millisPerStepMedian",
            "startupSeconds",
            "inferenceImagesPerSecond",
            "peakMemoryMiB",
            "secondsToTarget",
            "command",
            "machine",
            "loadAverage",
            "mean",
            "standardDeviation",
            "median",
            "smallest",
            "largest");

    private Results() {}

    /** By file. */
    static Map<String, String> of(Path run) throws Exception {
        Map<String, String> results = new TreeMap<>();
        try (Stream<Path> files = Files.walk(run)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = run.relativize(file).toString();
                if (name.matches("[^/]+/(model|predictions)\\.safetensors")) {
                    results.put(name, sha256(file));
                } else if (name.endsWith("events.jsonl")) {
                    results.put(
                            name,
                            Files.readAllLines(file).stream()
                                    .map(Results::timeless)
                                    .collect(Collectors.joining("\n")));
                } else if (name.endsWith(".json") && !name.contains("checkpoint/") && !name.equals("machine.json")) {
                    results.put(name, timeless(Files.readString(file)));
                }
            }
        }
        return results;
    }

    /** All files are there, and are the same; the message has those that are not. */
    static void assertSame(Map<String, String> expected, Map<String, String> found, Tandem tandem) {
        Map<String, String> wanted = new TreeMap<>(expected);
        Map<String, String> had = new TreeMap<>(found);
        wanted.entrySet().removeAll(found.entrySet());
        had.entrySet().removeAll(expected.entrySet());
        assertEquals(wanted, had, tandem::toString);
    }

    /** What a kill may leave behind, and nothing else may. */
    static List<String> leftovers(Path run) throws IOException {
        try (Stream<Path> files = Files.walk(run)) {
            return files.map(file -> run.relativize(file).toString())
                    .filter(name -> name.endsWith(".tmp") || name.matches("trials/.*/seed-\\d+"))
                    .toList();
        }
    }

    static String sha256(Path file) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }

    private static String timeless(String json) {
        JsonNode tree = JsonMapper.shared().readTree(json);
        remove(tree);
        return tree.toString();
    }

    private static void remove(JsonNode tree) {
        if (tree instanceof ObjectNode object) {
            // A mean accuracy stays; a time's is beside the seconds that it is of.
            CLOCK.stream()
                    .filter(field -> !isAccuracy(object) || !field.equals("mean") && !field.equals("standardDeviation"))
                    .forEach(object::remove);
        }
        tree.forEach(Results::remove);
    }

    private static boolean isAccuracy(ObjectNode object) {
        return object.has("low");
    }
}
