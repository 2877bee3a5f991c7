package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tandem doctor} with an empty cache, so that the engines without natives are proved and no other. */
final class DoctorTest {
    @TempDir
    Path folder;

    private Tandem doctor(String... options) throws Exception {
        String[] words = new String[options.length + 1];
        words[0] = "doctor";
        System.arraycopy(options, 0, words, 1, options.length);
        return Tandem.start(
                        Tandem.LAUNCHER,
                        folder,
                        Map.of("XDG_CACHE_HOME", folder.resolve("cache").toString()),
                        words)
                .end();
    }

    @Tag("slow")
    @Test
    void findsAndRepairsWhatCanBeMadeAgain() throws Exception {
        Path run = Runs.copy(Runs.comparison().path(), folder.resolve("runs/mine"));
        Path left = run.resolve("java/model.safetensors.0a3b9f62-1f0e-4c6b-9a55-0123456789ab.tmp");
        Files.writeString(left, "half a mod");
        Path images = folder.resolve("cache/tandem/datasets/kmnist/train-images-idx3-ubyte.gz");
        Files.createDirectories(images.getParent());
        for (String name : List.of("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")) {
            Files.writeString(images.resolveSibling(name + "-ubyte.gz"), "no images");
        }
        Files.writeString(run.resolve("java/events.jsonl"), "");
        Tandem ill = doctor();
        assertEquals(1, ill.exitCode(), ill.out() + ill.err());
        for (String line : List.of(
                "fine      dataset mnist: all four files are intact",
                "trains as the reference does",
                "fine      engine pytorch: its natives are fetched at first use")) {
            assertTrue(ill.out().contains(line), line + " is not in " + ill.out());
        }
        assertTrue(ill.out().contains(left.getFileName() + " was left by a process that was killed"), ill.out());
        assertTrue(ill.out().contains("problem   dataset kmnist: "), ill.out());
        assertTrue(ill.out().contains("java/events.jsonl: is not as it was written; go on with --resume"), ill.out());
        assertTrue(ill.out().contains("3 problems; what to do is behind each."), ill.out());
        assertTrue(Files.exists(left), "nothing is deleted unless that is asked for");

        Tandem repaired = doctor("--repair");
        assertEquals(1, repaired.exitCode(), "a log cannot be made again");
        assertTrue(repaired.out().contains("1 problem; what to do is behind each."), repaired.out());
        assertFalse(Files.exists(left));
        assertFalse(Files.exists(images));
    }
}
