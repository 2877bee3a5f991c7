package tandem.web;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import tandem.core.Json;
import tools.jackson.core.JacksonException;

/** Bodies of requests and answers. */
final class Bodies {
    private Bodies() {}

    /** The body as it came. */
    static byte[] bytes(ServerRequest request) {
        return request.content().hasEntity() ? request.content().as(byte[].class) : new byte[0];
    }

    /**
     * What the body says in JSON.
     *
     * @throws Problem.Refusal if it is said to be something else
     * @throws JacksonException if it is not such a value
     */
    static <T> T read(ServerRequest request, Class<T> type) throws JacksonException {
        String media = request.headers().first(HeaderNames.CONTENT_TYPE).orElse("");
        if (!media.startsWith("application/json")) {
            throw new Problem.Refusal(
                    Status.UNSUPPORTED_MEDIA_TYPE_415, "the body must be JSON (Content-Type: application/json)");
        }
        return Objects.requireNonNull(Json.parseBrief(new String(bytes(request), StandardCharsets.UTF_8), type));
    }

    /** Answers with a value in JSON. */
    static void json(ServerResponse response, Object value) {
        response.header(HeaderNames.CONTENT_TYPE, "application/json");
        response.send(Json.line(value));
    }
}
