package tandem.core.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tandem.core.Network;
import tandem.core.Recipe;
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

    /**
     * Three epochs of ten images, and the fingerprint of all indices, labels and masks so far, by a program in Python
     * written from docs/randomness.md and {@link Batch#mix}'s description.
     */
    @Test
    void threeEpochsByAnotherProgram() {
        int[][] indices = {
            {5, 4, 9, 2}, {0, 1, 7, 8}, {6, 3},
            {6, 1, 9, 2}, {5, 3, 8, 4}, {0, 7},
            {0, 4, 9, 3}, {6, 2, 1, 8}, {7, 5}
        };
        long[] fingerprints = {
            0x29074d0fcec7bc8L,
            0xc734a35968e7e19bL,
            0x6615efaedf519701L,
            0x680e8eb6b41a7b06L,
            0xb6896130522e6cacL,
            0xb15a6ad2f4a3bde6L,
            0x9f01aac634dc8bc8L,
            0x95effb2fcedaadcaL,
            0xac53bbf7f4f88b7dL
        };
        Images images = tenImages();
        Batches batches = new Batches(RECIPE, images);
        Batch batch = batches.allocate();
        long fingerprint = 0;
        for (int step = 0; step < 9; step++) {
            batches.fill(batch, step);
            assertEquals(indices[step].length, batch.size(), "step " + step);
            int[] labels = new int[4];
            Arrays.fill(labels, -1);
            batch.labels(labels);
            for (int i = 0; i < 4; i++) {
                if (i < batch.size()) {
                    assertEquals(indices[step][i], batch.index(i), "step " + step);
                    assertEquals(indices[step][i] % 3, batch.label(i), "step " + step);
                    assertEquals(indices[step][i] % 3, labels[i], "step " + step);
                } else {
                    assertEquals(-1, labels[i], "nothing is written behind the last image");
                }
            }
            fingerprint = batch.mix(fingerprint);
            assertEquals(Long.toHexString(fingerprints[step]), Long.toHexString(fingerprint), "step " + step);
            assertEquals(step / 3 + 1, batches.epoch(step));
            assertEquals(4 * (step % 3), batches.first(step));
        }
        assertTrue(images == batch.images());
        assertEquals(4, batch.capacity());
    }

    /** A last, smaller batch: its own masks, and not those of the images that had its places before. */
    @Test
    void aSmallerBatchHasTheMasksOfItsPositions() {
        Batches batches = new Batches(RECIPE, tenImages());
        Batch batch = batches.allocate();
        for (int step = 0; step <= 5; step++) {
            batches.fill(batch, step);
        }
        assertEquals(2, batch.size());
        assertArrayEquals(
                new long[] {
                    0xd5d5fffeab47ff57L, 0x1f, 0xc4feb57bb5d7e77cL, 0x3b, 0xf5ff787fa676dcd5L, 0x27,
                    0xf7fcedef9fedf3efL, 0x3f, 0xfb3b7eebf7fd7affL, 0x3f, 0xeefb5fdbafdbfbfcL, 0x36,
                    0xf7b3ffefdffbd3bdL, 0x17, 0x29fffde7dddbf6ffL, 0x39
                },
                Arrays.copyOf(batch.keep1(), 2 * 8));
        assertArrayEquals(new long[] {0x4, 0x2}, Arrays.copyOf(batch.keep2(), 2));
    }

    @Test
    void viewsOfASmallerBatchEndWithIt() {
        Batches batches = new Batches(RECIPE, tenImages());
        Batch batch = batches.allocate();
        batches.fill(batch, 4);
        batches.fill(batch, 5);
        int features = 70 * 4;
        float[][] views = {
            new float[4 * features], new float[4 * features], new float[4 * 5], new float[4 * 72],
        };
        int[] sizes = {features, features, 5, 72};
        for (float[] view : views) {
            Arrays.fill(view, 77);
        }
        batch.mask1ChannelsFirst(views[0]);
        batch.mask1ChannelsLast(views[1]);
        batch.mask2(views[2]);
        batch.inputs(views[3]);
        for (int v = 0; v < views.length; v++) {
            for (int i = 0; i < views[v].length; i++) {
                assertEquals(i >= 2 * sizes[v], views[v][i] == 77, "view %d at %d".formatted(v, i));
            }
        }
        // Images 0 and 7, pixel p of image i being (72 i + p) 7.
        for (int p = 0; p < 72; p++) {
            assertEquals((float) ((p * 7 % 256 / 255.0 - 0.1307) / 0.3081), views[3][p]);
            assertEquals((float) (((7 * 72 + p) * 7 % 256 / 255.0 - 0.1307) / 0.3081), views[3][72 + p]);
        }
    }

    @Test
    void inFileOrderWithoutShuffling() {
        Batches batches = new Batches(RECIPE.with(Map.of("shuffle", false)), tenImages());
        Batch batch = batches.allocate();
        for (long step : new long[] {0, 1, 2, 3, 5, 3_000_000_002L}) {
            batches.fill(batch, step);
            int first = 4 * (int) (step % 3);
            assertEquals(Math.min(4, 10 - first), batch.size());
            for (int i = 0; i < batch.size(); i++) {
                assertEquals(first + i, batch.index(i));
            }
        }
        assertEquals(1_000_000_001, batches.epoch(3_000_000_002L));
    }

    @Test
    void stepsOfAnEpochAreCountedUp() {
        int[][] batchesPerEpoch = {{1, 10}, {3, 4}, {5, 2}, {9, 2}, {10, 1}, {11, 1}, {64, 1}};
        for (int[] expected : batchesPerEpoch) {
            Batches batches = new Batches(RECIPE.with(Map.of("batchSize", expected[0])), tenImages());
            assertEquals(expected[1], batches.perEpoch(), "batches of " + expected[0]);
            assertEquals(Math.min(10, expected[0]), batches.allocate().capacity());
        }
    }

    /** Masks without dropout, and scales: what is kept is multiplied by 1 / (1 - p). */
    @Test
    void scalesMakeUpForWhatIsDropped() {
        Network network = new Network(8, 9, 3, 4, 70, 5, 0.25, 0.75);
        Recipe recipe = RECIPE.with(Map.of("network", network));
        Batch batch = new Batches(recipe, tenImages()).allocate();
        assertEquals(true, batch.dropout());
        assertEquals(1.3333334f, batch.scale1());
        assertEquals(4f, batch.scale2());
        Batches without = new Batches(recipe.with(Map.of("dropout", false)), tenImages());
        Batch all = without.allocate();
        without.fill(all, 1);
        assertEquals(false, all.dropout());
        assertEquals(1f, all.scale1());
        assertEquals(1f, all.scale2());
        for (int i = 0; i < 4 * 4; i++) {
            assertEquals(-1, all.keep1()[2 * i]);
            assertEquals(0b111111, all.keep1()[2 * i + 1], "70 channels: six bits of the second word");
        }
        for (int i = 0; i < 4; i++) {
            assertEquals(0b11111, all.keep2()[i]);
        }
        float[] ones = new float[4 * 70 * 4];
        all.mask1ChannelsLast(ones);
        for (float one : ones) {
            assertEquals(1f, one);
        }
        float[] hidden = new float[4 * 5];
        all.mask2(hidden);
        for (float one : hidden) {
            assertEquals(1f, one);
        }
    }

    /** Layouts against the bits for numbers of channels around 8, 32 and 64. */
    @Test
    void viewsOfAnyNumberOfChannels() {
        for (int channels : new int[] {1, 7, 8, 9, 31, 32, 33, 63, 64, 65, 100, 128, 129}) {
            Network network = new Network(8, 9, 3, 4, channels, channels, 0.25, 0.75);
            Batches batches = new Batches(RECIPE.with(Map.of("network", network)), tenImages());
            Batch batch = batches.allocate();
            batches.fill(batch, 1);
            int groups = (channels + 63) / 64;
            float[] first = new float[4 * channels * 4];
            float[] last = new float[4 * channels * 4];
            float[] hidden = new float[4 * channels];
            batch.mask1ChannelsFirst(first);
            batch.mask1ChannelsLast(last);
            batch.mask2(hidden);
            for (int i = 0; i < 4; i++) {
                for (int c = 0; c < channels; c++) {
                    for (int p = 0; p < 4; p++) {
                        boolean keep = (batch.keep1()[(i * 4 + p) * groups + c / 64] >>> c % 64 & 1) == 1;
                        assertEquals(keep ? 1.3333334f : 0f, first[(i * channels + c) * 4 + p]);
                        assertEquals(keep ? 1.3333334f : 0f, last[(i * 4 + p) * channels + c]);
                    }
                    boolean keep = (batch.keep2()[i * groups + c / 64] >>> c % 64 & 1) == 1;
                    assertEquals(keep ? 4f : 0f, hidden[i * channels + c]);
                }
            }
        }
    }

    /** Step 4 is of epoch 2, whose order is 6, 1, 9, 2, 5, 3, 8, 4, 0, 7; nobody filled a batch of it before. */
    @Test
    void chosenPositionsAreThoseOfTheStepsEpoch() {
        Batches batches = new Batches(RECIPE, tenImages());
        Batch batch = batches.allocate();
        batches.fill(batch, 4, new int[] {7, 5, 0});
        assertEquals(3, batch.size());
        assertEquals(4, batch.index(0));
        assertEquals(3, batch.index(1));
        assertEquals(6, batch.index(2));
        batches.fill(batch, 0, new int[] {9});
        assertEquals(1, batch.size());
        assertEquals(3, batch.index(0), "the last of epoch 1");
    }

    /** A hidden layer of 70 units takes two words of mask an image; by the program in Python. */
    @Test
    void wideHiddenLayers() {
        Network network = new Network(8, 9, 3, 4, 1, 70, 0.25, 0.5);
        Batches batches = new Batches(RECIPE.with(Map.of("network", network)), tenImages());
        Batch batch = batches.allocate();
        batches.fill(batch, 1);
        assertArrayEquals(
                new long[] {
                    0xd1a871ea2d820010L, 0x23, 0x46eff87ec2cb0e3aL, 0x7,
                    0x3fda62b19b389a83L, 0x37, 0xb91caf4cdc8be0b1L, 0x2
                },
                batch.keep2());
        batches.fill(batch, 2);
        assertEquals(2, batch.size());
        long before = batch.mix(0);
        for (int w = 0; w < 8; w++) {
            batch.keep2()[w] ^= 1;
            assertEquals(w >= 4, before == batch.mix(0), "word %d, of which four count".formatted(w));
            batch.keep2()[w] ^= 1;
        }
        for (int w = 0; w < 16; w++) {
            batch.keep1()[w] ^= 1;
            assertEquals(w >= 8, before == batch.mix(0), "word %d, of which eight count".formatted(w));
            batch.keep1()[w] ^= 1;
        }
    }
}
