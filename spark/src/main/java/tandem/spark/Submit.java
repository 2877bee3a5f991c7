package tandem.spark;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URISyntaxException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What spark-submit runs: {@code spark-submit --class tandem.spark.Submit tandem-spark.jar study …}. This process is
 * the driver; the lab is started by it, and speaks with it as with a driver that the lab starts.
 */
public final class Submit {
    /** Names the socket of the driver that the lab is to speak with. */
    private static final String SOCKET = "TANDEM_SPARK_DRIVER";

    private Submit() {}

    /** Runs a command of Tandem with these words, and ends with its exit code. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path launcher = launcher();
        if (launcher == null) {
            System.err.println(
                    "tandem: tandem-spark.jar is not in a folder of Tandem; set TANDEM_HOME to the folder that holds the command tandem");
            System.exit(1);
            return;
        }
        Path folder = Files.createTempDirectory("tandem");
        Path socket = folder.resolve("driver");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            List<String> words = new ArrayList<>(List.of(launcher.toString()));
            words.addAll(List.of(arguments));
            ProcessBuilder builder = new ProcessBuilder(words).inheritIO();
            builder.environment().put(SOCKET, socket.toString());
            Process lab = builder.start();
            // A command that needs no cluster, or is wrong, never calls.
            lab.onExit().thenAccept(ended -> System.exit(ended.exitValue()));
            try (SocketChannel channel = server.accept()) {
                new Driver(new Wire(Channels.newInputStream(channel), Channels.newOutputStream(channel))).serve();
            }
            System.exit(lab.waitFor());
        }
    }

    /** The launcher in TANDEM_HOME, or in a folder above this jar; null if there is none. */
    private static @Nullable Path launcher() {
        String home = System.getenv("TANDEM_HOME");
        if (home != null && !home.isEmpty()) {
            return Files.isExecutable(Path.of(home, "tandem")) ? Path.of(home, "tandem") : null;
        }
        try {
            Path jar = Path.of(Submit.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            for (Path folder = jar.getParent(); folder != null; folder = folder.getParent()) {
                Path launcher = folder.resolve("tandem");
                if (Files.isRegularFile(launcher) && Files.isExecutable(launcher)) {
                    return launcher;
                }
            }
        } catch (URISyntaxException e) {
            // The jar is nowhere in this file system.
        }
        return null;
    }
}
