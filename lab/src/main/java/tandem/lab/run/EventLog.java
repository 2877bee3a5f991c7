package tandem.lab.run;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.worker.protocol.Checkpoint;
import tandem.worker.protocol.Event;
import tools.jackson.core.JacksonException;

/** The steps and epochs of one engine's training: events.jsonl, one event a line. */
public final class EventLog implements AutoCloseable {
    private static final String FILE = "events.jsonl";

    private final Path file;
    private final BufferedWriter writer;

    private EventLog(Path file, BufferedWriter writer) {
        this.file = file;
        this.writer = writer;
    }

    /**
     * Reads the events of an engine.
     *
     * @param folder of the engine in a run directory
     * @return in order; empty if there is no file
     * @throws Failure if the file cannot be read, or a line of it is no event
     */
    public static List<Event> read(Path folder) {
        Path file = folder.resolve(FILE);
        List<Event> events = new ArrayList<>();
        if (Files.exists(file)) {
            try {
                for (String line : Files.readAllLines(file)) {
                    events.add(Json.parse(line, Event.class));
                }
            } catch (IOException | JacksonException e) {
                throw new Failure("%s: cannot be read (%s)".formatted(file, e.getMessage()), e);
            }
        }
        return events;
    }

    /**
     * The events of an engine that came before a checkpoint; a run that goes on keeps these and no later ones.
     *
     * @param folder of the engine in a run directory
     */
    public static List<Event> readBefore(Path folder, Checkpoint.Position position) {
        return read(folder).stream()
                .filter(event -> switch (event) {
                    case Event.Step step -> step.step() < position.step();
                    case Event.Epoch epoch -> epoch.epoch() <= position.evaluatedEpochs();
                    default -> false;
                })
                .toList();
    }

    /**
     * Begins the file anew.
     *
     * @param folder of the engine in a run directory
     * @param kept events to begin with
     * @throws Failure if it cannot be written
     */
    public static EventLog open(Path folder, List<Event> kept) {
        Path file = folder.resolve(FILE);
        try {
            EventLog log = new EventLog(
                    file,
                    Files.newBufferedWriter(
                            file,
                            StandardCharsets.UTF_8,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING));
            kept.forEach(log::add);
            return log;
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    /** Adds a step or an epoch; whole epochs are on disk at once. */
    public void add(Event event) {
        try {
            writer.write(Json.line(event));
            writer.write('\n');
            if (event instanceof Event.Epoch) {
                writer.flush();
            }
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    private static Failure failure(Path file, IOException e) {
        return new Failure("%s: cannot be written (%s); check the room on the disk".formatted(file, e.getMessage()), e);
    }

    @Override
    public void close() {
        try {
            writer.close();
        } catch (IOException e) {
            throw failure(file, e);
        }
    }
}
