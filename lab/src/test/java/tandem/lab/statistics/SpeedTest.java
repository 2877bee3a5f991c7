package tandem.lab.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Ratios computed by hand. */
final class SpeedTest {
    private static final Speed JAVA = new Speed("java", 20.0);
    private static final Speed JAVA_DIRECT = new Speed("java", 50.0);
    private static final Speed PYTORCH = new Speed("pytorch", 40.0);
    private static final Speed PYTORCH_PLAIN = new Speed("pytorch", 30.0);
    private static final Speed BROKEN = new Speed("broken", null);
    private static final Speed PEER = new Speed(null, 10.0);
    private static final List<Speed> ALL = List.of(JAVA, JAVA_DIRECT, PYTORCH, PYTORCH_PLAIN, BROKEN, PEER);

    @Test
    void anotherEngineCountsWithItsBestVariant() {
        assertEquals(1.5, JAVA.ratioToFastestOther(ALL));
        assertEquals(0.6, JAVA_DIRECT.ratioToFastestOther(ALL));
    }

    @Test
    void variantsOfTheSameEngineAreNotOthers() {
        assertEquals(0.5, PYTORCH.ratioToFastestOther(ALL));
        assertEquals(20.0 / 30, PYTORCH_PLAIN.ratioToFastestOther(ALL));
        assertNull(PYTORCH.ratioToFastestOther(List.of(PYTORCH, PYTORCH_PLAIN)));
    }

    @Test
    void aPeerIsComparedWithEnginesAndNoEngineWithAPeer() {
        assertEquals(2.0, PEER.ratioToFastestOther(ALL));
        assertNull(JAVA.ratioToFastestOther(List.of(JAVA, PEER)));
        assertNull(PEER.ratioToFastestOther(List.of(PEER, PEER)));
    }

    @Test
    void whatWasNotMeasuredHasNoRatioAndIsNobodysOther() {
        assertNull(BROKEN.ratioToFastestOther(ALL));
        assertNull(JAVA.ratioToFastestOther(List.of(JAVA, BROKEN)));
    }
}
