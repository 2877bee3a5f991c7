package tandem.core.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Options of a worker's JVM that engines have in common. */
public final class JvmOptions {
    private JvmOptions() {}

    /** Of a library that computes natively: little is left for Java's own heap to hold. */
    public static List<String> nativeLibrary(String... more) {
        return Stream.concat(
                        Stream.of("-XX:+UseSerialGC", "-Xmx512m", "-Xmn16m", "--enable-native-access=ALL-UNNAMED"),
                        Stream.of(more))
                .toList();
    }

    /**
     * Of a library that is called through JavaCPP.
     *
     * @param cache where JavaCPP unpacks natives
     */
    public static List<String> javaCpp(Path cache, String... more) {
        return Stream.concat(
                        nativeLibrary(
                                "--sun-misc-unsafe-memory-access=allow",
                                "-Dorg.bytedeco.javacpp.cachedir=" + cache,
                                // JavaCPP takes four times the Java heap for the limit of native memory, which large
                                // batches exceed.
                                "-Dorg.bytedeco.javacpp.maxBytes=0",
                                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0")
                                .stream(),
                        Stream.of(more))
                .toList();
    }
}
