package tandem.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tandem.core.data.Images;
import tandem.core.data.Normalisation;
import tandem.core.random.DropoutMask;
import tandem.core.random.Order;

final class BatchesTest {
    private static final Network SMALL = new Network(8, 9, 3, 4, 70, 5, 0.25, 0.5);
    private static final Recipe RECIPE =
            Recipe.PRESETS.get("harmonized").with(Map.of("network", SMALL, "batchSize", 4));

    private static Images tenImages() {
        byte[] pixels = new byte[10 * 72];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i * 7);
        }
        return new Images(8, 9, pixels, new byte[] {0, 1, 2, 0, 1, 2, 0, 1, 2, 0}, new Normalisation(0.1307, 0.3081));
    }

    @Test
    void anEpochVisitsEveryImageOnceAndEndsWithTheRest() {
        Batches batches = new Batches(RECIPE, tenImages());
        Batch batch = batches.allocate();
        assertEquals(3, batches.perEpoch());
        int[] expected = Order.shuffled(42, 2, 10);
        int[] sizes = new int[3];
        int[] visited = new int[10];
        int n = 0;
        for (int step = 3; step < 6; step++) {
            batches.fill(batch, step);
            sizes[step - 3] = batch.size();
            for (int i = 0; i < batch.size(); i++) {
                visited[n++] = batch.index(i);
            }
        }
        assertArrayEquals(new int[] {4, 4, 2}, sizes);
        assertArrayEquals(expected, visited);
        assertEquals(2, batches.epoch(5));
        assertEquals(3, batches.epoch(6));
    }

    @Test
    void aBatchDependsOnItsStepAloneNotOnWhatCameBefore() {
        Batches straight = new Batches(RECIPE, tenImages());
        Batch a = straight.allocate();
        for (int step = 0; step <= 4; step++) {
            straight.fill(a, step);
        }
        Batches jumping = new Batches(RECIPE, tenImages());
        Batch b = jumping.allocate();
        jumping.fill(b, 4);
        assertArrayEquals(a.indices, b.indices);
        assertArrayEquals(a.keep1(), b.keep1());
        assertArrayEquals(a.keep2(), b.keep2());
    }

    @Test
    void masksAreCountedByPositionInTheEpochAndGlobalStep() {
        Batches batches = new Batches(RECIPE, tenImages());
        Batch batch = batches.allocate();
        batches.fill(batch, 4);
        DropoutMask mask = DropoutMask.first(0.25, SMALL.pooledPositions(), 70);
        long[] expected = new long[mask.words()];
        mask.draw(42, 4 + 1, 4, expected, 0);
        assertArrayEquals(expected, Arrays.copyOfRange(batch.keep1(), mask.words(), 2 * mask.words()));
    }

    @Test
    void floatViewsFollowTheBitsInBothLayouts() {
        Batches batches = new Batches(RECIPE, tenImages());
        Batch batch = batches.allocate();
        batches.fill(batch, 0);
        int channels = 70;
        int positions = SMALL.pooledPositions();
        float[] first = new float[4 * channels * positions];
        float[] last = new float[first.length];
        batch.mask1ChannelsFirst(first);
        batch.mask1ChannelsLast(last);
        float scale = (float) (1 / 0.75);
        for (int i = 0; i < 4; i++) {
            for (int p = 0; p < positions; p++) {
                for (int c = 0; c < channels; c++) {
                    long word = batch.keep1()[(i * positions + p) * 2 + c / 64];
                    float expected = (word >>> (c % 64) & 1) == 1 ? scale : 0;
                    assertEquals(expected, first[(i * channels + c) * positions + p]);
                    assertEquals(expected, last[(i * positions + p) * channels + c]);
                }
            }
        }
        float[] hidden = new float[4 * 5];
        batch.mask2(hidden);
        for (int i = 0; i < hidden.length; i++) {
            assertEquals((batch.keep2()[i / 5] >>> (i % 5) & 1) == 1 ? 2f : 0f, hidden[i]);
        }
    }

    @Test
    void inputsAreRoundedOnce() {
        Batch batch = Batch.of(SMALL, tenImages(), 9, 0);
        float[] inputs = new float[2 * 72];
        batch.inputs(inputs);
        // Pixel 0 of image 9 is the low byte of 9 x 72 x 7 = 4536, that is 184.
        assertEquals((float) ((184 / 255.0 - 0.1307) / 0.3081), inputs[0]);
        assertEquals((float) (-0.1307 / 0.3081), inputs[72]);
        assertEquals(-0.4242129623889923, inputs[72], 1e-7);
        assertEquals(false, batch.dropout());
        assertEquals(1f, batch.scale1());
    }

    @Test
    void withoutDropoutEveryFactorIsOne() {
        Batches batches = new Batches(RECIPE.with(Map.of("dropout", false)), tenImages());
        Batch batch = batches.allocate();
        batches.fill(batch, 0);
        float[] mask = new float[4 * SMALL.features()];
        batch.mask1ChannelsFirst(mask);
        for (float factor : mask) {
            assertEquals(1f, factor);
        }
    }

    @Test
    void theFingerprintSeesEveryBit() {
        Batches batches = new Batches(RECIPE, tenImages());
        Batch batch = batches.allocate();
        batches.fill(batch, 0);
        long before = batch.mix(0);
        assertEquals(before, batch.mix(0));
        batch.keep1[3] ^= 1L << 17;
        assertEquals(false, before == batch.mix(0));
        batch.keep1[3] ^= 1L << 17;
        batch.indices[2] = batch.indices[1];
        assertEquals(false, before == batch.mix(0));
    }

    @Test
    void chosenPositionsBringTheImagesAndMasksOfTheirPlace() {
        Batches batches = new Batches(RECIPE, tenImages());
        Batch whole = batches.allocate();
        batches.fill(whole, 4);
        assertEquals(4, batches.first(4), "step 4 is the second of its epoch, in batches of 4");
        Batch chosen = batches.allocate();
        batches.fill(chosen, 4, new int[] {7, 5});
        assertEquals(2, chosen.size());
        int[] places = {3, 1};
        for (int i = 0; i < places.length; i++) {
            assertEquals(whole.index(places[i]), chosen.index(i));
            assertArrayEquals(rows(whole.keep1(), 4, places[i]), rows(chosen.keep1(), 4, i));
            assertArrayEquals(rows(whole.keep2(), 4, places[i]), rows(chosen.keep2(), 4, i));
        }
    }

    private static long[] rows(long[] words, int capacity, int i) {
        int size = words.length / capacity;
        return Arrays.copyOfRange(words, i * size, (i + 1) * size);
    }
}
