package tandem.lab.cluster;

import tandem.core.Failure;

/** What Spark's driver says: a line of words with tabs between them. */
public sealed interface SparkNews {

    /**
     * Spark is there.
     *
     * @param version of Spark
     * @param application as Spark names it
     * @param page address of Spark's own page; empty if it has none
     */
    record Ready(String version, String application, String page) implements SparkNews {}

    /** Spark cannot be used, or no longer; one sentence. */
    record Failed(String sentence) implements SparkNews {}

    /** So many trials can run at a time now. */
    record Slots(int count) implements SparkNews {}

    /** An executor is gone. */
    record Lost(String executor, String reason) implements SparkNews {}

    /** A trial tells something. */
    record Told(long trial, String json) implements SparkNews {}

    /**
     * A trial ended.
     *
     * @param host where it ran
     * @param model file of the trained model; empty if it is not kept
     */
    record Over(long trial, String host, String json, String model) implements SparkNews {}

    /** A trial has no result: it was cancelled, or its executors were lost too often. */
    record Aborted(long trial, String reason) implements SparkNews {}

    /** @throws Failure if the line is none of these */
    static SparkNews of(String line) {
        String[] words = line.split("\t", -1);
        try {
            return switch (words[0]) {
                case "ready" -> new Ready(words[1], words[2], words[3]);
                case "failed" -> new Failed(words[1]);
                case "slots" -> new Slots(Integer.parseInt(words[1]));
                case "lost" -> new Lost(words[1], words[2]);
                case "event" -> new Told(Long.parseLong(words[1]), words[2]);
                case "over" -> new Over(Long.parseLong(words[1]), words[2], words[3], words[4]);
                case "aborted" -> new Aborted(Long.parseLong(words[1]), words[2]);
                default -> throw new Failure("Spark's driver said '%s'".formatted(words[0]));
            };
        } catch (ArrayIndexOutOfBoundsException | NumberFormatException e) {
            throw new Failure("Spark's driver said too little after '%s'".formatted(words[0]), e);
        }
    }
}
