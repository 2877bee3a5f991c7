package tandem.lab.run;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Require;
import tandem.core.engine.EngineProvider;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Workers;

/**
 * What a run ran on.
 *
 * @param cpu model of the processor, or null where the system does not tell
 * @param cores processors available
 * @param memoryMiB physical memory
 * @param os name, version and architecture
 * @param jdk vendor and version
 * @param threads threads each engine may compute with
 * @param engines library and version of each engine that takes part
 * @param commit Git commit of this program, with {@code -dirty} if it was changed; null outside a checkout
 */
public record Machine(
        @Nullable String cpu,
        int cores,
        long memoryMiB,
        String os,
        String jdk,
        int threads,
        Map<String, String> engines,
        @Nullable String commit) {
    /** @throws Failure if a value is out of its range */
    public Machine {
        Require.atLeast(1, "cores", cores);
        Require.atLeast(0, "memoryMiB", memoryMiB);
        Require.atLeast(1, "threads", threads);
    }

    /** System property that names the checkout this program was built from. */
    public static final String HOME = "tandem.home";

    /**
     * This machine.
     *
     * @param names the engines that take part
     */
    public static Machine current(Workers workers, List<EngineName> names) {
        Map<String, String> libraries = new LinkedHashMap<>();
        for (EngineName name : names) {
            EngineProvider provider = workers.engines().get(name).provider();
            libraries.put(provider.name(), provider.library() + " " + provider.version());
        }
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        String os = Stream.of("os.name", "os.version", "os.arch")
                .map(System::getProperty)
                .collect(Collectors.joining(" "));
        return new Machine(
                processor(),
                Runtime.getRuntime().availableProcessors(),
                system.getTotalMemorySize() >> 20,
                os,
                "%s %s".formatted(System.getProperty("java.vendor.version"), Runtime.version()),
                workers.threads(),
                libraries,
                describedCommit());
    }

    private static @Nullable String processor() {
        Path info = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(info)) {
            return answer("sysctl", "-n", "machdep.cpu.brand_string");
        }
        try (Stream<String> lines = Files.lines(info)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(null);
        } catch (IOException e) {
            return null;
        }
    }

    private static @Nullable String describedCommit() {
        String home = System.getProperty(HOME);
        return home == null ? null : answer("git", "-C", home, "describe", "--always", "--abbrev=12", "--dirty");
    }

    /** What a command prints on its first line; null if it is not there or fails, which is not a fault here. */
    private static @Nullable String answer(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
                String line = lines.readLine();
                return process.waitFor() == 0 ? line : null;
            }
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
