package tandem.web;

import io.helidon.http.HeaderNames;
import io.helidon.http.HttpException;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerResponse;
import java.util.NoSuchElementException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Json;
import tools.jackson.core.JacksonException;

/**
 * Why a request was not served, as RFC 9457 has it.
 *
 * @param type always the same: the status says what kind it is
 * @param title the status in words
 * @param status of HTTP
 * @param detail one sentence for people
 */
record Problem(String type, String title, int status, String detail) {
    static final String MEDIA_TYPE = "application/problem+json";

    /** A request that is refused for what it is, not for what it asks. */
    static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient Status status;

        Refusal(Status status, String detail) {
            super(detail);
            this.status = status;
        }
    }

    static Problem of(Status status, String detail) {
        return new Problem("about:blank", status.reasonPhrase(), status.code(), detail);
    }

    /** What an exception means to who asked; what nobody foresaw is told without its insides. */
    static Problem of(Throwable e) {
        return switch (e) {
            case Refusal refusal -> of(refusal.status, message(refusal));
            case RequestException request -> ofHttp(request.status(), message(request));
            case HttpException http -> ofHttp(http.status(), message(http));
            case JacksonException json ->
                of(Status.BAD_REQUEST_400, "the body is not as it should be: " + message(json));
            case NoSuchElementException missing -> of(Status.NOT_FOUND_404, message(missing));
            case IllegalStateException conflict -> of(Status.CONFLICT_409, message(conflict));
            case RejectedExecutionException busy -> of(Status.SERVICE_UNAVAILABLE_503, message(busy));
            case Failure failure -> of(Status.UNPROCESSABLE_CONTENT_422, message(failure));
            case InterruptedException _ -> of(Status.SERVICE_UNAVAILABLE_503, "the server ends");
            case OutOfMemoryError _ ->
                of(Status.SERVICE_UNAVAILABLE_503, "the memory does not suffice; ask for something smaller");
            default ->
                of(
                        Status.INTERNAL_SERVER_ERROR_500,
                        "unexpected: " + e.getClass().getSimpleName());
        };
    }

    /** What the library refuses. */
    static Problem ofHttp(Status status, @Nullable String message) {
        return of(
                status,
                status.code() == Status.REQUEST_ENTITY_TOO_LARGE_413.code()
                        ? "the body is larger than %s bytes".formatted(Server.LARGEST_BODY)
                        : message == null || message.isBlank() ? status.reasonPhrase() : message);
    }

    private static String message(Throwable e) {
        return String.valueOf(e.getMessage());
    }

    /** Answers with it. */
    void send(ServerResponse response) {
        response.status(status);
        response.header(HeaderNames.CONTENT_TYPE, MEDIA_TYPE);
        response.send(Json.line(this));
    }
}
