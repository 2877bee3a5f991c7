package tandem.web;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import tandem.lab.page.Page;

/** The page's own files, and those that it shares with reports. No path of a request reaches the file system. */
final class Assets {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]*\\.(html|css|js|svg|json)");

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml",
            "json", "application/json");

    private final Map<String, byte[]> files = new ConcurrentHashMap<>();

    /** A file of the page. */
    void own(ServerRequest request, ServerResponse response) {
        send(Assets.class, request.path().pathParameters().first("file").orElse("index.html"), response);
    }

    /** A file of reports. */
    void shared(ServerRequest request, ServerResponse response) {
        send(Page.class, request.path().pathParameters().get("file"), response);
    }

    private void send(Class<?> beside, String name, ServerResponse response) {
        if (!NAME.matcher(name).matches()) {
            throw new NoSuchElementException("there is no such file");
        }
        byte[] content = files.computeIfAbsent(beside.getName() + "/" + name, _ -> read(beside, name));
        response.header(HeaderNames.CONTENT_TYPE, TYPES.get(name.substring(name.lastIndexOf('.') + 1)));
        response.send(content);
    }

    private static byte[] read(Class<?> beside, String name) {
        try (InputStream in = beside.getResourceAsStream(name)) {
            if (in == null) {
                throw new NoSuchElementException("there is no file '%s'".formatted(name));
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
