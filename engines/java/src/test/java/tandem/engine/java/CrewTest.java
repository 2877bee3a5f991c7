package tandem.engine.java;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class CrewTest {

    /** Nobody is past a meeting before all have come to it. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void membersMeet(int size) {
        try (Crew crew = new Crew(size)) {
            AtomicIntegerArray arrived = new AtomicIntegerArray(200);
            for (int job = 0; job < 20; job++) {
                int first = job * 10;
                crew.run(member -> {
                    for (int meeting = first; meeting < first + 10; meeting++) {
                        arrived.incrementAndGet(meeting);
                        crew.await();
                        assertEquals(size, arrived.get(meeting));
                    }
                });
            }
            for (int meeting = 0; meeting < 200; meeting++) {
                assertEquals(size, arrived.get(meeting));
            }
        }
    }

    @Test
    void anExceptionOfOneMemberReachesTheCallerAndTheCrewGoesOn() {
        try (Crew crew = new Crew(3)) {
            for (int failing = 0; failing < 3; failing++) {
                int guilty = failing;
                RuntimeException failure = new IllegalStateException("member " + guilty);
                assertSame(
                        failure,
                        assertThrows(
                                IllegalStateException.class,
                                () -> crew.run(member -> {
                                    crew.await();
                                    if (member == guilty) {
                                        throw failure;
                                    }
                                    crew.await();
                                })));
                assertThrows(
                        StackOverflowError.class,
                        () -> crew.run(member -> {
                            if (member == guilty) {
                                throw new StackOverflowError();
                            }
                            crew.await();
                        }));
                int[] ran = new int[3];
                crew.run(member -> {
                    crew.await();
                    ran[member]++;
                });
                assertArrayEquals(new int[] {1, 1, 1}, ran);
            }
        }
    }

    @Test
    void helpersSleepWhenThereIsNothingToDoAndEndWithTheCrew() throws InterruptedException {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        try (Crew crew = new Crew(4)) {
            crew.run(member -> threads.add(Thread.currentThread()));
            assertEquals(4, threads.size());
            threads.remove(Thread.currentThread());
            for (Thread helper : threads) {
                while (helper.getState() != Thread.State.WAITING) {
                    Thread.sleep(1);
                }
            }
            crew.run(member -> threads.add(Thread.currentThread()));
            threads.remove(Thread.currentThread());
            assertEquals(3, threads.size());
            assertTrue(threads.stream().allMatch(Thread::isAlive));
        }
        for (Thread helper : threads) {
            assertFalse(helper.isAlive());
        }
    }
}
