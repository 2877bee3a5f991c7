package tandem.spark;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A conversation in lines of words with tabs between them; the first word says what the others are. JSON is one word:
 * it has neither tabs nor line feeds.
 */
final class Wire {
    private final BufferedReader in;
    private final BufferedWriter out;

    Wire(InputStream in, OutputStream out) {
        this.in = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        this.out = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
    }

    /** The words of the next line; null if the other side is gone. For one thread at a time. */
    String @Nullable [] next() {
        try {
            String line = in.readLine();
            return line == null ? null : line.split("\t", -1);
        } catch (IOException e) {
            return null;
        }
    }

    /** Says a line; for any thread. */
    synchronized void say(String... words) throws IOException {
        for (int i = 0; i < words.length; i++) {
            out.write(i == 0 ? words[i] : "\t" + words[i].replaceAll("[\t\r\n]+", " "));
        }
        out.write('\n');
        out.flush();
    }
}
