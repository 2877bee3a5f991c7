package tandem.web;

import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may ask. A browser can be made to ask on behalf of any page: so the Host must be ours (a name that somebody else
 * owns may point to this machine), and where there is an Origin, it must be ours, too. A server that others reach wants
 * a token.
 */
final class Guard implements Filter {
    private static final String COOKIE = "tandem-token";
    private static final Set<Method> SAFE = Set.of(Method.GET, Method.HEAD, Method.OPTIONS);

    /** Nothing but our own files; styles are set by scripts, which no attribute needs. */
    static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:;"
            + " connect-src 'self'; font-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none';"
            + " frame-ancestors 'self'";

    private final Set<String> hosts;
    private final @Nullable String token;

    /**
     * Guards.
     *
     * @param hosts what Host may be, or empty for anything
     * @param token what must be shown, or null
     */
    Guard(Set<String> hosts, @Nullable String token) {
        this.hosts = hosts;
        this.token = token;
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        response.header("Content-Security-Policy", POLICY);
        response.header("X-Content-Type-Options", "nosniff");
        response.header("X-Frame-Options", "SAMEORIGIN");
        response.header("Referrer-Policy", "no-referrer");
        response.header("Cross-Origin-Opener-Policy", "same-origin");
        response.header("Cross-Origin-Resource-Policy", "same-origin");
        response.header("Cache-Control", "no-cache");
        String host = request.headers().first(HeaderNames.HOST).orElse("");
        if (!hosts.isEmpty() && !hosts.contains(host)) {
            throw new Problem.Refusal(
                    Status.MISDIRECTED_REQUEST_421,
                    "this server is not '%s'; open the address that it printed".formatted(host));
        }
        boolean foreign = request.headers()
                .first(HeaderNames.ORIGIN)
                .filter(origin -> !origin.equals("http://" + host))
                .isPresent();
        Method method = request.prologue().method();
        if (foreign || !SAFE.contains(method) && crossSite(request)) {
            throw new Problem.Refusal(Status.FORBIDDEN_403, "only the server's own page may ask");
        }
        if (token != null) {
            check(token, request, response);
        }
        chain.proceed();
    }

    private static boolean crossSite(RoutingRequest request) {
        return request.headers()
                .first(HeaderNames.create("Sec-Fetch-Site"))
                .filter(site -> !site.equals("same-origin") && !site.equals("none"))
                .isPresent();
    }

    /** The address that was printed has the token; the page keeps it in a cookie, programs send it as a bearer. */
    private static void check(String token, RoutingRequest request, RoutingResponse response) {
        if (request.query().contains("token") && same(token, request.query().get("token"))) {
            response.header("Set-Cookie", "%s=%s; Path=/; HttpOnly; SameSite=Strict".formatted(COOKIE, token));
            return;
        }
        Optional<String> bearer = request.headers().first(HeaderNames.AUTHORIZATION);
        if (bearer.isPresent() && same("Bearer " + token, bearer.get())) {
            return;
        }
        String cookie = request.headers().cookies().first(COOKIE).orElse("");
        if (!same(token, cookie)) {
            throw new Problem.Refusal(
                    Status.UNAUTHORIZED_401, "the token is missing; open the address that the server printed");
        }
    }

    /** Takes as long whether the first character differs or the last. */
    private static boolean same(String expected, String actual) {
        return MessageDigest.isEqual(
                expected.getBytes(StandardCharsets.UTF_8), actual.getBytes(StandardCharsets.UTF_8));
    }
}
