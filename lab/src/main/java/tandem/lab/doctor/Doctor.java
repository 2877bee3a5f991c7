package tandem.lab.doctor;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tandem.core.AtomicFile;
import tandem.core.Failure;
import tandem.core.ProcessLock;
import tandem.core.data.Catalogue;
import tandem.core.data.Location;
import tandem.lab.engines.FoundEngine;
import tandem.lab.engines.Natives;
import tandem.lab.engines.Workers;
import tandem.lab.page.Numbers;
import tandem.lab.run.RunDirectory;

/**
 * Looks at everything that Tandem needs here, one thing after the other, and tells what it finds. What it may repair is
 * what can be made or fetched again: natives, datasets, and files that were being written when a process was killed.
 */
public final class Doctor {
    /** An engine's worker and the lab need less. */
    private static final long LEAST_MEMORY = 1 << 30;

    /** PyTorch's natives, packed and unpacked, are the largest of an engine's for the CPU. */
    private static final long LEAST_DISK = 1 << 30;

    private final Workers workers;
    private final Path runs;
    private final boolean repair;
    private final Consumer<Finding> told;

    /**
     * A doctor.
     *
     * @param workers of the engines that are looked at
     * @param runs folder of run directories; it may not exist
     * @param repair whether to repair what can be
     * @param told is told each finding
     */
    public Doctor(Workers workers, Path runs, boolean repair, Consumer<Finding> told) {
        this.workers = workers;
        this.runs = runs;
        this.repair = repair;
        this.told = told;
    }

    /** Looks at everything, until it is asked to stop. */
    public void examine() {
        List<Runnable> parts = new ArrayList<>(List.of(
                this::java,
                this::memory,
                () -> disk("disk of runs", Path.of("")),
                () -> disk("disk of the cache", workers.caches()),
                this::datasets,
                this::natives,
                this::runs));
        Proofs proofs = new Proofs(workers, told);
        workers.engines().all().forEach(engine -> parts.add(() -> proofs.prove(engine)));
        for (Runnable part : parts) {
            if (!workers.stop().raised()) {
                part.run();
            }
        }
    }

    private void java() {
        told.accept(Finding.fine(
                "Java",
                "%s, %s, in %s",
                Runtime.version(),
                System.getProperty("java.vendor"),
                System.getProperty("java.home")));
        boolean vectors = ModuleFinder.ofSystem().find("jdk.incubator.vector").isPresent();
        told.accept(
                vectors
                        ? Finding.fine("vectors", "this JDK has the Vector API")
                        : Finding.problem(
                                "vectors",
                                "this JDK does not have the module jdk.incubator.vector, so the java engine is slow",
                                "install a whole JDK, such as Eclipse Temurin"));
    }

    private void memory() {
        long free = availableMemory();
        told.accept(
                free >= LEAST_MEMORY
                        ? Finding.fine("memory", "%s MiB are free", Numbers.of(free >> 20))
                        : Finding.problem(
                                "memory",
                                "only %s MiB are free, and an engine may need %s"
                                        .formatted(free >> 20, LEAST_MEMORY >> 20),
                                "end other programs"));
    }

    /** What Linux could free counts, too; elsewhere, what is free. */
    private static long availableMemory() {
        Path info = Path.of("/proc/meminfo");
        if (Files.isReadable(info)) {
            try (Stream<String> lines = Files.lines(info)) {
                return lines.filter(line -> line.startsWith("MemAvailable:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                        .findFirst()
                        .orElseThrow();
            } catch (IOException e) {
                throw new Failure("%s: cannot be read (%s)".formatted(info, e.getMessage()), e);
            }
        }
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getFreeMemorySize();
    }

    private void disk(String what, Path folder) {
        Path place = folder.toAbsolutePath();
        while (!Files.exists(place) && place.getParent() != null) {
            place = place.getParent();
        }
        try {
            long room = Files.getFileStore(place).getUsableSpace();
            boolean writable = Files.isWritable(place);
            told.accept(
                    room >= LEAST_DISK && writable
                            ? Finding.fine(what, "%s MiB of room in %s", Numbers.of(room >> 20), place)
                            : Finding.problem(
                                    what,
                                    writable
                                            ? "only %s MiB of room in %s".formatted(room >> 20, place)
                                            : "%s cannot be written".formatted(place),
                                    writable ? "make room" : "give the right to write there, or go to another folder"));
        } catch (IOException e) {
            told.accept(Finding.problem(what, "%s: %s".formatted(place, e.getMessage()), "check the disk"));
        }
    }

    private void datasets() {
        Catalogue catalogue = Catalogue.ofUser();
        for (Catalogue.Entry entry : catalogue.entries()) {
            String what = "dataset " + entry.name();
            if (entry.location() instanceof Location.Missing) {
                told.accept(Finding.fine(what, "is fetched at first use"));
                continue;
            }
            try {
                catalogue.verify(entry.name());
                told.accept(Finding.fine(what, "all four files are intact"));
            } catch (Failure e) {
                if (repair && entry.location() instanceof Location.Cached) {
                    catalogue.remove(entry.name());
                    told.accept(
                            Finding.repaired(what, e.getMessage() + "; it was deleted, and is fetched at next use"));
                } else {
                    told.accept(Finding.problem(
                            what,
                            e.getMessage(),
                            entry.location() instanceof Location.Cached
                                    ? "'tandem doctor --repair' deletes it, and it is fetched at next use"
                                    : "install it again"));
                }
            }
        }
    }

    private void natives() {
        for (FoundEngine engine : workers.engines().all()) {
            Natives natives = new Natives(engine, "", workers.caches());
            String what = "natives of " + engine.provider().name();
            List<String> damage = natives.damage();
            if (!damage.isEmpty() && repair) {
                natives.repair(workers.progress(), workers.stop());
                damage.forEach(sentence ->
                        told.accept(Finding.repaired(what, sentence + "; deleted, and made anew at the next start")));
            } else if (!damage.isEmpty()) {
                damage.forEach(sentence -> told.accept(Finding.problem(
                        what, sentence, "'tandem doctor --repair' deletes it, and it is made anew at the next start")));
            } else if (natives.state() instanceof Natives.State.Installed(List<Path> jars, var _) && !jars.isEmpty()) {
                told.accept(Finding.fine(what, "all checksums are right"));
            }
        }
    }

    /** What was left behind by processes that were killed, and who is at work. */
    private void runs() {
        if (!Files.isDirectory(runs)) {
            told.accept(Finding.fine("runs", "there are none in %s", runs.toAbsolutePath()));
            return;
        }
        try (Stream<Path> folders = Files.list(runs)) {
            List<Path> all = folders.filter(Files::isDirectory).sorted().toList();
            all.forEach(this::run);
            told.accept(Finding.fine("runs", "%s in %s were looked at", all.size(), runs.toAbsolutePath()));
        } catch (IOException e) {
            told.accept(Finding.problem("runs", "%s: %s".formatted(runs, e.getMessage()), "check the folder"));
        }
    }

    private void run(Path run) {
        String what = "run " + run;
        if (!Files.exists(run.resolve(RunDirectory.LOCK))) {
            return;
        }
        try (ProcessLock lock =
                ProcessLock.tryAcquire(run.resolve(RunDirectory.LOCK)).orElse(null)) {
            if (lock == null) {
                told.accept(Finding.fine(what, "is being written"));
                return;
            }
            for (Path file : leftovers(run)) {
                if (repair) {
                    Files.deleteIfExists(file);
                    told.accept(Finding.repaired(what, "%s was left by a process that was killed".formatted(file)));
                } else {
                    told.accept(Finding.problem(
                            what,
                            "%s was left by a process that was killed".formatted(file),
                            "'tandem doctor --repair' deletes it"));
                }
            }
            if (Files.exists(run.resolve("recipe.json"))) {
                RunDirectory.open(run)
                        .doubts()
                        .forEach(doubt -> told.accept(Finding.problem(
                                what, doubt, "go on with --resume, which makes models, trials and tables again")));
            }
        } catch (IOException e) {
            told.accept(Finding.problem(what, "%s: %s".formatted(run, e.getMessage()), "check the folder"));
        }
    }

    private static List<Path> leftovers(Path run) throws IOException {
        try (Stream<Path> files = Files.walk(run)) {
            return files.filter(AtomicFile::isTemporary).toList();
        }
    }
}
