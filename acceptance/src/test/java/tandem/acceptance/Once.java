package tandem.acceptance;

import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Values that are made when they are first asked for, once each. Who asks meanwhile for another does not wait. */
final class Once<K, V> {
    private final Map<K, FutureTask<V>> made = new ConcurrentHashMap<>();

    V get(K key, Callable<V> maker) throws InterruptedException {
        FutureTask<V> value = made.computeIfAbsent(key, _ -> new FutureTask<>(maker));
        // Does nothing unless this is the first to ask.
        value.run();
        try {
            return value.get();
        } catch (ExecutionException e) {
            throw new AssertionError("%s: %s".formatted(key, e.getCause().getMessage()), e.getCause());
        }
    }
}
