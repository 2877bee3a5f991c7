package tandem.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.core.data.Dataset;
import tandem.core.data.Datasets;

final class DataCommandTest {
    @TempDir
    Path folder;

    /**
     * Eight lines of 6x6: half of them are labelled 1 and have a bright first column, the others a bright first row.
     */
    private Path csv() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            text.append(i % 2);
            for (int pixel = 0; pixel < 36; pixel++) {
                boolean bright = i % 2 == 1 ? pixel % 6 == 0 : pixel < 6;
                text.append(',').append(bright ? 255 - i : 0);
            }
            text.append('\n');
        }
        return Files.writeString(folder.resolve("mine.csv"), text);
    }

    @Test
    void convertsToIdx() throws IOException {
        Path csv = csv();
        Path out = folder.resolve("idx");
        assertEquals(0, Main.run("data", "convert", csv.toString(), "--out", out.toString()));
        Dataset written = Datasets.open(out.toString());
        Dataset read = Datasets.open(csv.toString());
        assertEquals(read.train().fingerprint(), written.train().fingerprint());
        assertEquals(read.test().fingerprint(), written.test().fingerprint());
        assertEquals(1, Main.run("data", "convert", csv.toString(), "--out", out.toString()), "it is not empty");
        Path turned = folder.resolve("turned");
        assertEquals(0, Main.run("data", "convert", csv.toString(), "--transpose", "--out", turned.toString()));
        assertEquals(
                Datasets.open("transposed:" + csv).train().fingerprint(),
                Datasets.open(turned.toString()).train().fingerprint());
    }

    @Test
    void saysWhatIsThere() throws IOException {
        Path csv = csv();
        String summary = DataSummary.of(csv.toString());
        Dataset data = Datasets.open(csv.toString());
        assertTrue(
                summary.startsWith("%s: CSV file %s\n%s training and %s test images of 6x6 pixels"
                        .formatted(csv, csv, data.train().count(), data.test().count())),
                summary);
        assertTrue(summary.contains("note: %s: is the only file; of 40 images the ".formatted(csv)), summary);
        // The bright column of a 1, two characters of a pixel and a third wide.
        assertTrue(summary.lines().anyMatch(line -> line.matches(" {14}  [%@#]{2,3} *")), summary);
        assertTrue(
                summary.lines()
                        .allMatch(line ->
                                line.startsWith(csv.toString()) || line.startsWith("note: ") || line.length() <= 100),
                summary);
    }
}
