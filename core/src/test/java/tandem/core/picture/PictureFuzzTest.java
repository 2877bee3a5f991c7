package tandem.core.picture;

import com.code_intelligence.jazzer.junit.FuzzTest;
import tandem.core.Hostile;

/** Pictures of any bytes. Each format has a target of its own, whose seeds are of that format. */
final class PictureFuzzTest {
    private static final String NAME = "seven.picture";

    /** Read, and made into what a network of MNIST sees. */
    private static void read(byte[] file) {
        Hostile.read(
                NAME,
                PictureReader.MOST_BYTES + 4L * file.length,
                () -> PictureDigits.of(Picture.read(file, NAME), NAME, 28, 28));
    }

    @FuzzTest(maxDuration = "10m")
    void png(byte[] file) {
        read(file);
    }

    @FuzzTest(maxDuration = "10m")
    void jpeg(byte[] file) {
        read(file);
    }

    @FuzzTest(maxDuration = "10m")
    void gif(byte[] file) {
        read(file);
    }

    @FuzzTest(maxDuration = "10m")
    void bmp(byte[] file) {
        read(file);
    }
}
