package tandem.lab.engines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tandem.core.Failure;
import tandem.worker.protocol.Event;

/**
 * Workers that say nothing. Each test runs in a thread of its own and is given up after a while: a lab that waits for
 * ever fails.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SilenceTest {
    private static final Duration SILENCE = Duration.ofSeconds(3);

    /** The longest that an end may take beyond the silence. */
    private static final Duration MORE = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    /** Starts, and never calls. */
    static final class NeverCalls {
        private NeverCalls() {}

        public static void main(String[] arguments) throws InterruptedException {
            System.out.println(ProcessHandle.current().pid());
            Thread.sleep(Duration.ofMinutes(5));
        }
    }

    /** Calls, says one thing after two silences, and then nothing. */
    static final class SpeaksOnce {
        private SpeaksOnce() {}

        public static void main(String[] arguments) throws IOException, InterruptedException {
            System.out.println(ProcessHandle.current().pid());
            try (SocketChannel lab = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                lab.connect(UnixDomainSocketAddress.of(arguments[0]));
                Thread.sleep(SILENCE.plusSeconds(1));
                lab.write(ByteBuffer.wrap("{\"event\":\"exported\"}\n".getBytes(StandardCharsets.UTF_8)));
                Thread.sleep(Duration.ofMinutes(5));
            }
        }
    }

    private static Launch launch(Class<?> main, Duration preparation) {
        return new Launch(
                main,
                "faulty",
                List.of(),
                Map.of(),
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .map(Path::of)
                        .toList(),
                preparation);
    }

    private Path log() {
        return folder.resolve("worker.log");
    }

    private void assertGone() throws Exception {
        long pid = Long.parseLong(Files.readString(log()).strip());
        Instant limit = Instant.now().plus(MORE);
        while (ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)
                && Instant.now().isBefore(limit)) {
            Thread.sleep(20);
        }
        assertFalse(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false), "the worker lives on");
    }

    private static void assertTook(Duration least, Instant start) {
        Duration took = Duration.between(start, Instant.now());
        assertTrue(took.compareTo(least) >= 0 && took.compareTo(least.plus(MORE)) < 0, took::toString);
    }

    @Test
    void aWorkerThatNeverCallsIsEnded() throws Exception {
        Instant start = Instant.now();
        Failure failure = assertThrows(
                Failure.class, () -> WorkerProcess.start(launch(NeverCalls.class, Duration.ZERO), log(), SILENCE));
        assertTook(SILENCE, start);
        assertTrue(failure.getMessage().startsWith("the worker did not call within 3 s"), failure.getMessage());
        assertGone();
    }

    @Test
    void aWorkerThatSaysNothingIsEnded() throws Exception {
        try (WorkerProcess worker = WorkerProcess.start(launch(SpeaksOnce.class, Duration.ZERO), log(), SILENCE)) {
            Instant start = Instant.now();
            Failure failure = assertThrows(Failure.class, worker::take);
            assertTook(SILENCE, start);
            assertTrue(
                    failure.getMessage().startsWith("the worker said nothing for 3 s and was ended"),
                    failure.getMessage());
            assertGone();
        }
    }

    /** What must be unpacked first may take longer, but only before the first word. */
    @Test
    void preparationMayTakeLonger() throws Exception {
        try (WorkerProcess worker =
                WorkerProcess.start(launch(SpeaksOnce.class, Duration.ofSeconds(30)), log(), SILENCE)) {
            assertInstanceOf(Event.Exported.class, worker.take());
            Instant start = Instant.now();
            Failure failure = assertThrows(Failure.class, worker::take);
            assertTook(SILENCE, start);
            assertTrue(failure.getMessage().startsWith("the worker said nothing for 3 s"), failure.getMessage());
            assertGone();
        }
    }

    /** A silence shorter than the usual one, and than a start-up that is slow, is a plain length of time. */
    @Test
    void theUsualSilenceIsTwoMinutes() {
        assertEquals(Duration.ofMinutes(2), Workers.SILENCE);
    }
}
