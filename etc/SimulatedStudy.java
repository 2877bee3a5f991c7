import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * What Spark and the driver cost a trial: a study whose trials return at once, on a real cluster, with the real driver. In the
 * place of Tandem each executor starts a program that answers with the words of a result as a study has them.
 *
 * <p>{@code java etc/SimulatedStudy.java MASTER JARS MODULE TRIALS}: the master's URL, a folder of Spark's jars,
 * tandem-spark.jar, and how many trials.
 */
public final class SimulatedStudy {
    private static final int BLOCK = 1000;

    private static final String HOST = """
            package tandem.app;
            public class Main {
                public static void main(String[] arguments) throws Exception {
                    var in = new java.io.BufferedReader(new java.io.InputStreamReader(System.in));
                    in.readLine();
                    for (String line = in.readLine(); line != null; line = in.readLine()) {
                        System.out.print("over\\t" + line.split("\\t")[1] + "\\t{" + "\\"x\\":1,".repeat(150) + "\\"y\\":2}\\n");
                        System.out.flush();
                    }
                }
            }
            """;

    private SimulatedStudy() {}

    private static Path host() throws IOException {
        Path folder = Files.createTempDirectory("simulated");
        Path source = Files.writeString(Files.createDirectories(folder.resolve("tandem/app")).resolve("Main.java"), HOST);
        ToolProvider.getSystemJavaCompiler().run(null, null, null, source.toString());
        Path jar = folder.resolve("simulated.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new JarEntry("tandem/app/Main.class"));
            Files.copy(source.resolveSibling("Main.class"), out);
        }
        return jar;
    }

    /** The driver's memory: what lives on its heap after a full collection, and its resident high-water mark. */
    private static String memory(long driver) throws IOException, InterruptedException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        new ProcessBuilder(jcmd, String.valueOf(driver), "GC.run").start().waitFor();
        Process process = new ProcessBuilder(jcmd, String.valueOf(driver), "GC.heap_info").start();
        String heap = process.inputReader().lines().filter(line -> line.contains("used")).findFirst().orElse("").strip();
        try (Stream<String> status = Files.lines(Path.of("/proc/" + driver + "/status"))) {
            return heap + "; " + status.filter(line -> line.startsWith("VmHWM")).findFirst().orElse("").replaceAll("\\s+", " ");
        }
    }

    public static void main(String[] arguments) throws Exception {
        int trials = Integer.parseInt(arguments[3]);
        Path folder = Files.createTempDirectory("tandem");
        Path socket = folder.resolve("lab");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                Stream<Path> jars = Files.list(Path.of(arguments[1]))) {
            server.bind(UnixDomainSocketAddress.of(socket));
            String classPath = arguments[2] + File.pathSeparator
                    + jars.map(Path::toString).collect(Collectors.joining(File.pathSeparator));
            Process driver = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                            "-Xmx1g",
                            "-Dspark.jars=" + arguments[2],
                            "-cp",
                            classPath,
                            "tandem.spark.Driver",
                            socket.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("driver.log").toFile())
                    .start();
            SocketChannel channel = server.accept();
            BufferedReader in = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
            BufferedWriter out = new BufferedWriter(Channels.newWriter(channel, StandardCharsets.UTF_8));
            for (String line : List.of(
                    "conf\tspark.master\t" + arguments[0],
                    "conf\tspark.driver.host\t127.0.0.1",
                    "file\tlib/simulated.jar\t" + host(),
                    "setup\t{}",
                    "start")) {
                out.write(line + "\n");
            }
            out.flush();
            int slots = 0;
            boolean ready = false;
            int sent = 0;
            int over = 0;
            long start = 0;
            long block = 0;
            while (over < trials) {
                while (ready && slots > 0 && sent < trials && sent - over < 2 * slots) {
                    if (sent == 0) {
                        start = System.nanoTime();
                        block = start;
                    }
                    sent++;
                    out.write("trial\t%d\tsimulated, seed %d\t{%s}\n".formatted(sent, sent, "\"recipe\":1,".repeat(80)));
                    out.flush();
                }
                String[] words = in.readLine().split("\t");
                switch (words[0]) {
                    case "ready" -> ready = true;
                    case "slots" -> slots = Integer.parseInt(words[1]);
                    case "over" -> {
                        over++;
                        if (over % BLOCK == 0 || over == 100) {
                            long now = System.nanoTime();
                            System.out.println("%5d trials, %d slots: %.1f ms a trial since the last line; %s".formatted(
                                    over, slots, (now - block) / 1e6 / (over == 100 ? 100 : over == BLOCK ? BLOCK - 100 : BLOCK),
                                    memory(driver.pid())));
                            block = System.nanoTime();
                        }
                    }
                    default -> System.out.println(String.join(" ", words));
                }
            }
            System.out.println("%d trials in %.1f s".formatted(trials, (System.nanoTime() - start) / 1e9));
            out.write("end\n");
            out.flush();
            driver.waitFor();
        }
    }
}
