package tandem.core;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.io.TempDir;

/** What torch.save writes, of any bytes: whole files, and pickles in an archive that fits. */
final class TorchFuzzTest {
    private static final String NAME = "model.pt";

    /** A pickle's objects, see {@link TorchFile#read}. */
    private static final long OF_A_PICKLE = 64;

    @TempDir
    static Path folder;

    private static void read(Path file) throws IOException {
        Hostile.read(NAME, (6 + OF_A_PICKLE) * Files.size(file), () -> TensorFile.read(file));
    }

    @FuzzTest(maxDuration = "10m")
    void file(byte[] bytes) throws IOException {
        read(Files.write(folder.resolve(NAME), bytes));
    }

    /** With 64 floats as the storage '0': a fuzzer does not find a zip archive's checksums. */
    @FuzzTest(maxDuration = "10m")
    void pickle(byte[] pickle) throws IOException {
        read(archive(folder.resolve(NAME), pickle, new byte[256]));
    }

    /** An archive as torch.save makes it. */
    static Path archive(Path file, byte[] pickle, byte[] storage) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            entry(zip, "model/data.pkl", pickle);
            entry(zip, "model/byteorder", "little".getBytes());
            entry(zip, "model/data/0", storage);
        }
        return file;
    }

    private static void entry(ZipOutputStream zip, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        CRC32 crc = new CRC32();
        crc.update(content);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
