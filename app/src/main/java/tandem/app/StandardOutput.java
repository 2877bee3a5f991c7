package tandem.app;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Standard output that remembers why it could not be written, which a {@link PrintStream} keeps to itself. */
final class StandardOutput extends OutputStream {
    /** What shells report of a program that a closed pipe ended: 128 and the number of its signal. */
    private static final int BROKEN_PIPE = 128 + 13;

    /** Of {@code st_mode}: what kind of file, a pipe, a socket (POSIX, sys/stat.h). */
    private static final int FILE_TYPE = 0170000;

    private static final int PIPE = 0010000;
    private static final int SOCKET = 0140000;

    private final OutputStream out = new FileOutputStream(FileDescriptor.out);
    private final Runnable gone;
    private volatile @Nullable IOException failure;

    private StandardOutput(Runnable gone) {
        this.gone = gone;
    }

    /**
     * Makes this what {@code System.out} writes to.
     *
     * @param gone is run when its reader, such as {@code head}, has ended
     */
    static StandardOutput install(Runnable gone) {
        StandardOutput output = new StandardOutput(gone);
        System.setOut(new PrintStream(output, true, System.out.charset()));
        return output;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        try {
            out.write(bytes, from, count);
        } catch (IOException e) {
            if (failure == null) {
                failure = e;
                if (nobodyReads()) {
                    gone.run();
                }
            }
            throw e;
        }
    }

    /**
     * Writing into a pipe or a socket fails for this reason alone. The exception's message is in the user's language.
     */
    private static boolean nobodyReads() {
        try {
            int type = (Integer) Files.getAttribute(Path.of("/dev/stdout"), "unix:mode") & FILE_TYPE;
            return type == PIPE || type == SOCKET;
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return false;
        }
    }

    /** The exit code of a command that ended with another, now that all is written; says what was lost. */
    int exitCode(int code) {
        System.out.flush();
        IOException lost = failure;
        if (lost == null) {
            return code;
        }
        if (nobodyReads()) {
            return BROKEN_PIPE;
        }
        System.err.println(
                "tandem: standard output cannot be written (%s); files are written, but what should be printed is lost"
                        .formatted(lost.getMessage()));
        return code == 0 ? 1 : code;
    }
}
