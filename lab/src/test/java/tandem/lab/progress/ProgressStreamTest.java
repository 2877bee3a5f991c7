package tandem.lab.progress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ProgressStreamTest {
    private static Progress asking(int turn) {
        return new Progress.Asking("java", turn, 1000);
    }

    /** The consumer is stuck until all is told: whoever tells does not wait for it, and nothing is lost. */
    @Test
    void aSlowConsumerSlowsNobodyAndMissesNothing() {
        CountDownLatch goOn = new CountDownLatch(1);
        List<Progress> taken = new ArrayList<>();
        try (ProgressStream stream = new ProgressStream(progress -> {
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            taken.add(progress);
        })) {
            IntStream.range(0, 1000).forEach(turn -> stream.accept(asking(turn)));
            assertTrue(taken.isEmpty());
            goOn.countDown();
        }
        assertEquals(
                IntStream.range(0, 1000).mapToObj(ProgressStreamTest::asking).toList(), taken);
    }

    @Test
    void theConsumerHasAThreadOfItsOwnAndNoLockOfTheTeller() {
        Object lock = new Object();
        List<Thread> threads = new ArrayList<>();
        try (ProgressStream stream = new ProgressStream(_ -> {
            synchronized (lock) {
                threads.add(Thread.currentThread());
            }
        })) {
            synchronized (lock) {
                stream.accept(asking(1));
                stream.accept(asking(2));
            }
        }
        assertEquals(2, threads.size());
        assertSame(threads.getFirst(), threads.getLast());
        assertFalse(threads.contains(Thread.currentThread()));
    }

    @Test
    void whatTheConsumerThrowsIsThrownAtTheEnd() {
        List<Progress> taken = new ArrayList<>();
        ProgressStream stream = new ProgressStream(progress -> {
            taken.add(progress);
            throw new IllegalArgumentException("no such colour");
        });
        IntStream.range(0, 100).forEach(turn -> stream.accept(asking(turn)));
        assertEquals(
                "no such colour",
                assertThrows(IllegalArgumentException.class, stream::close).getMessage());
        assertEquals(List.of(asking(0)), taken);
    }
}
