package tandem.spark;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds a JDK that runs Tandem, whatever this JVM is. */
final class Jdk {
    /** The oldest version that runs Tandem. */
    private static final int OLDEST = 25;

    private static final Pattern VERSION = Pattern.compile("JAVA_VERSION=\"(\\d+)");
    private static final List<String> FOLDERS =
            List.of("/usr/lib/jvm", "/usr/lib64/jvm", "/opt/java", "/opt", "/Library/Java/JavaVirtualMachines");

    private Jdk() {}

    /**
     * The folder of a JDK of this host.
     *
     * @param named folder of the JDK; empty to look at this JVM's own, JAVA_HOME and the usual folders
     * @throws HostException if there is none
     */
    static Path home(String host, String named) {
        List<Path> candidates = new ArrayList<>();
        if (!named.isEmpty()) {
            candidates.add(Path.of(named));
        } else {
            candidates.add(Path.of(System.getProperty("java.home")));
            String home = System.getenv("JAVA_HOME");
            if (home != null && !home.isEmpty()) {
                candidates.add(Path.of(home));
            }
            FOLDERS.forEach(folder -> candidates.addAll(below(Path.of(folder))));
        }
        for (Path home : candidates) {
            for (Path place : List.of(home, home.resolve("Contents").resolve("Home"))) {
                if (version(place) >= OLDEST
                        && Files.isExecutable(place.resolve("bin").resolve("java"))) {
                    return place;
                }
            }
        }
        throw new HostException(
                named.isEmpty()
                        ? "%s: no JDK %s or newer is there (this executor runs on Java %s); install one, or name its folder with --spark-conf spark.tandem.javaHome=FOLDER"
                                .formatted(host, OLDEST, Runtime.version().feature())
                        : "%s: spark.tandem.javaHome is %s, where no JDK %s or newer is; install one there, or name another folder"
                                .formatted(host, named, OLDEST));
    }

    private static List<Path> below(Path folder) {
        List<Path> folders = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
                stream.forEach(folders::add);
            } catch (IOException e) {
                // A folder that cannot be read holds no JDK for this user.
            }
        }
        return folders;
    }

    private static int version(Path home) {
        try {
            Matcher version = VERSION.matcher(Files.readString(home.resolve("release")));
            return version.find() ? Integer.parseInt(version.group(1)) : 0;
        } catch (IOException e) {
            return 0;
        }
    }
}
