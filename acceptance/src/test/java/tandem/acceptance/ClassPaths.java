package tandem.acceptance;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Class paths of the workers of a command, read from their command lines while they run. Only Linux tells them. */
final class ClassPaths {
    private ClassPaths() {}

    /** Waits for the command's end; by engine. */
    static Map<String, List<String>> of(Tandem.Running running) throws InterruptedException {
        Map<String, List<String>> classPaths = new TreeMap<>();
        while (running.process().isAlive()) {
            for (ProcessHandle process : running.process().descendants().toList()) {
                List<String> words = commandLine(process.pid());
                int worker = words.indexOf("tandem.worker.Worker");
                // Then its socket, and the engine.
                if (worker > 0) {
                    String classPath = words.get(words.indexOf("-cp") + 1);
                    classPaths.put(words.get(worker + 2), List.of(classPath.split(File.pathSeparator)));
                }
            }
            Thread.sleep(10);
        }
        return classPaths;
    }

    /** Empty if the process has ended. */
    private static List<String> commandLine(long process) {
        try {
            return List.of(Files.readString(Path.of("/proc", String.valueOf(process), "cmdline"))
                    .split("\0"));
        } catch (IOException e) {
            return List.of();
        }
    }
}
