package tandem.lab.report;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tandem.core.Hostile;
import tandem.core.Json;
import tandem.core.Network;
import tandem.core.Parameters;
import tandem.core.Safetensors;
import tandem.core.Shape;
import tandem.lab.run.RunDirectory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A run folder in which one file says anything, and what a report makes of it. */
final class HostileRun {
    /** What takes the place of some value. */
    static final List<JsonNode> VALUES = Stream.of(
                    "null",
                    "true",
                    "\"\"",
                    "\"a\"",
                    "0",
                    "-1",
                    "1.5",
                    "1e999",
                    "\"NaN\"",
                    "2147483647",
                    "1.7e308",
                    "[]",
                    "{}",
                    "[null]",
                    "\"../../x\"",
                    "\"</script><script>alert(1)</script>\"")
            .map(Json.MAPPER::readTree)
            .toList();

    private final Path folder;
    private final String file;
    private final String original;

    /**
     * @param folder to be made
     * @param file whose content is at stake, with the folder's name before it if it lies in one
     * @param record of the run, among the test's resources
     */
    HostileRun(Path folder, String file, String record) throws IOException {
        this.folder = folder;
        this.file = file;
        Files.createDirectories(folder.resolve("java"));
        put("recipe.json", "{}");
        put("command.txt", "2026-11-25T19:41:25Z tandem something\n");
        put(record, resource(record));
        if (record.equals("comparison.json")) {
            put("java/events.jsonl", resource("events.jsonl"));
            put("java/JavaNetwork.java", "import a;\nclass JavaNetwork {}\n");
            Network network = new Network(28, 28, 10, 2, 2, 2, 0.25, 0.5);
            Parameters.zeros(network).write(folder.resolve("java/model.safetensors"));
            Safetensors.of(List.of(new Safetensors.Tensor(new Shape("logits", 2, 10), new float[20])))
                    .write(folder.resolve("java/predictions.safetensors"));
        }
        original = Files.readString(folder.resolve(file));
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = HostileRun.class.getResourceAsStream("examples/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void put(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    /** The page, or a sentence, of a file of these bytes. */
    void report(byte[] content) throws IOException {
        Files.write(folder.resolve(file), content);
        Hostile.read(folder.toString(), (64L << 20) + 64L * content.length, () -> {
            JsonNode page = Json.MAPPER.readTree(Json.line(Reports.page(RunDirectory.open(folder))));
            for (String number : List.of("NaN", "Infinity", "-Infinity")) {
                assertTrue(
                        !holds(page, number) || original(content).contains('"' + number + '"'),
                        () -> number + " in the page");
            }
        });
    }

    private static String original(byte[] content) {
        return new String(content, StandardCharsets.UTF_8);
    }

    private static boolean holds(JsonNode node, String text) {
        return node.isString()
                ? node.stringValue().equals(text)
                : node.valueStream().anyMatch(child -> holds(child, text));
    }

    /** How many values the file has. */
    int values() {
        return places(Json.MAPPER.readTree(original)).size();
    }

    /** The file with one value replaced, or with one left out if there is no other. */
    String with(int place, int value) {
        JsonNode root = Json.MAPPER.readTree(original);
        places(root).get(place).set.accept(value < VALUES.size() ? VALUES.get(value) : null);
        return Json.line(root);
    }

    /** The name of a value, for messages. */
    String place(int place) {
        return places(Json.MAPPER.readTree(original)).get(place).name;
    }

    /** Where a value is; {@code set} puts another there, or none. */
    private record Place(String name, Consumer<@Nullable JsonNode> set) {}

    private static List<Place> places(JsonNode root) {
        List<Place> places = new ArrayList<>();
        add(root, "", places);
        return places;
    }

    private static void add(JsonNode node, String name, List<Place> places) {
        switch (node) {
            case ObjectNode object -> {
                for (Map.Entry<String, JsonNode> field : object.properties()) {
                    String its = name + "." + field.getKey();
                    places.add(new Place(its, value -> {
                        if (value == null) {
                            object.remove(field.getKey());
                        } else {
                            object.set(field.getKey(), value);
                        }
                    }));
                    add(field.getValue(), its, places);
                }
            }
            case ArrayNode array -> {
                for (int i = 0; i < array.size(); i++) {
                    int index = i;
                    String its = name + "[" + i + "]";
                    places.add(new Place(its, value -> {
                        if (value == null) {
                            array.remove(index);
                        } else {
                            array.set(index, value);
                        }
                    }));
                    add(array.get(i), its, places);
                }
            }
            default -> {}
        }
    }
}
