package tandem.worker.protocol;

/**
 * How much work may lie between two checkpoints, in steps or seconds.
 *
 * @param steps 0 if it is seconds that count
 * @param seconds 0 if it is steps that count
 */
public record CheckpointEvery(long steps, double seconds) {
    /** At most 30 s are lost, also if a step takes seconds; writing one takes about 0.06 s. */
    public static final CheckpointEvery DEFAULT = new CheckpointEvery(0, 20);

    /** Whether it is time for one: before this step, and some seconds after the last. */
    public boolean due(long step, double secondsSince) {
        return steps > 0 ? step % steps == 0 : secondsSince >= seconds;
    }
}
