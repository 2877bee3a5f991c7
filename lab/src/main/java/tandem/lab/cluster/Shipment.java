package tandem.lab.cluster;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tandem.core.Failure;
import tandem.core.ProcessLock;
import tandem.core.data.Catalogue;
import tandem.core.data.Dataset;
import tandem.core.data.Datasets;
import tandem.core.data.Location;
import tandem.lab.engines.Artifacts;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.FoundEngine;
import tandem.lab.engines.Natives;
import tandem.lab.engines.Outcome;
import tandem.lab.engines.Workers;
import tandem.lab.progress.Status;
import tandem.lab.run.TemporaryFolder;

/**
 * The files that a host needs to train: Tandem's jars, those of the engines with their natives, and the images if they
 * are not part of Tandem. A host has them in one folder: {@code lib/} and {@code engines/} as in a release,
 * {@code repository/} as Maven's local repository, {@code datasets/} as in Tandem's cache, {@code data/} for images of
 * one's own.
 */
public final class Shipment implements AutoCloseable {
    /** Folder of images of one's own, on a host. */
    public static final String DATA = "data";

    /** Folder of datasets of the catalogue, on a host. */
    public static final String DATASETS = "datasets";

    /** Folder of what engines need of Maven's repository, on a host. */
    public static final String REPOSITORY = "repository";

    /** Where each file is on this machine, by its place on a host. */
    private final Map<String, Path> files = new LinkedHashMap<>();

    private final Set<Path> lib = new LinkedHashSet<>();
    private final TemporaryFolder own = TemporaryFolder.create("tandem-data");

    /** The jars of this process. */
    public Shipment() {
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path jar = Path.of(entry).toAbsolutePath();
            if (entry.endsWith(".jar")) {
                lib.add(jar);
                files.put("lib/" + jar.getFileName(), jar);
            }
        }
    }

    /** Where each file is on this machine, by its place on a host. */
    Map<String, Path> files() {
        return files;
    }

    /**
     * Adds an engine, and fetches what its library needs; the hosts are of this machine's kind.
     *
     * @throws Failure if there is no such engine
     */
    public Outcome<FoundEngine> add(EngineName name, Workers workers) {
        FoundEngine engine = workers.engines().get(name);
        Natives natives = new Natives(engine, name.variant(), workers.caches());
        if (natives.state() instanceof Natives.State.Unsupported(String reason)) {
            return new Outcome.Missing<>(Status.UNAVAILABLE, reason);
        }
        List<Path> jars;
        try (ProcessLock _ = natives.lock(workers.progress(), workers.stop())) {
            jars = natives.install(workers.offline(), workers.progress(), workers.stop());
        } catch (Failure e) {
            return new Outcome.Missing<>(workers.stop().raised() ? Status.INTERRUPTED : Status.FAILED, e.getMessage());
        }
        for (Path entry : engine.classPath()) {
            Path jar = entry.toAbsolutePath();
            if (!lib.contains(jar)) {
                String folder = jar.endsWith(Path.of("lib", jar.getFileName().toString())) ? "lib/" : "";
                files.put("engines/%s/%s%s".formatted(name.engine(), folder, jar.getFileName()), jar);
            }
        }
        if (!jars.isEmpty()) {
            Path repository = Artifacts.localRepository().toAbsolutePath();
            for (Path jar : jars) {
                files.put(REPOSITORY + "/" + repository.relativize(jar.toAbsolutePath()), jar);
            }
        }
        return new Outcome.Result<>(engine);
    }

    /**
     * Adds images that are not part of Tandem.
     *
     * @return whether they are not of the catalogue: hosts then find them in {@value #DATA}
     * @throws Failure if they cannot be read or written
     */
    public boolean add(Dataset data) {
        String name = data.name().replaceFirst("^" + Datasets.TRANSPOSED, "");
        for (Catalogue.Entry entry : Catalogue.ofUser().entries()) {
            if (entry.name().equals(name)) {
                switch (entry.location()) {
                    case Location.Installed(Path folder, long _) -> add(folder, DATASETS + "/" + name);
                    case Location.Cached(Path folder, long _) -> add(folder, DATASETS + "/" + name);
                    case Location.Embedded _, Location.Missing _ -> {}
                }
                return false;
            }
        }
        Datasets.write(data, own.path());
        add(own.path(), DATA);
        return true;
    }

    private void add(Path folder, String target) {
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, Files::isRegularFile)) {
            stream.forEach(file -> files.put(target + "/" + file.getFileName(), file));
        } catch (IOException e) {
            throw new Failure("%s: cannot be read (%s)".formatted(folder, e.getMessage()), e);
        }
    }

    /** Deletes what was written to be shipped. */
    @Override
    public void close() {
        own.delete();
    }
}
