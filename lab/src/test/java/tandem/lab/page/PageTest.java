package tandem.lab.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.core.Json;
import tools.jackson.databind.JsonNode;

final class PageTest {
    private static final String HOSTILE = "</script><script>alert(1)</script><!-- & {{data}}";
    private static final String BEFORE = "<script id=\"data\" type=\"application/json\">";

    @TempDir
    Path folder;

    /** Names and commands are the user's, and may hold anything. */
    @Test
    void noTextBreaksOutOfThePage() throws Exception {
        Path file = folder.resolve("report.html");
        new Page(
                        HOSTILE,
                        HOSTILE,
                        List.of(HOSTILE),
                        List.of(new Section("one", HOSTILE, HOSTILE, List.of(new Block.Command(HOSTILE)))))
                .write(file);
        String page = Files.readString(file);
        assertFalse(page.contains("<script>alert"));
        int from = page.indexOf(BEFORE) + BEFORE.length();
        JsonNode data = Json.MAPPER.readTree(page.substring(from, page.indexOf("</script>", from)));
        assertEquals(HOSTILE, data.get("title").asString());
        assertEquals(HOSTILE, data.at("/sections/0/blocks/0/text").asString());
        assertEquals("command", data.at("/sections/0/blocks/0/kind").asString());
    }

    @Test
    void thePageMayFetchNothing() throws Exception {
        Path file = folder.resolve("report.html");
        new Page("Title", "subtitle", List.of(), List.of()).write(file);
        String page = Files.readString(file);
        assertTrue(page.contains("<title>Title - Tandem</title>"));
        assertTrue(page.contains("default-src 'none'"));
    }
}
