package tandem.engine.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;
import tandem.core.Recipe;
import tandem.core.data.Datasets;
import tandem.core.data.Images;
import tandem.core.data.Normalisation;
import tandem.core.engine.Batch;
import tandem.core.engine.Batches;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineSetup;

/** What an engine does to the process it runs in. */
final class SteadyStateTest {
    private static final Recipe RECIPE = Recipe.PRESETS.get("harmonized");
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static Engine engine() {
        return new JavaProvider().create(EngineSetup.fresh(RECIPE, 2, ""));
    }

    /** Vectors are objects until the compiler is done, so the test waits for steps that leave no garbage. */
    @Test
    void stepsAllocateNothing() {
        Images images = Datasets.open("mnist").train().first(640);
        Batches batches = new Batches(RECIPE, images);
        Batch batch = batches.allocate();
        batches.fill(batch, 0);
        try (Engine engine = engine()) {
            List<Thread> helpers = helpers();
            assertEquals(1, helpers.size());
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 60 && least > 0; round++) {
                long before = allocated(helpers);
                for (int step = 0; step < 20; step++) {
                    engine.trainStep(batch, 0.01f);
                }
                least = Math.min(least, allocated(helpers) - before);
            }
            assertEquals(0, least, "bytes in 20 steps");
        }
    }

    /** Bytes allocated so far by this thread and the engine's. */
    private static long allocated(List<Thread> helpers) {
        long sum = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < helpers.size(); i++) {
            sum += THREADS.getThreadAllocatedBytes(helpers.get(i).threadId());
        }
        return sum;
    }

    private static List<Thread> helpers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("java engine"))
                .toList();
    }

    @Test
    void threadsEndWithTheEngine() {
        Engine engine = engine();
        assertEquals(1, helpers().size());
        engine.close();
        assertEquals(0, helpers().size());
    }

    /** A label that the network has no class for is found by the thread that has the image. */
    @Test
    void anExceptionInAThreadEndsTheStep() {
        byte[] labels = new byte[64];
        labels[60] = 10;
        Images images = new Images(28, 28, new byte[64 * 784], labels, new Normalisation(0.1307, 0.3081));
        int[] all = new int[64];
        for (int i = 0; i < all.length; i++) {
            all[i] = i;
        }
        try (Engine engine = engine()) {
            Batch bad = Batch.of(RECIPE.network(), images, all);
            assertThrows(ArrayIndexOutOfBoundsException.class, () -> engine.trainStep(bad, 1));
            Batch good = Batch.of(RECIPE.network(), images, 1, 2, 3);
            assertTrue(engine.trainStep(good, 1) > 0);
        }
    }
}
