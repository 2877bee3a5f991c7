package tandem.acceptance;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** A folder of images for {@code --data}. */
final class OwnImages {
    private static final int SIDE = 28;

    private OwnImages() {}

    /** The first images of MNIST with their rows upside down, and their labels; so many of each half. */
    static Path in(Path folder, int count) throws IOException {
        Path mnist = Tandem.LAUNCHER.resolveSibling("mnist/src/main/resources/tandem/mnist");
        Files.createDirectories(folder);
        for (String part : List.of("train", "t10k")) {
            byte[] images = read(mnist.resolve(part + "-images-idx3-ubyte.gz"), 16 + count * SIDE * SIDE);
            ByteBuffer.wrap(images).putInt(4, count);
            byte[] turned = images.clone();
            for (int row = 0; row < count * SIDE; row++) {
                int mirrored = row / SIDE * SIDE + SIDE - 1 - row % SIDE;
                System.arraycopy(images, 16 + row * SIDE, turned, 16 + mirrored * SIDE, SIDE);
            }
            byte[] labels = read(mnist.resolve(part + "-labels-idx1-ubyte.gz"), 8 + count);
            ByteBuffer.wrap(labels).putInt(4, count);
            Files.write(folder.resolve(part + "-images-idx3-ubyte"), turned);
            Files.write(folder.resolve(part + "-labels-idx1-ubyte"), labels);
        }
        return folder;
    }

    private static byte[] read(Path file, int count) throws IOException {
        try (DataInputStream in = new DataInputStream(new GZIPInputStream(Files.newInputStream(file)))) {
            return in.readNBytes(count);
        }
    }
}
