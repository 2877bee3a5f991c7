package tandem.core.engine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import tandem.core.Failure;

/**
 * What an engine is, as data: known without any class of its library.
 *
 * @param name in commands and folders: lower case letters and digits
 * @param library name of the library as its users know it
 * @param version of the library the build resolved
 * @param rank place in lists that the user did not order, smallest first
 * @param competes whether the engine joins commands that name no engines; the oracle does not: it is never fast
 * @param trains whether the engine trains; one that only predicts joins those commands that need no more
 * @param variants other ways to run the engine, each a row of its own in tables, with a sentence that says what differs
 * @param natives what is fetched before the engine first runs
 * @param cuda what is fetched before it first runs on a GPU; asked for only if there is a variant
 *     {@value EngineProvider#CUDA}
 * @param cudaVersion major version of CUDA that the driver must run for it, or 0
 */
public record EngineDescription(
        String name,
        String library,
        String version,
        int rank,
        boolean competes,
        boolean trains,
        Map<String, String> variants,
        NativeJars natives,
        NativeJars cuda,
        int cudaVersion) {

    private static final String VARIANT = "variant.";

    /** An engine that trains, needs no natives and has no variants. */
    public EngineDescription(String name, String library, String version, int rank) {
        this(name, library, version, rank, true, true, Map.of(), NativeJars.NONE, NativeJars.NONE, 0);
    }

    /**
     * From a file that the build filled in, see {@link BuildProperties}.
     *
     * <pre>
     * name, library, version, rank
     * trains                             false for one that only predicts
     * variant.NAME                       what differs
     * platforms, natives                 see {@link NativeJars#of}
     * cuda.platforms, cuda.natives       the same for GPUs
     * cuda.version
     * </pre>
     */
    public static EngineDescription of(Properties build) {
        Map<String, String> variants = new TreeMap<>();
        for (String key : build.stringPropertyNames()) {
            if (key.startsWith(VARIANT)) {
                variants.put(key.substring(VARIANT.length()), build.getProperty(key));
            }
        }
        return new EngineDescription(
                build.getProperty("name"),
                build.getProperty("library"),
                build.getProperty("version"),
                Integer.parseInt(build.getProperty("rank")),
                true,
                Boolean.parseBoolean(build.getProperty("trains", "true")),
                variants,
                NativeJars.of(build.getProperty("platforms", ""), build.getProperty("natives", "")),
                NativeJars.of(build.getProperty("cuda.platforms", ""), build.getProperty("cuda.natives", "")),
                Integer.parseInt(build.getProperty("cuda.version", "0")));
    }

    /** What a platform needs to run the engine on its processor. */
    public Support support(Platform platform) {
        return natives.runOn(platform)
                ? new Support.Supported(natives.on(platform))
                : new Support.Unsupported("%s %s has no native library for %s, only for %s"
                        .formatted(library, version, platform, list(natives.platforms())));
    }

    /** What a platform needs to run the engine on an NVIDIA GPU. */
    public Support supportOnGpu(Platform platform) {
        return cuda.runOn(platform)
                ? new Support.Supported(cuda.on(platform))
                : new Support.Unsupported("%s %s computes on a GPU on %s only, and this is %s"
                        .formatted(library, version, list(cuda.platforms()), platform));
    }

    private static String list(List<String> words) {
        int last = words.size() - 1;
        return last < 1
                ? String.join("", words)
                : String.join(", ", words.subList(0, last)) + " and " + words.get(last);
    }

    /**
     * Makes something of the library.
     *
     * @throws Failure if the library cannot be loaded
     */
    public <T> T load(Supplier<T> made) {
        try {
            return made.get();
        } catch (LinkageError e) {
            throw unloadable(e);
        }
    }

    /** What is said of a library that cannot be loaded. */
    public Failure unloadable(Throwable cause) {
        return new Failure(
                "the native library of %s %s cannot be loaded (%s); 'tandem engines remove %s' lets it be fetched again"
                        .formatted(library, version, cause.getMessage(), name),
                cause);
    }

    /**
     * Native jars of the platforms that have them.
     *
     * @param classifiers what the jars' classifiers call each platform; empty if every platform will do
     * @param jars Maven coordinates, in which {@value #PLATFORM} stands for the platform
     */
    public record NativeJars(Map<String, String> classifiers, List<String> jars) {
        /** For an engine that runs everywhere, and needs none. */
        public static final NativeJars NONE = of("", "");

        private static final String PLATFORM = "{platform}";

        /**
         * From two lists of words.
         *
         * @param platforms such as {@code linux-x86_64}, or {@code linux-arm64=linux-aarch64} if the jars call it
         *     something else
         * @param jars such as {@code org.bytedeco:javacpp:1.5.13:{platform}}
         */
        public static NativeJars of(String platforms, String jars) {
            Map<String, String> classifiers = new LinkedHashMap<>();
            for (String platform : words(platforms)) {
                int is = platform.indexOf('=');
                classifiers.put(is < 0 ? platform : platform.substring(0, is), platform.substring(is + 1));
            }
            return new NativeJars(classifiers, words(jars));
        }

        private static List<String> words(String text) {
            return Stream.of(text.split(" ")).filter(word -> !word.isEmpty()).toList();
        }

        /** The platforms that have them. */
        public List<String> platforms() {
            return List.copyOf(classifiers.keySet());
        }

        boolean runOn(Platform platform) {
            return classifiers.isEmpty() || classifiers.containsKey(platform.classifier());
        }

        List<String> on(Platform platform) {
            String classifier = classifiers.getOrDefault(platform.classifier(), platform.classifier());
            return jars.stream().map(jar -> jar.replace(PLATFORM, classifier)).toList();
        }
    }
}
