package tandem.core.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Operating system and processor, in the words of the classifiers of native jars.
 *
 * @param os {@code linux}, {@code macosx} or {@code windows}; otherwise what the JVM says
 * @param arch {@code x86_64} or {@code arm64}; otherwise what the JVM says
 * @param instructions what the processor can do, in the words of Linux's {@code /proc/cpuinfo}, such as {@code avx2};
 *     empty where there is no such file
 */
public record Platform(String os, String arch, Set<String> instructions) {

    /** The machine this JVM runs on, looked at once. */
    private static final class Current {
        static final Platform PLATFORM = of(System.getProperty("os.name"), System.getProperty("os.arch"))
                .with(instructions(Path.of("/proc/cpuinfo")));
    }

    /** A platform of which nothing more is known. */
    public Platform(String os, String arch) {
        this(os, arch, Set.of());
    }

    /** The same platform with a processor that has these instructions. */
    public Platform with(Set<String> instructions) {
        return new Platform(os, arch, instructions);
    }

    /** The machine this JVM runs on. */
    public static Platform current() {
        return Current.PLATFORM;
    }

    /** The flags of the first processor, which x86 calls {@code flags} and ARM {@code Features}. */
    static Set<String> instructions(Path cpuinfo) {
        if (!Files.isReadable(cpuinfo)) {
            return Set.of();
        }
        try {
            return Files.readAllLines(cpuinfo).stream()
                    .map(line -> line.split("\\s*:\\s*", 2))
                    .filter(field -> field[0].equals("flags") || field[0].equals("Features"))
                    .findFirst()
                    .map(field -> Set.copyOf(List.of(field[1].split("\\s+"))))
                    .orElse(Set.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From the JVM's properties {@code os.name} and {@code os.arch}. */
    public static Platform of(String osName, String osArch) {
        String os = osName.toLowerCase(Locale.ROOT);
        String arch = osArch.toLowerCase(Locale.ROOT);
        return new Platform(
                os.startsWith("linux")
                        ? "linux"
                        : os.startsWith("mac") ? "macosx" : os.startsWith("win") ? "windows" : os,
                switch (arch) {
                    case "amd64", "x86_64" -> "x86_64";
                    case "aarch64", "arm64" -> "arm64";
                    default -> arch;
                });
    }

    /** Classifier of native jars, such as {@code linux-x86_64}. */
    public String classifier() {
        return os + "-" + arch;
    }

    @Override
    public String toString() {
        return classifier();
    }
}
