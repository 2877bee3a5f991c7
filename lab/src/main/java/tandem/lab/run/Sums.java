package tandem.lab.run;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tandem.core.AtomicFile;
import tandem.core.Failure;
import tandem.core.Sha256;

/**
 * The checksums of a run's files, in the form of {@code sha256sum}: written when a command ends, and taken away while
 * one is writing. So what changes afterwards is seen, and a run that was killed has none.
 */
final class Sums {
    private static final String FILE = "SHA256SUMS";
    /** What is made of other files, is written while others read, or is the system's. */
    private static final Pattern NOT_SUMMED =
            Pattern.compile("SHA256SUMS|report\\.html|(steps|epochs)\\.csv|(.*/)?lock|.*\\.log|.*\\.tmp");

    private static final Pattern LINE = Pattern.compile("([0-9a-f]{64})  (.+)");

    private Sums() {}

    /** Writes them, for all files of a run. */
    static void write(Path run) {
        StringBuilder lines = new StringBuilder();
        try (Stream<Path> files = Files.walk(run)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                String name = name(run, file);
                if (!NOT_SUMMED.matcher(name).matches()) {
                    lines.append(Sha256.of(file)).append("  ").append(name).append('\n');
                }
            }
        } catch (IOException e) {
            throw new Failure("%s: cannot be read (%s)".formatted(run, e.getMessage()), e);
        }
        AtomicFile.write(run.resolve(FILE), lines.toString());
    }

    private static String name(Path run, Path file) {
        return run.relativize(file).toString().replace('\\', '/');
    }

    /**
     * The files that are not as they were written, or are gone; none if the run was killed, or goes on now.
     *
     * @throws Failure if a file cannot be read
     */
    static List<Path> changed(Path run) {
        List<Path> changed = new ArrayList<>();
        Path sums = run.resolve(FILE);
        if (Files.exists(sums)) {
            try {
                for (String line : Files.readString(sums).lines().toList()) {
                    Matcher form = LINE.matcher(line);
                    if (!form.matches()) {
                        return List.of(sums);
                    }
                    Path file = run.resolve(form.group(2));
                    if (!Files.isRegularFile(file) || !Sha256.of(file).equals(form.group(1))) {
                        changed.add(file);
                    }
                }
            } catch (CharacterCodingException | InvalidPathException e) {
                return List.of(sums);
            } catch (IOException e) {
                throw new Failure("%s: cannot be read (%s)".formatted(run, e.getMessage()), e);
            }
        }
        return changed;
    }

    /** Takes them away: the run goes on. */
    static void remove(Path run) {
        try {
            Files.deleteIfExists(run.resolve(FILE));
        } catch (IOException e) {
            throw new Failure("%s: cannot be deleted (%s)".formatted(run.resolve(FILE), e.getMessage()), e);
        }
    }
}
