package tandem.core.data;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import tandem.core.Hostile;

/** CSV files of any bytes. */
final class CsvFuzzTest {
    private static final String NAME = "train.csv";

    @FuzzTest(maxDuration = "10m")
    void csv(byte[] file) {
        DataFile data = new DataFile(NAME, file.length, () -> new ByteArrayInputStream(file), "put back");
        Hostile.read(
                NAME,
                Math.max(ArrayFile.ALWAYS, 16L * file.length),
                () -> Csv.read(data, Description.NONE).labelled(data));
    }
}
