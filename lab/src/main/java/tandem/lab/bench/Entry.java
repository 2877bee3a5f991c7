package tandem.lab.bench;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.lab.engines.Conversation;

/**
 * One row that takes part in the rounds.
 *
 * @param name as in tables; a peer says more of itself when it is prepared
 * @param variantOf name of the engine at its best, or null
 * @param variant for the worker, or the empty string
 * @param peer whether this is another program, not an engine
 * @param trains whether it takes train steps, or only predicts
 * @param library its library, if it is known before it runs, or null
 * @param libraryVersion its version, if it is known before it runs, or null
 * @param worker starts it; throws a {@link Failure} if it cannot be started
 */
record Entry(
        String name,
        @Nullable String variantOf,
        String variant,
        boolean peer,
        boolean trains,
        @Nullable String library,
        @Nullable String libraryVersion,
        Supplier<Conversation> worker) {
    /** A peer takes part like an engine. */
    static Entry ofPeer(Supplier<Conversation> worker) {
        return new Entry(Peer.NAME, null, "", true, true, null, null, worker);
    }
}
