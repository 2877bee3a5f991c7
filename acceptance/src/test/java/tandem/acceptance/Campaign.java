package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How often a fault is tried, and what came of it. {@code ./check} tries each a few times, always the same ones; a
 * campaign is {@code mvn -Dacceptance -Dgroups=faults -Dfaults=100 -pl acceptance verify}, a hundred tries of each with
 * moments of its own. Both leave a table, {@code acceptance/target/faults.md}. {@code -Dtest=KillsTest -Djobs=TRAIN}
 * kills one kind of run alone.
 */
final class Campaign {
    private static final Path TABLE = Path.of("target", "faults.md");
    private static final Pattern TRACE = Pattern.compile("\\sat [\\w.$/]+\\(|Exception in thread|\\[Source: ");
    /** How many were tried and how many of them lost, by command and fault. */
    private static final Map<String, int[]> ROWS = new LinkedHashMap<>();

    private Campaign() {}

    /** One try. */
    @FunctionalInterface
    interface Try {
        /**
         * Commits the fault and checks what comes of it.
         *
         * @param random where and when
         * @param number from 0
         */
        void with(Random random, int number) throws Exception;
    }

    /**
     * Tries a fault, goes on when it does harm, and fails in the end if it did.
     *
     * @param few how many tries {@code ./check} has time for
     */
    static void run(String command, String fault, int few, Try attempt) throws Exception {
        int tries = tries(few);
        List<String> lost = new ArrayList<>();
        for (int i = 0; i < tries; i++) {
            try {
                attempt.with(new Random(fault.hashCode() + command.hashCode() + 1_000_003L * i), i);
            } catch (AssertionError | IllegalStateException e) {
                lost.add("try %d: %s".formatted(i, e.getMessage()));
            }
        }
        if (tries > 0) {
            keep("| %s | %s |".formatted(command, fault), tries, lost.size());
        }
        assertEquals(List.of(), lost);
    }

    /** How many tries there are to be. */
    static int tries(int few) {
        return Integer.getInteger("faults", few);
    }

    private static synchronized void keep(String row, int tried, int lost) throws IOException {
        int[] counts = ROWS.computeIfAbsent(row, _ -> new int[2]);
        counts[0] += tried;
        counts[1] += lost;
        String rows = ROWS.entrySet().stream()
                .map(entry -> "%s %d | %d | %d |\n"
                        .formatted(
                                entry.getKey(),
                                entry.getValue()[0],
                                entry.getValue()[0] - entry.getValue()[1],
                                entry.getValue()[1]))
                .collect(Collectors.joining());
        Files.createDirectories(TABLE.getParent());
        Files.writeString(TABLE, "| command | fault | tried | survived | lost |\n|---|---|--:|--:|--:|\n" + rows);
    }

    /** Whatever happens to a command, its user reads sentences, and at most one of them says why it ended. */
    static void assertSentences(Tandem tandem) {
        String said = tandem.out() + tandem.err();
        assertTrue(tandem.exitCode() == 0 || tandem.exitCode() == 1, tandem::toString);
        assertFalse(said.contains("unexpected:"), tandem::toString);
        assertFalse(TRACE.matcher(said).find(), tandem::toString);
        long ends =
                tandem.err().lines().filter(line -> line.startsWith("tandem: ")).count();
        assertTrue(ends <= 1, tandem::toString);
        assertTrue(tandem.exitCode() == 0 || ends == 1 || tandem.out().contains(": failed: "), tandem::toString);
    }
}
