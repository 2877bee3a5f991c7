package tandem.lab.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.TestWorkers;
import tandem.lab.progress.StopSignal;

final class RunDirectoryTest {
    private static final Recipe RECIPE = Recipe.PRESETS.get("published-pytorch");

    @TempDir
    Path folder;

    private static void fails(String sentence, Executable action) {
        assertEquals(sentence, assertThrows(Failure.class, action).getMessage());
    }

    private Machine machine() {
        return Machine.current(TestWorkers.of(folder, 2, _ -> {}, new StopSignal()), List.of());
    }

    private RunDirectory begun(Path path) {
        RunDirectory run = RunDirectory.create(path, "study");
        run.begin(RECIPE, machine());
        return run;
    }

    private static List<String> files(Path path) throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aNewRunIsAnEmptyFolderWithALock() throws IOException {
        Path path = folder.resolve("a/b");
        try (RunDirectory run = RunDirectory.create(path, "study")) {
            assertEquals(path, run.path());
            assertEquals(List.of("lock"), files(path));
            assertFalse(run.begun());
            String mine = path
                    + ": process %s writes into it; wait until it ends"
                            .formatted(ProcessHandle.current().pid());
            fails(mine + "; choose another folder with --out", () -> RunDirectory.create(path, "study"));
            run.begin(RECIPE, machine());
            Files.writeString(path.resolve("study.json"), "{}");
            fails(mine, () -> RunDirectory.goOn(path, "study.json"));
        }
        RunDirectory.goOn(path, "study.json").close();
    }

    /** What is there before recipe.json is, and what was being written. */
    @Test
    void aRunThatWasKilledBeforeItBeganStartsAgain() throws IOException {
        Path path = folder.resolve("run");
        try (RunDirectory run = RunDirectory.create(path, "compare")) {
            run.add(Instant.parse("2026-11-25T09:00:00Z"), List.of("compare"));
            run.keepInitial(Parameters.zeros(RECIPE.network()));
            run.write("comparison.json", List.of());
        }
        fails(
                path
                        + ": holds no run (no recipe.json), as its command ended before it began; start it again with --out",
                () -> RunDirectory.open(path));
        Files.createFile(path.resolve("machine.json.0a3b9f62-1f0e-4c6b-9a55-0123456789ab.tmp"));
        try (RunDirectory again = RunDirectory.create(path, "compare")) {
            assertEquals(List.of("lock"), files(path));
            assertNull(again.initial());
        }
    }

    @Test
    void whatWasBeingWrittenGoesWhenARunGoesOn() throws IOException {
        Path path = folder.resolve("run");
        try (RunDirectory run = begun(path)) {
            run.write("study.json", List.of());
        }
        Path left = path.resolve("java/model.safetensors.0a3b9f62-1f0e-4c6b-9a55-0123456789ab.tmp");
        Files.createDirectories(left.getParent());
        Files.createFile(left);
        Path mine = Files.createFile(path.resolve("java/mine.tmp"));
        RunDirectory.goOn(path, "study.json").close();
        assertFalse(Files.exists(left));
        assertTrue(Files.exists(mine));
    }

    @Test
    void aFileThatChangesAfterTheCommandIsSeen() throws IOException {
        Path path = folder.resolve("run");
        try (RunDirectory run = begun(path)) {
            run.write("study.json", List.of());
            Files.createDirectories(path.resolve("java"));
            Files.writeString(path.resolve("java/model.safetensors"), "abc");
            Files.writeString(path.resolve("java/worker.log"), "whatever");
            assertFalse(Files.exists(path.resolve("SHA256SUMS")));
        }
        // As sha256sum has it.
        assertTrue(Files.readString(path.resolve("SHA256SUMS"))
                .contains(
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  java/model.safetensors\n"));
        assertEquals(4, Files.readAllLines(path.resolve("SHA256SUMS")).size(), "recipe, machine, study, model");
        Files.writeString(path.resolve("report.html"), "made of the others");
        Files.writeString(path.resolve("java/worker.log"), "more");
        assertEquals(List.of(), RunDirectory.open(path).changed());
        Files.writeString(path.resolve("java/model.safetensors"), "abd");
        Files.delete(path.resolve("study.json"));
        assertEquals(
                List.of(path.resolve("java/model.safetensors"), path.resolve("study.json")),
                RunDirectory.open(path).changed());
        assertEquals(
                path.resolve("study.json") + ": is not as it was written",
                RunDirectory.open(path).doubts().getLast());
        Files.writeString(path.resolve("study.json"), "{}");
        try (RunDirectory run = RunDirectory.goOn(path, "study.json")) {
            assertEquals(2, run.changed().size());
            assertFalse(Files.exists(path.resolve("SHA256SUMS")), "while it is written");
        }
        assertEquals(List.of(), RunDirectory.open(path).changed());
        Files.writeString(path.resolve("SHA256SUMS"), "nonsense\n");
        assertEquals(
                List.of(path.resolve("SHA256SUMS")), RunDirectory.open(path).changed());
    }

    @Test
    void aFolderThatIsDeletedMeanwhileIsNotMadeAgain() {
        Path path = folder.resolve("run");
        try (RunDirectory run = begun(path)) {
            new TemporaryFolder(path).delete();
            fails(
                    path + ": was deleted, or its recipe.json, while the run wrote into it; start the run again",
                    () -> run.write("study.json", List.of()));
        }
        assertFalse(Files.exists(path));
    }

    private static Path started() {
        try (RunDirectory run = RunDirectory.create(null, "study")) {
            return run.path();
        }
    }

    /** Runs that begin in the same second are numbered. */
    @Test
    void withoutAFolderARunIsNamedAfterTheTimeAndTheCommand() throws IOException {
        Path first = started();
        Path second = started();
        Path third = started();
        try {
            assertEquals(Path.of("runs"), first.getParent());
            for (Path path : List.of(first, second, third)) {
                assertTrue(Files.isDirectory(path));
                assertTrue(path.getFileName().toString().matches("2\\d{7}-\\d{6}-study(-\\d+)?"), path::toString);
            }
            assertNotEquals(first, second);
            // Unless a second began in between.
            if (third.toString().startsWith(first.toString())) {
                assertEquals(List.of(first + "-2", first + "-3"), List.of(second.toString(), third.toString()));
            }
        } finally {
            for (Path path : List.of(first, second, third)) {
                new TemporaryFolder(path).delete();
            }
            // Not if it holds something.
            new File("runs").delete();
        }
    }

    @Test
    void aFolderThatHoldsSomethingIsRefused() throws IOException {
        Path out = Files.createDirectories(folder.resolve("run"));
        Files.writeString(out.resolve("notes.txt"), "mine");
        fails(out + ": is not empty; choose another folder with --out", () -> RunDirectory.create(out, "compare"));
        Files.writeString(out.resolve("recipe.json"), RECIPE.toJson());
        fails(out + ": holds another run; choose another folder with --out", () -> RunDirectory.create(out, "compare"));
        Path file = Files.createFile(folder.resolve("file"));
        fails(file + ": is a file; choose another folder with --out", () -> RunDirectory.create(file, "compare"));
        Path below = file.resolve("run");
        String sentence = assertThrows(Failure.class, () -> RunDirectory.create(below, "compare"))
                .getMessage();
        assertTrue(sentence.startsWith(below + ": cannot be written ("), sentence);
    }

    private static RunDirectory createOrGoOn(Path path, String command) {
        return RunDirectory.createOrGoOn(path, command, command + ".json");
    }

    @Test
    void aRunOfTheSameCommandGoesOn() throws IOException {
        Path path = folder.resolve("run");
        try (RunDirectory run = createOrGoOn(path, "study")) {
            assertFalse(run.begun(), "where nothing is, a new run begins");
        }
        begun(path).close();
        fails(path + ": holds another run; choose another folder with --out", () -> createOrGoOn(path, "study"));

        Files.writeString(path.resolve("study.json"), "{}");
        try (RunDirectory run = createOrGoOn(path, "study")) {
            assertTrue(run.begun());
        }
        fails(path + ": holds another run; choose another folder with --out", () -> createOrGoOn(path, "differences"));
        fails(
                path
                        + ": holds a run of another command (no differences.json); report.html and command.txt in it say which",
                () -> RunDirectory.goOn(path, "differences.json"));
        Files.createDirectory(path.resolve("trials"));
        Files.delete(path.resolve("recipe.json"));
        fails(path + ": is not empty; choose another folder with --out", () -> createOrGoOn(path, "study"));
    }

    @Test
    void ofTheRecipeOnlyTheEpochsAndThePlaceOfTheImagesMayChange() {
        Path path = folder.resolve("run");
        try (RunDirectory run = begun(path)) {
            run.goesOnWith(RECIPE, false);
            run.goesOnWith(RECIPE.with(Map.of("dataset", "/moved")), false);
            run.goesOnWith(RECIPE.with(Map.of("dataset", "/moved", "epochs", 30)), true);
            fails(
                    path
                            + ": holds a run with another recipe (see its recipe.json); when a run is resumed, only where its images lie may change; choose another folder with --out",
                    () -> run.goesOnWith(RECIPE.with(Map.of("epochs", 30)), false));
            fails(
                    path
                            + ": holds a run with another recipe (see its recipe.json); when a run is resumed, only --epochs and where its images lie may change; choose another folder with --out",
                    () -> run.goesOnWith(RECIPE.with(Map.of("seed", 7)), true));
        }
    }

    @Test
    void aRunHoldsItsRecipeAndItsMachine() {
        Path path = folder.resolve("run");
        try (RunDirectory run = begun(path)) {
            assertEquals(RECIPE, RunDirectory.open(path).recipe());
            assertEquals(
                    2, Json.read(path.resolve("machine.json"), Machine.class).threads());
            assertEquals(
                    path.resolve("java-direct-convolution"), run.engine(EngineName.parse("java:direct-convolution")));
        }
        fails(
                folder + ": holds no run (no recipe.json); give the folder that a command printed last",
                () -> RunDirectory.open(folder));
    }

    @Test
    void everyCommandIsALineThatAShellUnderstands() throws IOException {
        try (RunDirectory run = RunDirectory.create(folder.resolve("run"), "study")) {
            checkCommands(run);
        }
    }

    private void checkCommands(RunDirectory run) throws IOException {
        assertEquals("", run.commands());
        run.add(Instant.parse("2026-11-25T08:00:00.987Z"), List.of("study", "--seeds", "3", "--out", "my runs/it's"));
        run.add(Instant.parse("2026-11-25T09:00:00Z"), List.of("study", "", "java:direct-convolution"));
        assertEquals("""
                2026-11-25T08:00:00Z tandem study --seeds 3 --out 'my runs/it'\\''s'
                2026-11-25T09:00:00Z tandem study '' java:direct-convolution
                """, run.commands());

        Path commands = folder.resolve("run/command.txt");
        Files.write(commands, new byte[] {(byte) 0xff});
        String sentence = assertThrows(Failure.class, run::commands).getMessage();
        assertEquals(commands + ": is not text in UTF-8; put back the file that Tandem wrote", sentence);
    }

    @Test
    void aTemporaryFolderGoesWithAllThatIsInIt() throws IOException {
        TemporaryFolder temporary = TemporaryFolder.create("tandem-test");
        assertTrue(temporary.path().getFileName().toString().startsWith("tandem-test"));
        assertEquals(
                temporary.path(),
                Files.createDirectory(temporary.path().resolve("a")).getParent());
        Files.writeString(temporary.path().resolve("a/b"), "");
        temporary.delete();
        assertFalse(Files.exists(temporary.path()));
        temporary.delete();
    }
}
