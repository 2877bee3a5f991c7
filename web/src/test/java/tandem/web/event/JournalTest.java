package tandem.web.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class JournalTest {
    private static final Duration LONG = Duration.ofSeconds(10);

    private final Journal journal = new Journal();

    @Test
    void whoComesBackGetsWhatHeLacks() throws Exception {
        journal.add("a", Map.of("n", 1));
        journal.add("b", Map.of("n", 2));
        assertEquals(
                List.of(new Journal.Entry(1, "a", "{\"n\":1}"), new Journal.Entry(2, "b", "{\"n\":2}")),
                journal.after(0, LONG));
        assertEquals(List.of(new Journal.Entry(2, "b", "{\"n\":2}")), journal.after(1, LONG));
        assertEquals(List.of(), journal.after(2, Duration.ofMillis(10)));
        assertEquals(List.of(), journal.after(1_000_000, Duration.ofMillis(10)), "an id that was never given");
        assertEquals(2, journal.after(-5, LONG).size());
    }

    @Test
    void whoWaitsIsToldAtOnce() throws Exception {
        Thread writes = Thread.startVirtualThread(() -> {
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            journal.add("late", Map.of());
        });
        assertEquals("late", journal.after(0, LONG).getFirst().type());
        writes.join();
    }

    @Test
    void theEndIsTold() throws Exception {
        journal.add("a", Map.of());
        assertFalse(journal.endsWith(1));
        journal.end("end", Map.of());
        assertFalse(journal.endsWith(1));
        assertTrue(journal.endsWith(2));
        assertEquals(List.of(), journal.after(2, LONG), "nobody waits for what will not come");
    }

    @Test
    void topicsTellWhatHasChanged() throws Exception {
        Topics topics = new Topics();
        topics.changed("engines");
        Map<String, Long> seen = topics.after(Map.of(), LONG);
        assertEquals(Map.of("engines", 1L), seen);
        assertEquals(seen, topics.after(seen, Duration.ofMillis(10)));
        topics.changed("model");
        topics.changed("engines");
        assertEquals(Map.of("engines", 2L, "model", 1L), topics.after(seen, LONG));
    }
}
