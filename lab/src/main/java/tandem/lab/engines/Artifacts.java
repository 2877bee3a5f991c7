package tandem.lab.engines;

import eu.maveniverse.maven.mima.context.Context;
import eu.maveniverse.maven.mima.context.ContextOverrides;
import eu.maveniverse.maven.mima.runtime.standalonestatic.StandaloneStaticRuntime;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.aether.DefaultRepositorySystemSession;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.resolution.ArtifactRequest;
import org.eclipse.aether.resolution.ArtifactResolutionException;
import org.eclipse.aether.resolution.ArtifactResult;
import org.eclipse.aether.transfer.AbstractTransferListener;
import org.eclipse.aether.transfer.TransferCancelledException;
import org.eclipse.aether.transfer.TransferEvent;
import org.eclipse.aether.util.repository.SimpleResolutionErrorPolicy;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.lab.progress.Progress;
import tandem.lab.progress.StopSignal;

/**
 * Artifacts from Maven's repositories, fetched in this process into Maven's local repository: the one that Maven itself
 * uses, with the mirrors, proxies and passwords of the user's settings.xml. Maven need not be installed.
 */
public final class Artifacts {
    /** Where {@code mvn} is told about another local repository; the first that says something wins. */
    private static final List<String> MAVEN_VARIABLES = List.of("MAVEN_ARGS", "MAVEN_OPTS");

    private static final Pattern LOCAL_REPOSITORY = Pattern.compile("-Dmaven\\.repo\\.local=(\\S+)");

    private Artifacts() {}

    /**
     * Finds artifacts, and fetches those that are not in the local repository. What they depend on is not looked at.
     *
     * @param coordinates {@code group:artifact:version}, with {@code :classifier} where there is one, and
     *     {@code @extension} if the file is not a jar
     * @param offline only look into the local repository
     * @param progress is told what comes in, by several threads
     * @return the files, in the order of the coordinates
     * @throws Failure if one cannot be fetched, with the reason, or the signal was raised
     */
    public static List<Path> resolve(
            List<String> coordinates, boolean offline, Consumer<Progress> progress, StopSignal stop) {
        FutureTask<List<Path>> task =
                new FutureTask<>(() -> resolveHere(coordinates, offline, new Transfers(progress, stop)));
        // A thread of its own, which nobody waits for: a server that does not answer must not delay Ctrl-C.
        Thread.ofPlatform().daemon().name("artifacts").start(task);
        try (StopSignal.Handle _ = stop.onRaise(() -> task.cancel(true))) {
            return task.get();
        } catch (CancellationException e) {
            throw new Failure("interrupted", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            String reason =
                    cause instanceof ArtifactResolutionException missing ? reason(missing) : String.valueOf(cause);
            throw new Failure(reason, cause);
        }
    }

    private static List<Path> resolveHere(List<String> coordinates, boolean offline, Transfers transfers)
            throws ArtifactResolutionException {
        try (Context context = context(offline, transfers)) {
            DefaultRepositorySystemSession session =
                    new DefaultRepositorySystemSession(context.repositorySystemSession());
            // What is not found now may be there at the next attempt.
            session.setResolutionErrorPolicy(new SimpleResolutionErrorPolicy(false, false));
            List<ArtifactRequest> requests = coordinates.stream()
                    .map(coordinate -> new ArtifactRequest(artifact(coordinate), context.remoteRepositories(), null))
                    .toList();
            return context.repositorySystem().resolveArtifacts(session, requests).stream()
                    .map(result -> result.getArtifact().getFile().toPath())
                    .toList();
        }
    }

    /** Where Maven keeps what it fetched. */
    public static Path localRepository() {
        try (Context context = context(true, new AbstractTransferListener() {})) {
            return context.repositorySystemSession()
                    .getLocalRepository()
                    .getBasedir()
                    .toPath();
        }
    }

    /** The name of an artifact's file. */
    public static String fileName(String coordinate) {
        String[] parts = coordinate.split(":");
        return String.join("-", List.of(parts).subList(1, parts.length)) + ".jar";
    }

    private static DefaultArtifact artifact(String coordinate) {
        String[] file = coordinate.split("@");
        String[] parts = file[0].split(":");
        return new DefaultArtifact(
                parts[0], parts[1], parts.length == 3 ? "" : parts[3], file.length == 1 ? "jar" : file[1], parts[2]);
    }

    private static Context context(boolean offline, AbstractTransferListener transfers) {
        ContextOverrides.Builder overrides = ContextOverrides.create()
                .withUserSettings(true)
                .offline(offline)
                .transferListener(transfers)
                .withMavenUserHomeOverride(Path.of(System.getProperty("user.home"), ".m2"))
                .withMavenSystemHomeOverride(mavenHome())
                .withLocalRepositoryOverride(named());
        return new StandaloneStaticRuntime().create(overrides.build());
    }

    /** The local repository that this process was told of, or that the environment names for {@code mvn}; or null. */
    private static @Nullable Path named() {
        String own = System.getProperty("maven.repo.local");
        if (own != null) {
            return Path.of(own);
        }
        return MAVEN_VARIABLES.stream()
                .map(variable -> LOCAL_REPOSITORY.matcher(System.getenv().getOrDefault(variable, "")))
                .filter(Matcher::find)
                .map(found -> Path.of(found.group(1)).toAbsolutePath())
                .findFirst()
                .orElse(null);
    }

    /** The folder of the {@code mvn} on the PATH, which may have settings for all users; null if there is none. */
    private static @Nullable Path mavenHome() {
        if (System.getenv("MAVEN_HOME") != null) {
            return Path.of(System.getenv("MAVEN_HOME"));
        }
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
            try {
                Path bin = Path.of(folder, "mvn").toRealPath().getParent();
                Path home = bin == null ? null : bin.getParent();
                if (home != null && Files.isRegularFile(home.resolve("conf").resolve("settings.xml"))) {
                    return home;
                }
            } catch (IOException e) {
                // No Maven here.
            }
        }
        return null;
    }

    /** The first thing that went wrong, in one line. */
    private static String reason(ArtifactResolutionException e) {
        return e.getResults().stream()
                .filter(ArtifactResult::isMissing)
                .flatMap(result -> result.getExceptions().stream())
                .flatMap(exception -> Stream.ofNullable(exception.getMessage()))
                .reduce((_, last) -> last)
                .or(() -> Optional.ofNullable(e.getMessage()))
                .orElse(e.toString())
                .lines()
                .findFirst()
                .orElseThrow();
    }

    /** Adds up what is under way, and ends it when the signal is raised. */
    private static final class Transfers extends AbstractTransferListener {

        private final Map<String, TransferEvent> underWay = new ConcurrentHashMap<>();
        private final Consumer<Progress> progress;
        private final StopSignal stop;

        private Transfers(Consumer<Progress> progress, StopSignal stop) {
            this.progress = progress;
            this.stop = stop;
        }

        @Override
        public void transferProgressed(TransferEvent event) throws TransferCancelledException {
            if (stop.raised()) {
                throw new TransferCancelledException();
            }
            underWay.put(event.getResource().getResourceName(), event);
            long bytes = 0;
            long total = 0;
            for (TransferEvent transfer : underWay.values()) {
                bytes += transfer.getTransferredBytes();
                total += Math.max(
                        transfer.getTransferredBytes(), transfer.getResource().getContentLength());
            }
            progress.accept(new Progress.Transferred("fetching", bytes, total));
        }

        @Override
        public void transferSucceeded(TransferEvent event) {
            underWay.remove(event.getResource().getResourceName());
            progress.accept(
                    new Progress.Fetched(event.getResource().getFile().getName(), event.getTransferredBytes(), true));
        }

        @Override
        public void transferFailed(TransferEvent event) {
            underWay.remove(event.getResource().getResourceName());
        }
    }
}
