package tandem.core.engine;

import java.util.Locale;

/**
 * Operating system and processor, in the words of the classifiers of native jars.
 *
 * @param os {@code linux}, {@code macosx} or {@code windows}; otherwise what the JVM says
 * @param arch {@code x86_64} or {@code arm64}; otherwise what the JVM says
 */
public record Platform(String os, String arch) {

    /** The machine this JVM runs on. */
    public static Platform current() {
        return of(System.getProperty("os.name"), System.getProperty("os.arch"));
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
