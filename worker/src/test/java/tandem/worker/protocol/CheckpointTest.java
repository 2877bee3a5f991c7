package tandem.worker.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.core.Network;
import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.random.InitialParameters;
import tandem.worker.protocol.Checkpoint.Position;

final class CheckpointTest {
    private static final Network NETWORK = new Network(28, 28, 10, 2, 3, 8, 0.25, 0.5);
    private static final Recipe RECIPE =
            Recipe.HARMONIZED.with(Map.of("network", NETWORK, "epochs", 3, "trainLimit", 640));
    private static final int PER_EPOCH = 10;
    private static final Identity IDENTITY = new Identity("r", "i", "p");

    @TempDir
    Path folder;

    private static Position position(long step) {
        return new Position(step, (int) (step / PER_EPOCH), 0.125 * step, 1.5, 7 * step, IDENTITY);
    }

    private Checkpoint write(long step, long seed) {
        Parameters parameters = InitialParameters.of(RECIPE.with(Map.of("seed", seed)));
        Checkpoint checkpoint =
                new Checkpoint(position(step), parameters, new OptimizerState(parameters, Parameters.zeros(NETWORK)));
        checkpoint.write(folder);
        return checkpoint;
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private Path newest() {
        return Objects.requireNonNull(Checkpoint.find(folder).newest());
    }

    @Test
    void isReadAsItWasWritten() {
        Checkpoint written = write(7, 1);
        Checkpoint read = Checkpoint.read(newest(), NETWORK);
        assertEquals(written.position(), read.position());
        assertEquals(written.parameters().fingerprint(), read.parameters().fingerprint());
        assertEquals(
                written.state().squareAverage().fingerprint(),
                read.state().squareAverage().fingerprint());
        assertEquals(new Checkpoint.Found(newest(), position(7), List.of()), Checkpoint.find(folder));
    }

    @Test
    void theLastTwoAreKept() throws IOException {
        assertNull(Checkpoint.find(folder).newest());
        assertNull(Checkpoint.find(folder.resolve("nowhere")).newest());
        for (long step : new long[] {3, 9, 12}) {
            write(step, step);
        }
        Files.writeString(folder.resolve("notes.txt"), "mine");
        assertEquals(
                List.of(
                        "notes.txt",
                        "optimizer-12.safetensors",
                        "optimizer-9.safetensors",
                        "parameters-12.safetensors",
                        "parameters-9.safetensors",
                        "position-12.json",
                        "position-9.json"),
                names());
        // A run that went on from step 9.
        write(11, 1);
        assertEquals(folder.resolve("position-11.json"), newest());
        assertEquals(7, names().size());
        assertTrue(names().contains("position-9.json"));
    }

    @Test
    void theEvaluationChangesThePositionAlone() throws IOException {
        write(PER_EPOCH, 1);
        byte[] parameters = Files.readAllBytes(folder.resolve("parameters-10.safetensors"));
        Position evaluated = new Position(PER_EPOCH, 1, 0, 0, 70, IDENTITY);
        Checkpoint.evaluated(folder, evaluated);
        assertEquals(new Checkpoint.Found(newest(), evaluated, List.of()), Checkpoint.find(folder));
        assertEquals(
                -1,
                java.util.Arrays.mismatch(parameters, Files.readAllBytes(folder.resolve("parameters-10.safetensors"))));
    }

    /** One flipped bit, at every 97th byte of each file, a cut, zeros, and a file that is gone. */
    @Test
    void damageFallsBackToTheOneBefore() throws IOException {
        write(4, 1);
        write(8, 2);
        for (String name : List.of("position-8.json", "parameters-8.safetensors", "optimizer-8.safetensors")) {
            Path file = folder.resolve(name);
            byte[] whole = Files.readAllBytes(file);
            for (int i = 0; i < whole.length; i += name.endsWith("json") ? 1 : 97) {
                byte[] flipped = whole.clone();
                flipped[i] ^= (byte) (1 << i % 8);
                Files.write(file, flipped);
                assertFallsBack(name, "bit of byte " + i);
            }
            Files.write(file, java.util.Arrays.copyOf(whole, whole.length / 2));
            assertFallsBack(name, "cut");
            Files.write(file, new byte[whole.length]);
            assertFallsBack(name, "zeros");
            Files.write(file, new byte[0]);
            assertFallsBack(name, "empty");
            if (!name.endsWith("json")) {
                Files.delete(file);
                assertFallsBack(name, "gone");
            }
            Files.write(file, whole);
            assertEquals(folder.resolve("position-8.json"), newest());
        }
    }

    private void assertFallsBack(String name, String damage) {
        Checkpoint.Found found = Checkpoint.find(folder);
        assertEquals(folder.resolve("position-4.json"), found.newest(), () -> name + ", " + damage);
        assertEquals(1, found.damaged().size());
        String sentence = found.damaged().getFirst();
        assertTrue(sentence.startsWith(folder.toString()) && sentence.contains("the checkpoint is damaged"), sentence);
        assertEquals(1, sentence.lines().count(), sentence);
    }

    @Test
    void aRunFromBeforeHasOneWithoutChecksums() throws IOException {
        write(4, 1);
        Files.writeString(folder.resolve("position.json"), Json.line(position(4)));
        Files.delete(folder.resolve("position-4.json"));
        assertEquals(
                new Checkpoint.Found(folder.resolve("position.json"), position(4), List.of()), Checkpoint.find(folder));
        assertEquals(position(4), Checkpoint.read(newest(), NETWORK).position());
        write(6, 2);
        assertEquals(
                List.of("optimizer-6.safetensors", "parameters-6.safetensors", "position-6.json"),
                names(),
                "the next one takes its place");
        Files.writeString(folder.resolve("position.json"), "{");
        assertEquals(folder.resolve("position-6.json"), newest());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0, 0",
        "5, 0, 1.5, 1",
        "10, 0, 1.5, 1",
        "10, 1, 0, 0",
        "30, 3, 0, 0",
    })
    void whereATrainingCanStand(long step, int evaluated, double loss, double seconds) {
        new Position(step, evaluated, loss, seconds, 0, IDENTITY).isOf(RECIPE, PER_EPOCH, folder);
    }

    @ParameterizedTest
    @CsvSource({
        "-1, 0, 0, 0",
        "5, 1, 0, 0",
        "5, -1, 0, 0",
        "10, 2, 0, 0",
        "20, 0, 0, 0",
        "1000000, -2000000000, 0, 0",
        "5, 0, NaN, 0",
        "5, 0, Infinity, 0",
        "5, 0, 0, -1",
        "5, 0, 0, NaN",
        "31, 3, 0, 0",
        "40, 4, 0, 0",
    })
    void whereNoneCan(long step, int evaluated, double loss, double seconds) {
        String sentence = assertThrows(
                        Failure.class,
                        () -> new Position(step, evaluated, loss, seconds, 0, IDENTITY).isOf(RECIPE, PER_EPOCH, folder))
                .getMessage();
        assertEquals(1, sentence.lines().count());
    }
}
