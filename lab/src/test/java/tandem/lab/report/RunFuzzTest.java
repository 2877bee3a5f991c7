package tandem.lab.report;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/**
 * Reports of run folders in which one file holds any bytes. Of a record, bytes that are no JSON say which of its values
 * are replaced: three bytes, the place in two and what takes it.
 */
final class RunFuzzTest {
    @TempDir
    static Path folder;

    private static final Map<String, HostileRun> RUNS = new HashMap<>();

    private static HostileRun run(String file, String record) throws IOException {
        HostileRun run = RUNS.get(file);
        if (run == null) {
            run = new HostileRun(folder.resolve(record + "-" + RUNS.size()), file, record);
            RUNS.put(file, run);
        }
        return run;
    }

    private static void record(String record, byte[] bytes) throws IOException {
        HostileRun run = run(record, record);
        byte[] content = bytes;
        if (bytes.length >= 3 && bytes[0] != '{') {
            int place = ((bytes[0] & 0xff) << 8 | bytes[1] & 0xff) % run.values();
            content = run.with(place, (bytes[2] & 0xff) % (HostileRun.VALUES.size() + 1))
                    .getBytes(StandardCharsets.UTF_8);
        }
        run.report(content);
    }

    @FuzzTest(maxDuration = "10m")
    void comparison(byte[] bytes) throws IOException {
        record("comparison.json", bytes);
    }

    @FuzzTest(maxDuration = "10m")
    void study(byte[] bytes) throws IOException {
        record("study.json", bytes);
    }

    @FuzzTest(maxDuration = "10m")
    void differences(byte[] bytes) throws IOException {
        record("differences.json", bytes);
    }

    @FuzzTest(maxDuration = "10m")
    void parity(byte[] bytes) throws IOException {
        record("parity.json", bytes);
    }

    @FuzzTest(maxDuration = "10m")
    void bench(byte[] bytes) throws IOException {
        record("bench.json", bytes);
    }

    @FuzzTest(maxDuration = "10m")
    void events(byte[] bytes) throws IOException {
        run("java/events.jsonl", "comparison.json").report(bytes);
    }

    @FuzzTest(maxDuration = "10m")
    void commands(byte[] bytes) throws IOException {
        run("command.txt", "study.json").report(bytes);
    }

    @FuzzTest(maxDuration = "10m")
    void answers(byte[] bytes) throws IOException {
        run("java/predictions.safetensors", "comparison.json").report(bytes);
    }
}
