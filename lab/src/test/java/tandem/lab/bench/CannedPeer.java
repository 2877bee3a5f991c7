package tandem.lab.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A program that speaks a peer's protocol with figures known beforehand, so that what is made of them can be computed
 * by hand. Its i-th step takes i ms, each request for steps 0.4 s; its i-th answer about inference is of i calls in
 * 0.25 s. It uses 100 MiB and one more with each answer, of which all but 10 are resident. What it is asked is in
 * {@code requests}.
 */
final class CannedPeer {
    private static final String PROGRAM = """
            #!/bin/sh
            # Tandem asks a Python whether it has torch.
            [ "$1" = -c ] && exit 0
            cd "$(dirname "$0")"
            echo "$*" > arguments
            [ "$2" = --bench ] && ls "$4" > images
            step=0; inference=0; memory=100
            while read -r request; do
                echo "$request" >> requests
                memory=$((memory + 1))
                case "$request" in
                *'"prepare"'*)
                    echo '{"event":"prepared","library":{"name":"pytorch (python, test)","version":"9.9","device":"cpu","threads":2},"startupSeconds":1.5,"identity":null}' ;;
                *measureSteps*)
                    steps=${request##*:}; steps=${steps%%\\}*}; last=$((step + steps))
                    while [ $step -lt $last ]; do
                        step=$((step + 1))
                        echo '{"event":"step","epoch":1,"step":'$step',"loss":2.3,"learningRate":1.0,"millis":'$step'}'
                    done
                    echo '{"event":"measured","calls":'$steps',"images":'$((16 * steps))',"seconds":0.4,"peakMemoryMiB":'$memory',"residentMemoryMiB":'$((memory - 10))'}' ;;
                *measureInference*)
                    inference=$((inference + 1))
                    images=${request#*images\\":}; images=${images%%,*}
                    echo '{"event":"measured","calls":'$inference',"images":'$((inference * images))',"seconds":0.25,"peakMemoryMiB":'$memory',"residentMemoryMiB":'$((memory - 10))'}' ;;
                *exit*) exit 0 ;;
                esac
                # more
            done
            """;

    private CannedPeer() {}

    /** Writes the program into a folder of its own. */
    static Path in(Path folder) {
        return in(folder, ":");
    }

    /** @param more shell commands after each answer; {@code $request} is what was asked */
    static Path in(Path folder, String more) {
        try {
            Path program = Files.createDirectories(folder).resolve("canned");
            Files.writeString(program, PROGRAM.replace("# more", more));
            program.toFile().setExecutable(true);
            return program;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a program was asked, in short: {@code measureSteps 10}. */
    static List<String> requests(Path program) throws IOException {
        return Files.readAllLines(program.resolveSibling("requests")).stream()
                .map(request -> request.replaceFirst("\"recipe\":.*\"", "")
                        .replaceAll("\"?(request|steps|images|seconds|variant|threads)\"?:|[{}\"]", "")
                        .replace(',', ' ')
                        .strip())
                .toList();
    }
}
