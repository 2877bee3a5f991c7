package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a server refuses, and whom: requests that make no sense, hostile ones, too many, too slow, without a token. */
interface ServedRefusals {
    /** The server that all tests share. */
    Served server();

    /** The folder that the server runs in. */
    Path folder();

    /** Clients of the server that are slow on purpose, from the start on. */
    SlowClients slow();

    static void refused(int status, String detail, HttpResponse<String> response) {
        assertEquals(status, response.statusCode(), response.body());
        assertEquals(
                "application/problem+json",
                response.headers().firstValue("Content-Type").orElse(""));
        JsonNode problem = Served.JSON.readTree(response.body());
        assertEquals(status, problem.get("status").intValue());
        assertEquals(detail, problem.get("detail").asString());
    }

    @Test
    @Order(2)
    default void theInterfaceIsWhatOpenApiSays() throws Exception {
        JsonNode document = Served.json(server().get("/openapi.json"));
        assertEquals("3.1.0", document.get("openapi").asString());
        for (Map.Entry<String, JsonNode> path : document.get("paths").properties()) {
            for (String method : path.getValue().propertyNames()) {
                String asked = path.getKey()
                        .replace("{id}", "none")
                        .replace("{run}", "none")
                        .replace("{engine}", "none");
                if (asked.equals("/api/events")) {
                    continue;
                }
                HttpResponse<String> response = server().method(method.toUpperCase(Locale.ROOT), asked, "{}");
                assertFalse(response.body().contains("there is nothing at"), method + " " + asked);
                assertTrue(response.statusCode() < 500, () -> method + " " + asked + ": " + response.body());
            }
        }
        refused(
                404,
                "there is nothing at PATCH /api/model; see /openapi.json",
                server().method("PATCH", "/api/model", "{}"));
        assertEquals("{\"status\":\"up\"}", server().get("/health").body());
        assertTrue(server().get("/metrics").body().contains("tandem_http_requests_seconds_count{method=\"GET\""));
    }

    @Test
    @Order(3)
    default void whatMakesNoSenseIsRefusedInASentence() throws Exception {
        refused(
                415,
                "the body must be JSON (Content-Type: application/json)",
                server().send(server().request("/api/predict").POST(HttpRequest.BodyPublishers.ofString("{}"))));
        refused(400, "the body is not as it should be: it is empty", server().post("/api/predict", ""));
        refused(
                400,
                "the body is not as it should be: field 'pixels[0]' is not a number (line 1, column 12)",
                server().post("/api/predict", "{\"pixels\":[{}]}"));
        refused(
                422,
                "there are 3 pixels; the model needs 28 x 28",
                server().post("/api/predict", "{\"pixels\":[0,0.5,1]}"));
        refused(404, "there is no training 99", server().get("/api/trainings/99"));
        refused(404, "there is no run of this name in runs", server().get("/api/runs/%2e%2e/report"));
        refused(404, "there is no run of this name in runs", server().get("/api/runs/none/report"));
        refused(409, "job 1 is done and cannot pause", server().post("/api/trainings/1/pause", "{}"));
        refused(422, "give 'engines', or 'arms', and not both", server().post("/api/trainings", "{}"));
        refusedWith(
                "there is no engine 'caffe'; valid are ", server().post("/api/trainings", "{\"engines\":[\"caffe\"]}"));
        refused(
                422,
                "'dataset' is not a choice of a recipe here",
                server().post("/api/trainings", "{\"engines\":[\"java\"],\"recipe\":{\"dataset\":\"/etc\"}}"));
        refused(
                422,
                "epochs is 1000; it must be at most 100",
                server().post("/api/trainings", "{\"engines\":[\"java\"],\"epochs\":1000}"));
        ObjectNode bad = Served.image(0);
        bad.putArray("engines").add("caffe");
        assertEquals(404, server().post("/api/predict", bad).statusCode());
        HttpResponse<String> range = server().post("/api/predict", "{\"pixels\":[2]}");
        assertEquals(400, range.statusCode());
        assertTrue(range.body().contains("a pixel is 2.0; it must be from 0 to 1"), range.body());
    }

    private static void refusedWith(String beginning, HttpResponse<String> response) {
        assertEquals(422, response.statusCode(), response.body());
        assertTrue(
                Served.JSON.readTree(response.body()).get("detail").asString().startsWith(beginning), response.body());
    }

    @Test
    @Order(3)
    default void hostileRequestsAreRefused() throws Exception {
        int port = server().uri("/").getPort();
        refused(
                421,
                "this server is not 'evil.example'; open the address that it printed",
                server().send(server().request("/api/runs").header("Host", "evil.example")));
        refused(
                421,
                "this server is not 'evil.example:%d'; open the address that it printed".formatted(port),
                server().send(server().request("/").header("Host", "evil.example:" + port)));
        String only = "only the server's own page may ask";
        refused(403, only, server().send(server().request("/api/runs").header("Origin", "http://evil.example")));
        refused(
                403,
                only,
                server().send(server().request("/api/trainings")
                        .header("Sec-Fetch-Site", "cross-site")
                        .POST(HttpRequest.BodyPublishers.ofString("{}"))));
        String large = raw(
                port,
                "POST /api/predict HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n".formatted(port)
                        + "Content-Length: 1048577\r\n\r\n");
        assertTrue(large.startsWith("HTTP/1.1 413") && large.contains("the body is larger than 1048576 bytes"), large);
        for (String path : List.of(
                "/../../etc/passwd", "/..%2f..%2fetc%2fpasswd", "/page/..%2fapp.css", "/page/%2e%2e/x.css", "/%00")) {
            String answer =
                    raw(port, "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nConnection: close\r\n\r\n");
            assertTrue(answer.startsWith("HTTP/1.1 40"), path + ": " + answer);
            assertFalse(answer.contains("root:"), answer);
        }
        assertTrue(raw(port, "rubbish\r\n\r\n").startsWith("HTTP/1.1 400"));

        refused(
                422,
                "the picture is not a picture; give a PNG, JPEG, GIF or BMP",
                server().send(server().request("/api/predict")
                        .header("Content-Type", "image/png")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[] {1}))));
        BufferedImage huge = new BufferedImage(20_000, 20_000, BufferedImage.TYPE_BYTE_BINARY);
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(huge, "png", png);
        assertTrue(png.size() < 1 << 20);
        refused(
                422,
                "the picture has 20000 x 20000 pixels, more than the 16 million that are read; make it smaller",
                server().send(server().request("/api/predict")
                        .header("Content-Type", "image/png")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(png.toByteArray()))));

        HttpResponse<String> page = server().get("/");
        assertTrue(page.headers()
                .firstValue("Content-Security-Policy")
                .orElse("")
                .startsWith("default-src 'none'; script-src 'self'; style-src 'self'"));
        assertEquals(
                "nosniff", page.headers().firstValue("X-Content-Type-Options").orElse(""));
    }

    /** What the server answers, until it closes the connection or says no more. */
    private static String raw(int port, String text) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            socket.getInputStream().transferTo(answer);
        } catch (SocketTimeoutException e) {
            // It waits for the rest of the request.
        }
        return answer.toString(StandardCharsets.UTF_8);
    }

    /** Readers that only listen, and ones that never finish their request, keep nobody from being served. */
    @Test
    @Order(4)
    default void aThousandOpenStreamsHarmNobody() throws Exception {
        int port = server().uri("/").getPort();
        String ask = "GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n\r\n";
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 1000; i++) {
                Socket socket = new Socket("127.0.0.1", port);
                sockets.add(socket);
                // Some stop in the middle of a header.
                socket.getOutputStream()
                        .write((i % 10 == 0 ? ask.substring(0, 30) : ask).getBytes(StandardCharsets.ISO_8859_1));
            }
            ObjectNode body = Served.image(0);
            body.putArray("engines").add("java");
            JsonNode answer = Served.json(server().post("/api/predict", body));
            assertEquals(7, answer.get("engines").get(0).get("digit").intValue());
            refused(503, "256 readers listen already; close a page", server().get("/api/events"));
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
        // Who went away is noticed, at the latest after ten seconds.
        long end = System.nanoTime() + 30_000_000_000L;
        String metrics = server().get("/metrics").body();
        while (!metrics.contains("tandem_event_streams 0.0") && System.nanoTime() < end) {
            Thread.sleep(200);
            metrics = server().get("/metrics").body();
        }
        assertTrue(metrics.contains("tandem_event_streams 0.0"), metrics);
    }

    /** Whoever is reached by other machines wants a token. */
    @Test
    @Order(8)
    default void otherMachinesNeedTheToken() throws Exception {
        try (Served open = Served.start(folder(), "--host", "0.0.0.0")) {
            String token = open.address().replaceAll(".*token=", "");
            assertTrue(token.matches("[0-9a-f]{32}"), open.address());
            refused(401, "the token is missing; open the address that the server printed", open.get("/api/runs"));
            HttpResponse<String> page = open.get("/?token=" + token);
            assertEquals(200, page.statusCode());
            String cookie = page.headers().firstValue("Set-Cookie").orElse("");
            assertTrue(cookie.endsWith("; Path=/; HttpOnly; SameSite=Strict"), cookie);
            assertEquals(
                    200,
                    open.send(open.request("/api/runs").header("Cookie", cookie.replaceAll(";.*", "")))
                            .statusCode());
            assertEquals(
                    200,
                    open.send(open.request("/api/runs").header("Authorization", "Bearer " + token))
                            .statusCode());
            assertEquals(
                    401,
                    open.send(open.request("/api/runs").header("Authorization", "Bearer " + token + "0"))
                            .statusCode());
        }
    }

    /** A client has 15 s for a request, wherever it stops in it; whether that is over is looked at every 5 s. */
    @Test
    @Order(9)
    default void slowClientsAreBorneWithForTwentySeconds() throws Exception {
        slow().borne()
                .forEach((client, seconds) -> assertTrue(seconds >= 14.9 && seconds < 25, client + ": " + seconds));
    }
}
