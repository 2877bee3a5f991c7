package tandem.core.data;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import tandem.core.AtomicFile;
import tandem.core.Failure;

/**
 * Fetches files of one dataset over HTTP into its folder of the cache. What has arrived lies in {@code <file>.gz.part};
 * a broken download goes on from there by a range request (RFC 9110, section 14), now or the next time.
 *
 * <p>In here an {@link IOException} is the network's fault and leads to the next attempt or mirror, a {@link Failure}
 * is this machine's and ends the download.
 */
final class Download implements AutoCloseable {
    /** Ending of what has not arrived whole. */
    static final String PARTIAL = ".part";

    /** How often a mirror whose answer breaks off is asked, each time for the rest. */
    private static final int ATTEMPTS = 3;

    private static final int BUFFER = 1 << 16;
    private static final int OK = 200;
    private static final int PARTIAL_CONTENT = 206;
    private static final int RANGE_NOT_SATISFIABLE = 416;

    private final KnownDataset dataset;
    private final Path folder;
    private final Duration patience;
    private final DownloadProgress progress;
    private final HttpClient client;

    /**
     * Downloads of one dataset.
     *
     * @param folder where its files belong; it must exist
     * @param patience how long a server may say nothing
     */
    Download(KnownDataset dataset, Path folder, Duration patience, DownloadProgress progress) {
        this.dataset = dataset;
        this.folder = folder;
        this.patience = patience;
        this.progress = progress;
        client = HttpClient.newBuilder()
                .connectTimeout(patience)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
    }

    /**
     * Fetches one file from the first mirror that has it.
     *
     * @throws Failure if no mirror gives the right file, or it cannot be written
     */
    void fetch(Part part) {
        String name = dataset.fileName(part) + ".gz";
        Path partial = fetch(name, dataset.checksum(part));
        locally(() -> Files.move(partial, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE));
    }

    /**
     * Fetches an archive from the first mirror that has it, takes the dataset's files out of it, and deletes it.
     *
     * @throws Failure if no mirror gives the right file, or a file cannot be written
     */
    void fetch(KnownDataset.Archive archive) {
        Path partial = fetch(archive.name(), archive.checksum());
        try (ZipFile zip = new ZipFile(partial.toFile())) {
            for (Part part : Part.values()) {
                String name = dataset.fileName(part) + ".gz";
                ZipEntry entry = zip.getEntry(archive.folder() + name);
                if (entry == null) {
                    throw new Failure("%s: %s has no %s; report this".formatted(dataset.name(), archive.name(), name));
                }
                try (InputStream in = zip.getInputStream(entry)) {
                    AtomicFile.write(folder.resolve(name), in::transferTo);
                }
            }
        } catch (IOException e) {
            throw notWritable(folder, e);
        }
        locally(() -> Files.deleteIfExists(partial));
    }

    /** Fetches a file and compares it with its checksum; where it lies then. */
    private Path fetch(String name, Checksum checksum) {
        Path partial = folder.resolve(name + PARTIAL);
        String last = "it has no mirror";
        for (URI mirror : dataset.mirrors()) {
            URI address = mirror.resolve(name);
            try {
                fetch(address, name, partial, checksum);
                return partial;
            } catch (IOException e) {
                last = "last tried %s: %s".formatted(address, reason(e));
            }
        }
        throw new Failure(
                "%s: %s cannot be fetched (%s); try again later, or put the dataset's four files into %s by hand, or give their folder with --data"
                        .formatted(dataset.name(), name, last, folder));
    }

    /** Ends what is still going on. */
    @Override
    public void close() {
        client.shutdownNow();
    }

    private void fetch(URI address, String name, Path partial, Checksum checksum) throws IOException {
        for (int attempt = 1; ; attempt++) {
            long before = locally(() -> size(partial));
            try {
                transfer(address, name, partial, before);
            } catch (BrokenOff e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                continue;
            }
            Optional<String> problem = checksum.problem(DataFile.of(partial, ""));
            if (problem.isEmpty()) {
                return;
            }
            locally(() -> Files.deleteIfExists(partial));
            // What lay there before may have been of another file, so a resumed one is tried again from the start.
            if (attempt == ATTEMPTS || before == 0) {
                throw new IOException(problem.get());
            }
        }
    }

    private void transfer(URI address, String name, Path partial, long have) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(address).timeout(patience);
        if (have > 0) {
            request.header("Range", "bytes=%s-".formatted(have));
        }
        HttpResponse<InputStream> response = send(request.build());
        try (InputStream in = response.body()) {
            long from = switch (response.statusCode()) {
                case OK -> 0;
                case PARTIAL_CONTENT -> rangeStart(response, have);
                case RANGE_NOT_SATISFIABLE -> have;
                default -> throw new IOException("HTTP status " + response.statusCode());
            };
            if (response.statusCode() == RANGE_NOT_SATISFIABLE) {
                // There is no more: what is here is whole or wrong, which its checksum says.
                return;
            }
            long length = response.headers().firstValueAsLong("Content-Length").orElse(-1);
            copy(in, name, partial, from, length < 0 ? -1 : from + length);
        }
    }

    private HttpResponse<InputStream> send(HttpRequest request) throws IOException {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("%s: fetching was interrupted; start again to go on".formatted(dataset.name()), e);
        }
    }

    private static long rangeStart(HttpResponse<?> response, long have) throws IOException {
        String range = response.headers().firstValue("Content-Range").orElse("nothing");
        if (have == 0 || !range.startsWith("bytes %s-".formatted(have))) {
            throw new IOException("asked for bytes from %s on, it sent %s".formatted(have, range));
        }
        return have;
    }

    private void copy(InputStream in, String name, Path partial, long from, long total) throws IOException {
        long done = from;
        progress.at(name, done, total);
        try (FileChannel out = locally(() -> open(partial, from));
                StallWatch watch = new StallWatch(in, patience)) {
            byte[] buffer = new byte[BUFFER];
            for (int n; (n = read(in, buffer, watch, done)) > 0; ) {
                ByteBuffer arrived = ByteBuffer.wrap(buffer, 0, n);
                while (arrived.hasRemaining()) {
                    locally(() -> out.write(arrived));
                }
                done += n;
                progress.at(name, done, total);
            }
            if (done < total) {
                throw new BrokenOff(done, null);
            }
            // So that a file in its place is whole even after a loss of power.
            locally(() -> {
                out.force(true);
                return out;
            });
        }
    }

    private int read(InputStream in, byte[] buffer, StallWatch watch, long done) throws IOException {
        try {
            int n = in.read(buffer);
            watch.heard();
            return n;
        } catch (IOException e) {
            throw watch.stalled()
                    ? new IOException("it fell silent for %s s".formatted(patience.toSeconds()), e)
                    : new BrokenOff(done, e);
        }
    }

    private static FileChannel open(Path partial, long from) throws IOException {
        FileChannel out = FileChannel.open(partial, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        return out.truncate(from).position(from);
    }

    private static long size(Path partial) throws IOException {
        return Files.exists(partial) ? Files.size(partial) : 0;
    }

    /** Something done to files of this machine. */
    @FunctionalInterface
    private interface FileAction<T> {
        T run() throws IOException;
    }

    private <T> T locally(FileAction<T> action) {
        try {
            return action.run();
        } catch (IOException e) {
            throw notWritable(folder, e);
        }
    }

    /** One sentence for a cache that takes no more. */
    static Failure notWritable(Path folder, IOException e) {
        return new Failure(
                "%s: cannot be written (%s); make it writable and make room, or set XDG_CACHE_HOME to another folder"
                        .formatted(folder, e.getMessage()),
                e);
    }

    /** The JDK gives no message to the most frequent of reasons. */
    private String reason(IOException e) {
        return switch (e) {
            case HttpTimeoutException _ -> "no answer in %s s".formatted(patience.toSeconds());
            case ConnectException _ -> "no connection";
            default -> e.getMessage() == null ? e.toString() : e.getMessage();
        };
    }

    /** An answer that began well but did not come to its end. */
    private static final class BrokenOff extends IOException {
        private static final long serialVersionUID = 1;

        BrokenOff(long done, @Nullable IOException cause) {
            super("it broke off after %s bytes".formatted(done), cause);
        }
    }
}
