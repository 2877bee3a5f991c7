package tandem.lab.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.lab.run.RunDirectory;

/** Every value of every record, replaced by every hostile one: a sentence that names the file, or a page. */
final class HostileRunTest {
    @TempDir
    Path folder;

    private void replace(String record, int every) throws IOException {
        HostileRun run = new HostileRun(folder.resolve("run"), record, record);
        List<String> wrong = new ArrayList<>();
        int values = HostileRun.VALUES.size() + 1;
        for (int i = 0; i < run.values() * values; i += every) {
            String content = run.with(i / values, i % values);
            try {
                run.report(content.getBytes(StandardCharsets.UTF_8));
            } catch (AssertionError e) {
                wrong.add(e.getMessage() + ": " + run.place(i / values) + " = "
                        + (i % values == HostileRun.VALUES.size() ? "nothing" : HostileRun.VALUES.get(i % values)));
            }
        }
        Assertions.assertEquals(List.of(), wrong, () -> wrong.size() + " wrong:\n" + String.join("\n", wrong));
    }

    /** Otherwise the other tests would show nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"comparison.json", "study.json", "differences.json", "parity.json", "bench.json"})
    void theRunsAreReportedAsTheyAre(String record) throws IOException {
        new HostileRun(folder.resolve("run"), record, record);
        Assertions.assertTrue(Reports.page(RunDirectory.open(folder.resolve("run")))
                        .sections()
                        .size()
                >= 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"comparison.json", "study.json", "differences.json", "parity.json", "bench.json"})
    void someValues(String record) throws IOException {
        // A prime, so that each place and each value has its turn.
        replace(record, 29);
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {"comparison.json", "study.json", "differences.json", "parity.json", "bench.json"})
    void everyValue(String record) throws IOException {
        replace(record, 1);
    }
}
