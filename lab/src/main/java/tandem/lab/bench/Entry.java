package tandem.lab.bench;

import java.util.function.Supplier;
import tandem.core.Failure;
import tandem.lab.WorkerProcess;

/**
 * Whoever takes part in the rounds.
 *
 * @param name as in tables; a peer says more of itself when it is prepared
 * @param variantOf name of the engine at its best, or null
 * @param variant for the worker, or the empty string
 * @param peer whether this is no engine
 * @param trains whether it takes train steps, or only predicts
 * @param library its library, as far as it is known before it runs
 * @param libraryVersion its version, as far as it is known before it runs
 * @param process starts the process; throws a {@link Failure} if it cannot be started
 */
record Entry(
        String name,
        String variantOf,
        String variant,
        boolean peer,
        boolean trains,
        String library,
        String libraryVersion,
        Supplier<WorkerProcess> process) {}
