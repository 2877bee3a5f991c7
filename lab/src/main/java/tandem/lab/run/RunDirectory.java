package tandem.lab.run;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tandem.core.AtomicFile;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.core.Recipe;
import tandem.lab.engines.EngineName;

/**
 * Everything one command writes. Laid out as docs/run-directory.md says.
 *
 * @param path the folder
 */
public record RunDirectory(Path path) {
    private static final String COMMANDS = "command.txt";
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss");

    /**
     * Makes the folder of a new run.
     *
     * @param out where, or null for {@code runs/<date-time>-<command>}
     * @throws Failure if it holds anything, or cannot be written
     */
    public static RunDirectory create(@Nullable Path out, String command) {
        Path path = out == null ? unused(command) : out;
        try {
            Files.createDirectories(path);
            try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
                if (files.iterator().hasNext()) {
                    String holds = Files.exists(path.resolve("recipe.json")) ? "holds another run" : "is not empty";
                    throw new Failure("%s: %s; choose another folder with --out".formatted(path, holds));
                }
            }
            // Creating a file is the only sure way to know that one can.
            Files.delete(Files.createTempFile(path, "", ".tmp"));
        } catch (FileAlreadyExistsException e) {
            throw new Failure("%s: is a file; choose another folder with --out".formatted(path), e);
        } catch (IOException e) {
            throw new Failure(
                    "%s: cannot be written (%s); choose another folder with --out".formatted(path, e.getMessage()), e);
        }
        return new RunDirectory(path);
    }

    /**
     * The folder of a run that goes on where it was, if it was begun before by the same command with the same recipe; a
     * new one otherwise.
     *
     * @param out where, or null for {@code runs/<date-time>-<command>}
     * @throws Failure if it holds anything else, or cannot be written
     */
    public static RunDirectory createOrGoOn(@Nullable Path out, String command, Recipe recipe) {
        if (out == null || !Files.exists(out.resolve(command + ".json")) || !Files.exists(out.resolve("recipe.json"))) {
            return create(out, command);
        }
        RunDirectory directory = open(out);
        if (!directory.recipe().equals(recipe)) {
            throw new Failure(
                    "%s: holds a run of 'tandem %s' with another recipe, to be seen in its recipe.json; choose another folder with --out"
                            .formatted(out, command));
        }
        return directory;
    }

    /** Two runs may begin in the same second. */
    private static Path unused(String command) {
        String name = STAMP.format(LocalDateTime.now()) + "-" + command;
        Path path = Path.of("runs", name);
        for (int i = 2; Files.exists(path); i++) {
            path = Path.of("runs", name + "-" + i);
        }
        return path;
    }

    /**
     * An existing run.
     *
     * @throws Failure if the folder holds no run
     */
    public static RunDirectory open(Path path) {
        if (!Files.isRegularFile(path.resolve("recipe.json"))) {
            throw new Failure(
                    "%s: holds no run (no recipe.json); give the folder that a command printed last".formatted(path));
        }
        return new RunDirectory(path);
    }

    /** The recipe of the run. */
    public Recipe recipe() {
        return Recipe.read(path.resolve("recipe.json"));
    }

    /** Writes recipe.json and machine.json. */
    public void begin(Recipe recipe, Machine machine) {
        AtomicFile.write(path.resolve("recipe.json"), recipe.toJson());
        Json.write(path.resolve("machine.json"), machine);
    }

    /**
     * Adds a command to command.txt: the time, and the words as a shell takes them. A run that goes on has a line for
     * each time it did.
     *
     * @param words the command's words, without the program
     * @throws Failure if it cannot be written
     */
    public void add(Instant time, List<String> words) {
        String quoted = words.stream().map(RunDirectory::quoted).collect(Collectors.joining(" "));
        String line = "%s tandem %s\n".formatted(time.truncatedTo(ChronoUnit.SECONDS), quoted);
        AtomicFile.write(path.resolve(COMMANDS), commands() + line);
    }

    /**
     * The content of command.txt: a line for each command, a time and the command; empty if there is none.
     *
     * @throws Failure if it cannot be read
     */
    public String commands() {
        Path file = path.resolve(COMMANDS);
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new Failure("%s: cannot be read (%s)".formatted(file, e.getMessage()), e);
        }
    }

    /** A word as POSIX shells take it: quoted where it needs to be. */
    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    /** The folder of one engine. */
    public Path engine(EngineName engine) {
        return path.resolve(engine.folder());
    }
}
