package tandem.engine.pytorch;

import static org.bytedeco.pytorch.global.torch.empty;

import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import tandem.core.Network;
import tandem.core.engine.Batch;

/**
 * The factors of both dropouts for a batch of so many images in the memory of a device, filled again for every step.
 */
sealed interface PyTorchMasks extends AutoCloseable {

    /** Factors of dropout1: [n, conv2, pooledRows, pooledColumns]. */
    Tensor mask1();

    /** Factors of dropout2: [n, hidden]. */
    Tensor mask2();

    /** Takes over the masks of a batch. */
    void fill(Batch batch);

    @Override
    void close();

    static PyTorchMasks of(Network network, int n, Device device) {
        return device.is_cpu() ? new Written(network, n, device) : new Expanded(network, n, device);
    }

    /** Masks whose factors Java writes. */
    final class Written implements PyTorchMasks {
        private final PyTorchInput mask1;
        private final PyTorchInput mask2;
        private final float[] floats;

        private Written(Network network, int n, Device device) {
            mask1 = PyTorchInput.floats(device, n, network.conv2(), network.pooledRows(), network.pooledColumns());
            mask2 = PyTorchInput.floats(device, n, network.hidden());
            floats = new float[n * Math.max(network.features(), network.hidden())];
        }

        @Override
        public Tensor mask1() {
            return mask1.tensor();
        }

        @Override
        public Tensor mask2() {
            return mask2.tensor();
        }

        @Override
        public void fill(Batch batch) {
            batch.mask1ChannelsFirst(floats);
            mask1.write(floats);
            batch.mask2(floats);
            mask2.write(floats);
        }

        @Override
        public void close() {
            mask1.close();
            mask2.close();
        }
    }

    /** Masks of which a GPU is sent the bits, a 32nd of the factors, and makes the factors itself. */
    final class Expanded implements PyTorchMasks {
        private final PyTorchInput words1; // [n, pooledRows x pooledColumns, ceil(conv2 / 64), 1]
        private final PyTorchInput words2; // [n, 1, ceil(hidden / 64), 1]
        private final Tensor bits; // [64], int64: bit i alone
        private final Tensor mask1;
        private final Tensor mask2;

        Expanded(Network network, int n, Device device) {
            words1 = PyTorchInput.longs(device, n, network.pooledPositions(), words(network.conv2()), 1);
            words2 = PyTorchInput.longs(device, n, 1, words(network.hidden()), 1);
            long[] powers = new long[Long.SIZE];
            for (int i = 0; i < powers.length; i++) {
                powers[i] = 1L << i;
            }
            bits = kept(Tensor.create(powers).to(device, ScalarType.Long));
            mask1 = kept(empty(n, network.conv2(), network.pooledRows(), network.pooledColumns())
                    .to(device, ScalarType.Float));
            mask2 = kept(empty(n, network.hidden()).to(device, ScalarType.Float));
        }

        private static int words(int bits) {
            return Math.ceilDiv(bits, Long.SIZE);
        }

        private static Tensor kept(Tensor tensor) {
            tensor.retainReference();
            return tensor;
        }

        @Override
        public Tensor mask1() {
            return mask1;
        }

        @Override
        public Tensor mask2() {
            return mask2;
        }

        @Override
        public void fill(Batch batch) {
            words1.write(batch.keep1());
            expand(words1.tensor(), batch.scale1(), mask1);
            words2.write(batch.keep2());
            expand(words2.tensor(), batch.scale2(), mask2);
        }

        /** From words of positions to factors of channels, [n, channels, positions]. */
        private void expand(Tensor words, float scale, Tensor mask) {
            Tensor factors = mask.view(mask.size(0), mask.size(1), -1);
            Tensor kept = words.bitwise_and(bits).flatten(2, 3).narrow(2, 0, mask.size(1)); // [n, positions, channels]
            factors.copy_(kept.ne(new Scalar(0L)).transpose(1, 2)).mul_(new Scalar(scale));
        }

        @Override
        public void close() {
            words1.close();
            words2.close();
            bits.close();
            mask1.close();
            mask2.close();
        }
    }
}
