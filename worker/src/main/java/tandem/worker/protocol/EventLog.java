package tandem.worker.protocol;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import tandem.core.AtomicFile;
import tandem.core.Failure;
import tandem.core.Json;
import tools.jackson.core.JacksonException;

/**
 * The steps and epochs of one engine's training: events.jsonl, one event a line. The worker writes it, so that all that
 * a checkpoint counts is on the disk before it.
 */
public final class EventLog implements AutoCloseable {
    private static final String FILE = "events.jsonl";

    private final Path file;
    private final FileChannel channel;

    private EventLog(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * What a log holds.
     *
     * @param steps in order
     * @param epochs in order
     * @param lacks the holes, in words: what is in no line that can be read
     */
    public record Content(List<Event.Step> steps, List<Event.Epoch> epochs, List<String> lacks) {

        /** What came before a position; a run that goes on keeps this and nothing later. */
        public Content before(Checkpoint.Position position) {
            List<Event.Step> earlier =
                    steps.stream().filter(step -> step.step() < position.step()).toList();
            List<Event.Epoch> whole = epochs.stream()
                    .filter(epoch -> epoch.epoch() <= position.evaluatedEpochs())
                    .toList();
            return new Content(earlier, whole, holes(earlier, position.step(), whole, position.evaluatedEpochs()));
        }

        /** As lines, each epoch after its last step. */
        private String lines() {
            StringBuilder lines = new StringBuilder();
            int epoch = 0;
            for (Event.Step step : steps) {
                while (epoch < epochs.size() && epochs.get(epoch).epoch() < step.epoch()) {
                    lines.append(Json.line(epochs.get(epoch++))).append('\n');
                }
                lines.append(Json.line(step)).append('\n');
            }
            epochs.subList(epoch, epochs.size())
                    .forEach(event -> lines.append(Json.line(event)).append('\n'));
            return lines.toString();
        }
    }

    /**
     * Reads the events of an engine. A line that was cut off, or is none, is passed over: the steps that it leaves out
     * are in {@link Content#lacks}.
     *
     * @param folder of the engine in a run directory
     * @return all of it; empty if there is no file
     * @throws Failure if the file cannot be read
     */
    public static Content read(Path folder) {
        Path file = folder.resolve(FILE);
        List<Event.Step> steps = new ArrayList<>();
        List<Event.Epoch> epochs = new ArrayList<>();
        if (Files.exists(file)) {
            // Bytes that are not text become characters that are not JSON.
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    add(line, steps, epochs);
                }
            } catch (IOException e) {
                throw new Failure("%s: cannot be read (%s)".formatted(file, e.getMessage()), e);
            }
        }
        return new Content(
                List.copyOf(steps),
                List.copyOf(epochs),
                holes(
                        steps,
                        steps.isEmpty() ? 0 : steps.getLast().step() + 1,
                        epochs,
                        epochs.isEmpty() ? 0 : epochs.getLast().epoch()));
    }

    /** Events only go forward; what does not is damage. */
    private static void add(String line, List<Event.Step> steps, List<Event.Epoch> epochs) {
        try {
            Event event = Json.parse(line, Event.class);
            if (event instanceof Event.Step step
                    && step.step() > (steps.isEmpty() ? -1 : steps.getLast().step())) {
                steps.add(step);
            } else if (event instanceof Event.Epoch epoch
                    && epoch.epoch() > (epochs.isEmpty() ? 0 : epochs.getLast().epoch())) {
                epochs.add(epoch);
            }
        } catch (JacksonException e) {
            // Its steps are a hole.
        }
    }

    private static List<String> holes(List<Event.Step> steps, long end, List<Event.Epoch> epochs, long lastEpoch) {
        List<String> holes = new ArrayList<>();
        addHoles(holes, "step", 0, steps.stream().map(Event.Step::step).toList(), end);
        List<Long> evaluated =
                epochs.stream().map(epoch -> (long) epoch.epoch()).toList();
        addHoles(holes, "epoch", 1, evaluated, lastEpoch + 1);
        return List.copyOf(holes);
    }

    private static void addHoles(List<String> holes, String what, long first, List<Long> numbers, long end) {
        long next = first;
        for (long number : numbers) {
            addHole(holes, what, next, number);
            next = number + 1;
        }
        addHole(holes, what, next, end);
    }

    private static void addHole(List<String> holes, String what, long from, long to) {
        if (from < to) {
            holes.add(from + 1 == to ? "%s %s".formatted(what, from) : "%ss %s to %s".formatted(what, from, to - 1));
        }
    }

    /**
     * Begins the file anew. Until all that is kept is in the new file, the one before stays.
     *
     * @param folder of the engine in a run directory
     * @param kept events to begin with
     * @throws Failure if it cannot be written
     */
    public static EventLog open(Path folder, Content kept) {
        Path file = folder.resolve(FILE);
        AtomicFile.write(file, kept.lines());
        try {
            return new EventLog(file, FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND));
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    /** Nothing to begin with. */
    public static Content empty() {
        return new Content(List.of(), List.of(), List.of());
    }

    /** Adds a step or an epoch. It is with the system at once: killing this process takes nothing of it. */
    public void add(Event event) {
        try {
            ByteBuffer line = StandardCharsets.UTF_8.encode(Json.line(event) + "\n");
            while (line.hasRemaining()) {
                channel.write(line);
            }
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    /** Waits until all that was added is on the disk. */
    public void force() {
        try {
            channel.force(false);
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
            channel.close();
        } catch (IOException e) {
            throw failure(file, e);
        }
    }
}
