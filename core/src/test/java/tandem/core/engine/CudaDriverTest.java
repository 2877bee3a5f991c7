package tandem.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import tandem.core.Failure;

final class CudaDriverTest {
    /** The driver's kernel module makes a file for the first GPU. */
    private static final Path GPU = Path.of("/dev/nvidia0");

    @Test
    void aDriverRunsWhatWasBuiltForItsMajorVersionAndOlderOnes() {
        CudaDriver driver = new CudaDriver("12.8", List.of("a GPU"));
        assertTrue(driver.runs(11) && driver.runs(12));
        assertFalse(driver.runs(13));
    }

    @Test
    void namesTheGpusOrSaysWhyThereIsNone() {
        if (Files.exists(GPU)) {
            CudaDriver driver = CudaDriver.find();
            assertFalse(driver.devices().isEmpty());
            assertFalse(driver.devices().getFirst().isBlank());
            assertTrue(driver.version().matches("1\\d\\.\\d+"), driver.version());
        } else {
            String sentence = assertThrows(Failure.class, CudaDriver::find).getMessage();
            assertEquals(1, sentence.lines().count());
            assertTrue(sentence.contains("NVIDIA driver"), sentence);
            assertFalse(CudaDriver.present(1));
        }
    }
}
