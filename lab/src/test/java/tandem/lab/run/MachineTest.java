package tandem.lab.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.core.Json;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.TestWorkers;
import tandem.lab.progress.StopSignal;

final class MachineTest {
    private final String home = System.getProperty(Machine.HOME);

    @TempDir
    Path folder;

    @AfterEach
    void homeAsBefore() {
        if (home == null) {
            System.clearProperty(Machine.HOME);
        } else {
            System.setProperty(Machine.HOME, home);
        }
    }

    private Machine machine() {
        return Machine.current(
                TestWorkers.of(folder, 3, _ -> {}, new StopSignal()),
                List.of(EngineName.parse("faulty:waits"), EngineName.parse("absent")));
    }

    private String git(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of("git", "-C", folder.toString(), "-c", "user.name=test", "-c", "user.email=test@example.org"));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor());
        return printed;
    }

    @Test
    void itSaysWhatARunRanOn() throws IOException {
        Machine machine = machine();
        assertEquals(3, machine.threads());
        assertEquals(Runtime.getRuntime().availableProcessors(), machine.cores());
        long bytes = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
        assertEquals(bytes / (1024 * 1024), machine.memoryMiB());
        assertEquals(
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                machine.os());
        assertEquals(System.getProperty("java.vendor.version") + " " + Runtime.version(), machine.jdk());
        assertEquals(Map.of("faulty", "faults 1", "absent", "none 0"), machine.engines());
        assertEquals(machine, Json.parse(Json.line(machine), Machine.class));

        Path processors = Path.of("/proc/cpuinfo");
        assumeTrue(
                Files.exists(processors) && Files.readString(processors).contains("model name\t: "),
                "the system does not name its processor here");
        String model = Files.readString(processors).split("model name\t: ", 2)[1];
        assertEquals(model.substring(0, model.indexOf('\n')), machine.cpu());
    }

    @Test
    void theCommitIsThatOfTheCheckout() throws IOException, InterruptedException {
        System.clearProperty(Machine.HOME);
        assertNull(machine().commit(), "no checkout is named");
        System.setProperty(Machine.HOME, folder.toString());
        assertNull(machine().commit(), "it is no checkout");

        git("init", "--quiet");
        Files.writeString(folder.resolve("file"), "one");
        git("add", "file");
        git("commit", "--quiet", "--message", "one");
        String commit = git("rev-parse", "HEAD").substring(0, 12);
        assertEquals(commit, machine().commit());
        Files.writeString(folder.resolve("file"), "two");
        assertEquals(commit + "-dirty", machine().commit());

        // git may have ended before it is waited for: then its answer counts.
        Thread.currentThread().interrupt();
        machine();
        assertTrue(Thread.interrupted(), "the caller is told");
    }
}
