package tandem.core.data;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import tandem.core.Failure;
import tandem.core.FileKind;

/**
 * One file of a dataset, wherever it lies.
 *
 * @param name how messages call it: its path
 * @param bytes its length as it lies there
 * @param content opens it
 * @param remedy what a user can do when it is bad
 * @param compressed whether it lies compressed in an archive
 */
record DataFile(String name, long bytes, Content content, String remedy, boolean compressed) {

    /** Opens a file from its start. */
    @FunctionalInterface
    interface Content {
        InputStream open() throws IOException;
    }

    /** A file that is in no archive. */
    DataFile(String name, long bytes, Content content, String remedy) {
        this(name, bytes, content, remedy, false);
    }

    /** @throws Failure if its length cannot be read */
    static DataFile of(Path file, String remedy) {
        try {
            return new DataFile(file.toString(), Files.size(file), () -> Files.newInputStream(file), remedy);
        } catch (IOException e) {
            throw new Failure("%s: cannot be read (%s); %s".formatted(file, e, remedy), e);
        }
    }

    /** @throws Failure if its length cannot be read */
    static DataFile of(URL resource, String remedy) {
        try {
            URLConnection connection = resource.openConnection();
            connection.getInputStream().close();
            return new DataFile(resource.toString(), connection.getContentLengthLong(), resource::openStream, remedy);
        } catch (IOException e) {
            throw new Failure("%s: cannot be read (%s); %s".formatted(resource, e, remedy), e);
        }
    }

    /** One sentence: the file, the problem, the remedy. */
    Failure failure(String problem) {
        return new Failure("%s: %s; %s".formatted(name, problem, remedy));
    }

    /** One sentence: what the file is, and what it should be. */
    Failure wrongKind(FileKind kind, String expected) {
        return kind == FileKind.LFS_POINTER
                ? refused("it is " + kind)
                : failure("it is %s; %s were expected".formatted(kind, expected));
    }

    /** One sentence: the file, and a problem with what helps. */
    Failure refused(String problem) {
        return new Failure("%s: %s".formatted(name, problem));
    }

    /** One sentence: the file, the problem, the remedy. */
    Failure failure(String problem, Throwable cause) {
        return new Failure("%s: %s; %s".formatted(name, problem, remedy), cause);
    }
}
