package tandem.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/** What is asked of every reader of bytes from outside, whatever they are. */
public final class Hostile {
    /** Buffers. */
    private static final long CONSTANT = 4 << 20;

    private static final Duration LONGEST = Duration.ofSeconds(1);

    /** Code that a fuzzer watches takes several times as long, on a machine that does other things, too. */
    private static final int PATIENCE = 5;

    private static final boolean FUZZING = System.getenv("JAZZER_FUZZ") != null;

    private Hostile() {}

    /** Reads something. */
    @FunctionalInterface
    public interface Reading {
        void run() throws Exception;
    }

    /**
     * Asserts that a reading ends within a second, takes no more memory than it may, and with nothing but a value or a
     * {@link Failure} of one line that names the file.
     *
     * @param cap bytes that it may allocate, beside a constant
     */
    public static void read(String file, long cap, Reading reading) {
        Cost cost = cost(file, reading);
        if (!cost.within(cap)) {
            // The first reading loads classes, and any may meet a busy moment; what is read costs as much again.
            Cost again = cost(file, reading);
            assertTrue(again.within(cap), () -> "%s, %,d bytes allowed".formatted(again, cap + CONSTANT));
        }
    }

    private record Cost(long bytes, Duration time) {
        boolean within(long cap) {
            return bytes <= cap + CONSTANT && time.compareTo(LONGEST.multipliedBy(FUZZING ? PATIENCE : 1)) <= 0;
        }
    }

    private static Cost cost(String file, Reading reading) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = threads.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        try {
            reading.run();
        } catch (Failure e) {
            sentence(file, e.getMessage());
        } catch (Exception e) {
            throw new AssertionError("no sentence: " + e, e);
        }
        return new Cost(
                threads.getCurrentThreadAllocatedBytes() - allocated, Duration.ofNanos(System.nanoTime() - start));
    }

    private static void sentence(String file, String message) {
        assertTrue(message.contains(file), () -> "does not name " + file + ": " + message);
        assertEquals(1, message.lines().count(), message);
        assertTrue(message.length() < 2000, message);
        assertTrue(message.chars().noneMatch(Character::isISOControl), message);
        // A fuzzer that sees these words asked for writes them into the file.
        assertTrue(FUZZING || !message.contains("[Source:") && !message.contains("DeserializationFeature"), message);
    }
}
