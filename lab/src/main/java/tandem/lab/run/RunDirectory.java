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
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tandem.core.AtomicFile;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.core.Parameters;
import tandem.core.ProcessLock;
import tandem.core.Recipe;
import tandem.lab.engines.EngineName;

/**
 * Everything one command writes. Laid out as docs/run-directory.md says. Whoever writes into it holds its lock; whoever
 * only reads needs none.
 */
public final class RunDirectory implements AutoCloseable {
    private static final String RECIPE = "recipe.json";
    private static final String MACHINE = "machine.json";
    private static final String INITIAL = "initial.safetensors";
    /** Name of the file of the commands that made a run. */
    public static final String COMMANDS = "command.txt";

    /** Name of the file that whoever writes into a run holds. */
    public static final String LOCK = "lock";

    /** What is written before the recipe. */
    private static final Set<String> START = Set.of(
            LOCK,
            COMMANDS,
            MACHINE,
            INITIAL,
            "comparison.json",
            "study.json",
            "differences.json",
            "bench.json",
            "parity.json");

    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss", Locale.ROOT);

    private final Path path;
    private final @Nullable ProcessLock lock;
    /** Whether the recipe is in it, which comes last: a folder without it is not a run yet. */
    private boolean begun;

    private final List<Path> changed;

    private RunDirectory(Path path, @Nullable ProcessLock lock) {
        this.path = path;
        this.lock = lock;
        begun = Files.isRegularFile(path.resolve(RECIPE));
        changed = begun ? Sums.changed(path) : List.of();
    }

    /** The folder. */
    public Path path() {
        return path;
    }

    /**
     * Makes the folder of a new run.
     *
     * @param out where, or null for {@code runs/<date-time>-<command>}
     * @throws Failure if it holds anything but what a run leaves that was killed before it began, or cannot be written
     */
    public static RunDirectory create(@Nullable Path out, String command) {
        if (out != null) {
            return locked(out).orElseThrow(() -> taken(out, "; choose another folder with --out"));
        }
        String name = STAMP.format(LocalDateTime.now()) + "-" + command;
        // Two runs may begin in the same second.
        for (int i = 1; ; i++) {
            Path path = Path.of("runs", i == 1 ? name : name + "-" + i);
            if (!Files.exists(path)) {
                Optional<RunDirectory> directory = locked(path);
                if (directory.isPresent()) {
                    return directory.get();
                }
            }
        }
    }

    private static Optional<RunDirectory> locked(Path path) {
        try {
            Files.createDirectories(path);
            // Before a lock is put into a folder that is somebody else's.
            requireNoRun(path);
            Optional<ProcessLock> lock = ProcessLock.tryAcquire(path.resolve(LOCK));
            if (lock.isPresent()) {
                boolean free = false;
                try {
                    requireNoRun(path);
                    removeStart(path);
                    free = true;
                } finally {
                    if (!free) {
                        lock.get().close();
                    }
                }
            }
            return lock.map(held -> new RunDirectory(path, held));
        } catch (FileAlreadyExistsException e) {
            throw new Failure("%s: is a file; choose another folder with --out".formatted(path), e);
        } catch (IOException e) {
            throw new Failure(
                    "%s: cannot be written (%s); choose another folder with --out".formatted(path, e.getMessage()), e);
        }
    }

    private static void requireNoRun(Path path) throws IOException {
        if (Files.exists(path.resolve(RECIPE))) {
            throw new Failure("%s: holds another run; choose another folder with --out".formatted(path));
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
            for (Path file : files) {
                if (!isOfAStart(file)) {
                    throw new Failure("%s: is not empty; choose another folder with --out".formatted(path));
                }
            }
        }
    }

    private static void removeStart(Path path) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
            for (Path file : files) {
                if (!file.getFileName().toString().equals(LOCK)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /** What is there before the recipe is: of a run that was killed then, nothing is lost. */
    private static boolean isOfAStart(Path file) {
        return START.contains(file.getFileName().toString()) || AtomicFile.isTemporary(file);
    }

    private static Failure taken(Path path, String advice) {
        String who = ProcessLock.holder(path.resolve(LOCK)).stream()
                .mapToObj("process %s"::formatted)
                .findFirst()
                .orElse("another process");
        return new Failure("%s: %s writes into it; wait until it ends%s".formatted(path, who, advice));
    }

    /**
     * The folder of a run that goes on where it was, if it was begun before by the same command; a new one otherwise.
     *
     * @param out where, or null for {@code runs/<date-time>-<command>}
     * @param file that the command's runs have
     * @throws Failure if it holds a run of another command or anything else, or cannot be written
     */
    public static RunDirectory createOrGoOn(@Nullable Path out, String command, String file) {
        return out != null && Files.exists(out.resolve(file)) && Files.exists(out.resolve(RECIPE))
                ? goOn(out, file)
                : create(out, command);
    }

    /**
     * The folder of a run that is to go on.
     *
     * @param file that runs of the command have
     * @throws Failure if the folder holds no such run, or somebody else writes into it
     */
    public static RunDirectory goOn(Path path, String file) {
        open(path);
        if (!Files.exists(path.resolve(file))) {
            throw new Failure("%s: holds a run of another command (no %s); report.html and command.txt in it say which"
                    .formatted(path, file));
        }
        RunDirectory directory = new RunDirectory(
                path, ProcessLock.tryAcquire(path.resolve(LOCK)).orElseThrow(() -> taken(path, "")));
        directory.removeTemporaryFiles();
        Sums.remove(path);
        return directory;
    }

    /** What was being written when a process was killed. */
    private void removeTemporaryFiles() {
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.filter(AtomicFile::isTemporary).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new Failure("%s: cannot be tidied (%s)".formatted(path, e.getMessage()), e);
        }
    }

    /**
     * Deletes a run with all that is in its folder.
     *
     * @throws Failure if the folder holds no run, somebody writes into it, or something cannot be deleted
     */
    public static void delete(Path path) {
        open(path);
        try (ProcessLock _ = ProcessLock.tryAcquire(path.resolve(LOCK)).orElseThrow(() -> taken(path, ""))) {
            new TemporaryFolder(path).delete();
        }
    }

    /**
     * An existing run, to be read.
     *
     * @throws Failure if the folder holds no run
     */
    public static RunDirectory open(Path path) {
        if (!Files.isRegularFile(path.resolve(RECIPE))) {
            throw new Failure(
                    Files.exists(path.resolve(LOCK))
                            ? "%s: holds no run (no recipe.json), as its command ended before it began; start it again with --out"
                                    .formatted(path)
                            : "%s: holds no run (no recipe.json); give the folder that a command printed last"
                                    .formatted(path));
        }
        return new RunDirectory(path, null);
    }

    /** The recipe of the run. */
    public Recipe recipe() {
        return Recipe.read(path.resolve(RECIPE));
    }

    /**
     * The files that are not as the last command left them, or are gone, when this was opened; none if that command was
     * killed, or is still going.
     */
    public List<Path> changed() {
        return changed;
    }

    /** The same as sentences. */
    public List<String> doubts() {
        return changed.stream()
                .map(file -> "%s: is not as it was written".formatted(file))
                .toList();
    }

    /** Whether the folder holds a run already. */
    public boolean begun() {
        return begun;
    }

    /**
     * Checks that the run, if it has begun, may go on with a recipe. Images may lie elsewhere; that they are the same
     * is for whoever reads them.
     *
     * @param epochsToo whether the number of epochs may be another one, too
     * @throws Failure if more differs
     */
    public void goesOnWith(Recipe recipe, boolean epochsToo) {
        if (begun) {
            Recipe moved = recipe().with(Map.of("dataset", recipe.dataset()));
            if (!(epochsToo ? moved.with(Map.of("epochs", recipe.epochs())) : moved).equals(recipe)) {
                throw new Failure(
                        "%s: holds a run with another recipe (see its recipe.json); when a run is resumed, only %s may change; choose another folder with --out"
                                .formatted(
                                        path,
                                        epochsToo ? "--epochs and where its images lie" : "where its images lie"));
            }
        }
    }

    /**
     * Writes what a run begins with; the recipe last. What it is about, such as comparison.json, should be there.
     *
     * @param recipe of the run
     */
    public void begin(Recipe recipe, Machine machine) {
        Json.write(path.resolve(MACHINE), machine);
        AtomicFile.write(path.resolve(RECIPE), recipe.toJson());
        begun = true;
    }

    /** Keeps the parameters that all engines of the run start from. */
    public void keepInitial(Parameters parameters) {
        parameters.write(path.resolve(INITIAL));
    }

    /** The file of the parameters that all engines of the run start from; null if each draws the recipe's. */
    public @Nullable Path initial() {
        Path file = path.resolve(INITIAL);
        return Files.exists(file) ? file : null;
    }

    /**
     * Writes a file of the run.
     *
     * @throws Failure if it cannot be written, or the folder was deleted while the run wrote into it
     */
    public void write(String file, Object record) {
        if (begun && !Files.exists(path.resolve(RECIPE))) {
            throw new Failure("%s: was deleted, or its recipe.json, while the run wrote into it; start the run again"
                    .formatted(path));
        }
        Json.write(path.resolve(file), record);
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
        return Files.exists(file) ? Json.text(file) : "";
    }

    /** A word as POSIX shells take it: quoted where it needs to be. */
    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    /** The folder of one engine. */
    public Path engine(EngineName engine) {
        return path.resolve(engine.folder());
    }

    /** Writes the checksums of all that is in it, and lets others write into it. */
    @Override
    public void close() {
        if (lock != null) {
            try (lock) {
                if (Files.exists(path.resolve(RECIPE))) {
                    Sums.write(path);
                }
            }
        }
    }
}
