package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every file of every kind of run, cut, emptied, with a block of zeros and with one flipped bit: {@code report} and
 * {@code --resume} end with what they were asked for or with a sentence, and soon.
 */
@Tag("faults")
@EnabledOnOs(OS.LINUX)
final class DamagedFilesTest {
    /** A minute is promised; a busy machine has several. */
    private static final long PATIENCE_SECONDS = 180;

    /** What a training is made of when it goes on. Nothing else is needed for it to end with the same parameters. */
    private static final String NEEDED = "recipe\\.json|lock";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path folder;

    private static int runs;

    /** What can happen to a file. */
    private enum Damage {
        HALF {
            @Override
            byte[] of(byte[] content, Random random) {
                return Arrays.copyOf(content, content.length / 2);
            }
        },
        EMPTY {
            @Override
            byte[] of(byte[] content, Random random) {
                return new byte[0];
            }
        },
        ZEROS {
            @Override
            byte[] of(byte[] content, Random random) {
                int length = Math.min(4096, Math.max(1, content.length / 3));
                int from = random.nextInt(content.length - length + 1);
                byte[] damaged = content.clone();
                Arrays.fill(damaged, from, from + length, (byte) 0);
                return damaged;
            }
        },
        BIT {
            @Override
            byte[] of(byte[] content, Random random) {
                byte[] damaged = content.clone();
                damaged[random.nextInt(content.length)] ^= (byte) (1 << random.nextInt(8));
                return damaged;
            }
        };

        abstract byte[] of(byte[] content, Random random);
    }

    /** A file of a run and what happens to it. */
    private record Case(String file, Damage damage) {

        /** All that are possible, in a random order that is always the same. */
        static List<Case> all(Path run) throws IOException {
            List<Case> cases = new ArrayList<>();
            try (Stream<Path> files = Files.walk(run)) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    if (Files.size(file) > 0) {
                        for (Damage damage : Damage.values()) {
                            cases.add(new Case(run.relativize(file).toString(), damage));
                        }
                    }
                }
            }
            Collections.shuffle(cases, new Random(1));
            return cases;
        }

        /** Says what was done when it did harm. */
        void explain(Executable commands) throws Exception {
            try {
                commands.execute();
            } catch (Throwable e) {
                throw new IllegalStateException(this + ": " + e.getMessage(), e);
            }
        }

        Path commit(Path run, String name, Random random) throws IOException {
            Path copy = Runs.copy(run, folder.resolve(name + ++runs));
            Path damaged = copy.resolve(file);
            byte[] content = Files.readAllBytes(damaged);
            Files.write(damaged, damage.of(content, random));
            return copy;
        }
    }

    /** A training of an epoch is asked for two more, which it does as if nothing had happened, from what is left. */
    @Test
    void aTrainingGoesOn() throws Exception {
        Path straight = Job.TRAIN.straight().path();
        Path once = Runs.once().path();
        String model = Results.sha256(straight.resolve("java/model.safetensors"));
        List<Case> cases = Case.all(once);
        Campaign.run("train", "damaged file, --resume", 2, (random, number) -> {
            Case what = cases.get(number % cases.size());
            Path run = what.commit(once, "train", random);
            Tandem tandem = end("train", "java", "--resume", run.toString(), "--epochs", "3");
            String said = what + ": " + tandem;
            if (!what.file.matches(NEEDED)) {
                assertEquals(0, tandem.exitCode(), said);
                assertEquals(model, Results.sha256(run.resolve("java/model.safetensors")), said);
            }
            Runs.delete(run);
        });
    }

    /** A damaged checkpoint is told, and the one before goes on. */
    @ParameterizedTest
    @CsvSource({"position-10.json, BIT, 0", "parameters-10.safetensors, BIT, 1", "optimizer-10.safetensors, ZEROS, 0"})
    void theCheckpointBeforeGoesOn(String file, Damage damage, int few) throws Exception {
        Path straight = Job.TRAIN.straight().path();
        Path once = Runs.once().path();
        Campaign.run("train", "damaged checkpoint, --resume", few, (random, _) -> {
            Path run = new Case("java/checkpoint/" + file, damage).commit(once, "checkpoint", random);
            Tandem tandem = end("train", "java", "--resume", run.toString(), "--epochs", "3");
            assertEquals(0, tandem.exitCode(), tandem::toString);
            assertTrue(tandem.out().contains("note: " + run.resolve("java/checkpoint")), tandem::toString);
            assertTrue(tandem.out().contains("the checkpoint is damaged"), tandem::toString);
            assertTrue(tandem.out().contains("java goes on from step 7"), tandem::toString);
            assertEquals(
                    Results.sha256(straight.resolve("java/model.safetensors")),
                    Results.sha256(run.resolve("java/model.safetensors")));
            Runs.delete(run);
        });
    }

    /** What is whole of a run is shown, and what is missing is done again, or a sentence says what cannot be read. */
    @ParameterizedTest
    @CsvSource({"COMPARE, 1", "STUDY, 1", "DIFFERENCES, 0", "BENCH, 0"})
    void everyKindIsReportedAndResumed(Job job, int few) throws Exception {
        if (Campaign.tries(few) == 0) {
            return;
        }
        Path whole = job.straight().path();
        List<Case> cases = Case.all(whole);
        Campaign.run(job.title(), "damaged file, report and --resume", few, (random, number) -> {
            Case what = cases.get(number % cases.size());
            Path run = what.commit(whole, job.command(), random);
            what.explain(() -> {
                end("report", run.toString());
                end(job.command(), "--resume", run.toString());
            });
            Runs.delete(run);
        });
    }

    /** A proof is made anew, not gone on with. */
    @Test
    void aProofIsReported() throws Exception {
        Path whole = Runs.parity().path();
        List<Case> cases = Case.all(whole);
        Campaign.run("parity", "damaged file, report", 1, (random, number) -> {
            Case what = cases.get(number % cases.size());
            Path run = what.commit(whole, "parity", random);
            what.explain(() -> end("report", run.toString()));
            Runs.delete(run);
        });
    }

    /** The file that says what a run was asked for is lost: nobody guesses, as that would be all engines. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "COMPARE | comparison.json | 0 | --engines",
                "STUDY | study.json | 1 | --engines and --seeds",
                "DIFFERENCES | differences.json | 0 | --engine and --seeds",
                "BENCH | bench.json | 0 | --engines and what else was given",
            })
    void whatWasAskedForIsLost(Job job, String file, int few, String options) throws Exception {
        if (Campaign.tries(few) == 0) {
            return;
        }
        Path whole = job.straight().path();
        Campaign.run(job.title(), file + " lost, --resume", few, (random, number) -> {
            Damage damage = Damage.values()[number % 3];
            Path run = new Case(file, damage).commit(whole, job.command(), random);
            Tandem tandem = end(job.command(), "--resume", run.toString());
            assertEquals(
                    "tandem: %s: is damaged, and with it what the run was asked for; say it again beside --resume, with %s, as command.txt has it"
                            .formatted(run.resolve(file), options),
                    tandem.err().strip(),
                    damage + ": " + tandem);
            if (job == Job.STUDY) {
                end(
                        "study",
                        "--resume",
                        run.toString(),
                        "--engines",
                        "java,java:direct-convolution",
                        "--seeds",
                        "2",
                        "--margin",
                        "5");
                Results.assertSame(job.straight().results(), Results.of(run), tandem);
            }
            Runs.delete(run);
        });
    }

    private static Tandem end(String... words) throws Exception {
        Tandem tandem = Runs.testEngines().start(folder, List.of(), words).end(PATIENCE_SECONDS);
        Campaign.assertSentences(tandem);
        return tandem;
    }
}
