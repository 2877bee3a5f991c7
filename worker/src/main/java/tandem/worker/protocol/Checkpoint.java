package tandem.worker.protocol;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tandem.core.AtomicFile;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.core.Network;
import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.Sha256;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Enough to go on bit for bit: parameters, accumulators and position. A folder holds the last two, three files each:
 * {@code position-<step>.json} is moved into place after the two tensor files whose SHA-256 it has, and it has its own,
 * so what counts as a checkpoint is whole at every moment, and damage is seen. Runs from before 2026-11-26 have one
 * {@code position.json} without checksums.
 *
 * @param position where the run stands
 * @param parameters at that step
 * @param state at that step
 */
public record Checkpoint(Position position, Parameters parameters, OptimizerState state) {
    private static final String OLD = "position.json";
    private static final int KEPT = 2;

    /**
     * Where a run stands.
     *
     * @param step the next step, from 0 over the whole run
     * @param evaluatedEpochs epochs whose evaluation is done
     * @param lossSum sum of the step losses of the epoch under way
     * @param epochSeconds seconds of training of the epoch under way
     * @param batches fingerprint of the batches so far
     * @param identity of the run
     */
    public record Position(
            long step, int evaluatedEpochs, double lossSum, double epochSeconds, long batches, Identity identity) {

        /**
         * Checks that a recipe's training can stand here.
         *
         * @param perEpoch steps of an epoch
         * @param file of the position, for the message
         * @throws Failure if it cannot
         */
        public void isOf(Recipe recipe, int perEpoch, Path file) {
            long whole = step / perEpoch;
            boolean between = step % perEpoch == 0;
            if (step < 0
                    || evaluatedEpochs < 0
                    || evaluatedEpochs != whole && !(between && evaluatedEpochs == whole - 1)
                    || !Double.isFinite(lossSum)
                    || !(epochSeconds >= 0 && epochSeconds < Double.POSITIVE_INFINITY)) {
                throw new Failure(
                        "%s: no training can stand at step %s of epochs of %s steps, %s of them evaluated; start a new run"
                                .formatted(file, step, perEpoch, evaluatedEpochs));
            }
            if (step > (long) recipe.epochs() * perEpoch) {
                throw new Failure("%s: the run is at step %s, behind its %s epochs of %s steps; ask for more --epochs"
                        .formatted(file, step, recipe.epochs(), perEpoch));
            }
        }
    }

    /**
     * What a folder holds.
     *
     * @param newest the file of the newest position whose files are all whole; null if there is none
     * @param position its content
     * @param damaged a sentence for each newer checkpoint that is damaged
     */
    public record Found(@Nullable Path newest, @Nullable Position position, List<String> damaged) {}

    /** The content of {@code position-<step>.json}; its own checksum is that of the rest. */
    private record Content(Position position, String parametersSha256, String optimizerSha256, String sha256) {
        static Content of(Position position, String parameters, String optimizer) {
            return new Content(
                    position, parameters, optimizer, Sha256.of(Json.line(position) + parameters + optimizer));
        }
    }

    /**
     * Looks for the newest checkpoint that is whole; every byte of it is read.
     *
     * @throws Failure if the folder is there and cannot be read
     */
    public static Found find(Path folder) {
        List<String> damaged = new ArrayList<>();
        for (Path file : positions(folder)) {
            try {
                return new Found(file, position(file), List.copyOf(damaged));
            } catch (Failure e) {
                damaged.add(e.getMessage());
            }
        }
        return new Found(null, null, List.copyOf(damaged));
    }

    /** Whether a folder holds a checkpoint, whole or not. */
    public static boolean exists(Path folder) {
        return !positions(folder).isEmpty();
    }

    /** The files of positions, the newest first. */
    private static List<Path> positions(Path folder) {
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "position*.json")) {
                found.forEach(files::add);
            } catch (IOException e) {
                throw new Failure("%s: cannot be read (%s)".formatted(folder, e.getMessage()), e);
            }
        }
        files.removeIf(file -> step(file) < -1);
        files.sort(Comparator.comparingLong(Checkpoint::step).reversed());
        return files;
    }

    /** The step in the name of a checkpoint's file; -1 for the one name without, less for any other file. */
    private static long step(Path file) {
        String name = file.getFileName().toString();
        String digits = name.replaceFirst("^(position|parameters|optimizer)-(\\d{1,18})\\.(json|safetensors)$", "$2");
        return name.equals(OLD) ? -1 : digits.equals(name) ? -2 : Long.parseLong(digits);
    }

    /**
     * Reads where a checkpoint stands, and whether all of it is whole.
     *
     * @param file of a position
     * @throws Failure if it is damaged, or there is none
     */
    public static Position position(Path file) {
        Path folder = folder(file);
        try {
            JsonNode json = Json.MAPPER.readTree(Files.readString(file));
            if (json == null || !json.has("sha256")) {
                return before(file, json);
            }
            Content content = Json.MAPPER.treeToValue(json, Content.class);
            Position position = content.position;
            if (!content.equals(Content.of(position, content.parametersSha256, content.optimizerSha256))) {
                throw damaged(file, "its checksum is another one");
            }
            check(parametersFile(folder, position.step), content.parametersSha256, file);
            check(optimizerFile(folder, position.step), content.optimizerSha256, file);
            return position;
        } catch (IOException | JacksonException e) {
            throw damaged(file, e instanceof IOException ? "it cannot be read" : "it is not JSON as Tandem writes it");
        }
    }

    private static Position before(Path file, @Nullable JsonNode json) {
        Position position = Json.MAPPER.treeToValue(json, Position.class);
        if (position == null || !file.endsWith(OLD)) {
            throw damaged(file, "it has no checksum");
        }
        return position;
    }

    private static void check(Path file, String sha256, Path position) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw damaged(position, "%s is missing".formatted(file.getFileName()));
        }
        if (!Sha256.of(file).equals(sha256)) {
            throw damaged(file, "its checksum is not that in %s".formatted(position.getFileName()));
        }
    }

    private static Failure damaged(Path file, String what) {
        return new Failure("%s: the checkpoint is damaged, %s".formatted(file, what));
    }

    /**
     * Reads a checkpoint.
     *
     * @param file of its position
     * @throws Failure if it is damaged or belongs to another network
     */
    public static Checkpoint read(Path file, Network network) {
        Path folder = folder(file);
        Position position = position(file);
        return new Checkpoint(
                position,
                Parameters.read(parametersFile(folder, position.step), network),
                OptimizerState.read(optimizerFile(folder, position.step), network));
    }

    /**
     * Writes the checkpoint, then removes all but the one before.
     *
     * @throws Failure if it cannot be written; then those before are still whole
     */
    public void write(Path folder) {
        // At once: most of the time goes into hashing, and into waiting for the disk.
        CompletableFuture<String> ofParameters = started(() -> parameters.write(parametersFile(folder, position.step)));
        CompletableFuture<String> ofState = started(() -> state.write(optimizerFile(folder, position.step)));
        try {
            CompletableFuture.allOf(ofParameters, ofState).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof Failure failure ? failure : e;
        }
        write(folder, Content.of(position, ofParameters.join(), ofState.join()));
        removeOthers(folder);
    }

    private static CompletableFuture<String> started(Supplier<String> writing) {
        return CompletableFuture.supplyAsync(
                writing, task -> Thread.ofPlatform().start(task));
    }

    /**
     * Writes the position of the evaluation that came after a checkpoint; its tensors are the same.
     *
     * @throws Failure if it cannot be written, or the checkpoint of its step is damaged
     */
    public static void evaluated(Path folder, Position position) {
        Path file = positionFile(folder, position.step);
        Content content = Json.read(file, Content.class);
        write(folder, Content.of(position, content.parametersSha256, content.optimizerSha256));
    }

    private static void write(Path folder, Content content) {
        AtomicFile.write(positionFile(folder, content.position.step), Json.line(content) + "\n");
    }

    /**
     * Keeps this one and the newest before it. Later ones are of a run that went on from an older one; one without a
     * step in its name is this one, in the old form.
     */
    private void removeOthers(Path folder) {
        List<Long> kept = positions(folder).stream()
                .map(Checkpoint::step)
                .filter(step -> 0 <= step && step <= position.step)
                .limit(KEPT)
                .toList();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                long step = step(file);
                if (step >= -1 && !kept.contains(step) || AtomicFile.isTemporary(file)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw new Failure("%s: old files cannot be removed (%s)".formatted(folder, e.getMessage()), e);
        }
    }

    private static Path folder(Path file) {
        return Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file lies in a folder");
    }

    private static Path positionFile(Path folder, long step) {
        return folder.resolve(String.format(Locale.ROOT, "position-%s.json", step));
    }

    private static Path parametersFile(Path folder, long step) {
        return folder.resolve(String.format(Locale.ROOT, "parameters-%s.safetensors", step));
    }

    private static Path optimizerFile(Path folder, long step) {
        return folder.resolve(String.format(Locale.ROOT, "optimizer-%s.safetensors", step));
    }
}
