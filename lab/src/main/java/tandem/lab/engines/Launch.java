package tandem.lab.engines;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tandem.core.Failure;

/**
 * How a worker's JVM is started.
 *
 * @param main class to start; gets the path of the lab's socket, the engine's name, and the time in milliseconds of the
 *     epoch
 * @param engine name of the engine
 * @param jvmOptions of the engine
 * @param environment variables of the engine
 * @param classPath the engine's jars, the worker's and the engine's natives
 * @param preparation its first event may take so long, if that is longer than it may be silent
 */
public record Launch(
        Class<?> main,
        String engine,
        List<String> jvmOptions,
        Map<String, String> environment,
        List<Path> classPath,
        Duration preparation) {

    /** @throws Failure if the class path cannot be written */
    Process start(Path socket, Path log) throws IOException {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(jvmOptions);
        // Where the JVM explains a crash in native code.
        words.add("-XX:ErrorFile=" + log.resolveSibling("crash.log"));
        for (Path entry : classPath) {
            if (entry.toString().contains(File.pathSeparator)) {
                throw new Failure("%s: no class path of Java can name a path with '%s' in it; move it to another folder"
                        .formatted(entry, File.pathSeparator));
            }
        }
        words.add("-cp");
        words.add(classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
        words.addAll(List.of(main.getName(), socket.toString(), engine, String.valueOf(System.currentTimeMillis())));
        ProcessBuilder builder = new ProcessBuilder(deafToInterrupts(words))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    /**
     * Ctrl-C reaches every process of the terminal's group. The lab decides how a worker ends, so the worker starts
     * with the signal ignored, which the JVM and Python respect.
     */
    public static List<String> deafToInterrupts(List<String> program) {
        List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", "trap '' INT; exec \"$@\"", "worker"));
        words.addAll(program);
        return words;
    }
}
