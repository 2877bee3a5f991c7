package tandem.lab.study;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.lab.progress.Status;
import tandem.lab.run.RunDirectory;
import tandem.lab.run.TemporaryFolder;

/**
 * The trials that are done, one file each, whole or absent: {@code <arm>/seed-42.json}. While a trial is under way,
 * what it takes to go on is in {@code <arm>/seed-42}.
 */
final class TrialStore {
    /** Name of a trained model, in the folder of a trial that is under way. */
    static final String MODEL = "model.safetensors";

    private final Path folder;
    private final Map<String, SortedMap<Long, TrialResult>> arms = new HashMap<>();

    private final String images;
    private final List<Path> changed;

    private TrialStore(Path folder, String images, List<Path> changed) {
        this.folder = folder;
        this.images = images;
        this.changed = changed;
    }

    /**
     * The trials in a run directory. What does not belong there is found before anything is written over.
     *
     * @param images fingerprint of the images to train and test on
     * @throws Failure if some cannot be read, or are of another recipe, engine or dataset
     */
    static TrialStore of(RunDirectory directory, Collection<Arm> arms, String images) {
        TrialStore store = new TrialStore(directory.path().resolve("trials"), images, directory.changed());
        arms.forEach(store::of);
        return store;
    }

    /** The trials of an arm that are done, by seed. */
    synchronized SortedMap<Long, TrialResult> of(Arm arm) {
        return new TreeMap<>(trials(arm));
    }

    /** Whether a trial is done. */
    synchronized boolean holds(Arm arm, long seed) {
        return trials(arm).containsKey(seed);
    }

    /** Where a trial that is under way leaves its model, if it is to be kept. */
    Path model(Arm arm, long seed) {
        return underWay(arm, seed).resolve(MODEL);
    }

    /** Keeps a trial that is done, with its model if there is one. */
    synchronized void add(Arm arm, TrialResult result) {
        Path model = model(arm, result.seed());
        if (Files.exists(model)) {
            try {
                Files.move(
                        model,
                        folder(arm).resolve("seed-%s.safetensors".formatted(result.seed())),
                        StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException e) {
                throw new Failure("%s: cannot be kept (%s)".formatted(model, e.getMessage()), e);
            }
        }
        Json.write(folder(arm).resolve(name(result.seed())), result);
        trials(arm).put(result.seed(), result);
        new TemporaryFolder(underWay(arm, result.seed())).delete();
    }

    /** Where a trial that is under way keeps what it takes to go on. */
    Path underWay(Arm arm, long seed) {
        return folder(arm).resolve("seed-" + seed).toAbsolutePath();
    }

    private Path folder(Arm arm) {
        return folder.resolve(arm.folder());
    }

    private SortedMap<Long, TrialResult> trials(Arm arm) {
        return arms.computeIfAbsent(arm.folder(), _ -> read(arm));
    }

    private static void checkComplete(Path file, Arm arm, TrialResult result) {
        if (!file.endsWith(name(result.seed()))) {
            throw new Failure("%s: holds the trial of seed %s; delete it, and it is trained again"
                    .formatted(file, result.seed()));
        }
        if (result.identity() == null || result.batches() == null) {
            throw new Failure(
                    "%s: does not say what it was trained on; delete it, and it is trained again".formatted(file));
        }
        if (result.status() != Status.DONE
                || result.epochs().size() != arm.recipe().epochs()) {
            throw new Failure(
                    "%s: holds a trial of %s epochs that is %s, not one of %s that is done; delete it, and it is trained again"
                            .formatted(
                                    file,
                                    result.epochs().size(),
                                    result.status(),
                                    arm.recipe().epochs()));
        }
    }

    private static String name(long seed) {
        return "seed-%s.json".formatted(Long.toString(seed));
    }

    private SortedMap<Long, TrialResult> read(Arm arm) {
        SortedMap<Long, TrialResult> trials = new TreeMap<>();
        if (Files.isDirectory(folder(arm))) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder(arm), "seed-*.json")) {
                for (Path file : files) {
                    if (changed.contains(file)) {
                        // Done again.
                        continue;
                    }
                    TrialResult result = TrialResult.read(file);
                    if (!result.engine().equals(arm.engine()) || !arm.isOf(result.recipe(), result.seed())) {
                        throw new Failure(
                                "%s: is a trial of another recipe; choose another folder with --out".formatted(file));
                    }
                    checkComplete(file, arm, result);
                    if (result.identity() == null || !result.identity().images().equals(images)) {
                        throw new Failure(
                                "%s: was trained on other images than the dataset holds now; choose another folder with --out"
                                        .formatted(file));
                    }
                    // Of a process that was killed between the two.
                    new TemporaryFolder(underWay(arm, result.seed())).delete();
                    trials.put(result.seed(), result);
                }
            } catch (IOException e) {
                throw new Failure("%s: cannot be read (%s)".formatted(folder(arm), e.getMessage()), e);
            }
        }
        return trials;
    }
}
