package tandem.lab.compare;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tandem.core.AtomicFile;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.worker.protocol.Event;
import tools.jackson.core.JacksonException;

/** The tests of an engine while it learned: tests.jsonl in its folder, a line each, in the order of steps. */
public final class TestLog {
    /** Name of the file. */
    static final String FILE = "tests.jsonl";

    private TestLog() {}

    /**
     * What the folder has; none if it has no such file.
     *
     * @throws Failure if the file cannot be read
     */
    public static List<Event.Tested> read(Path folder) {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            return Json.text(file)
                    .lines()
                    .map(line -> Json.parse(line, Event.Tested.class))
                    .toList();
        } catch (JacksonException e) {
            throw new Failure("%s: %s; delete the file".formatted(file, e.getMessage()), e);
        }
    }

    /** Adds tests; those of steps that were taken again replace what was there, and what came after it. */
    static void add(Path folder, long firstStep, List<Event.Tested> tests) {
        TreeMap<Long, Event.Tested> all = new TreeMap<>();
        read(folder).stream().filter(test -> test.step() <= firstStep).forEach(test -> all.put(test.step(), test));
        tests.forEach(test -> all.put(test.step(), test));
        if (!all.isEmpty()) {
            AtomicFile.write(
                    folder.resolve(FILE),
                    all.values().stream().map(Json::line).collect(Collectors.joining("\n", "", "\n")));
        }
    }
}
