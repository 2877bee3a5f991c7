package tandem.engine.java;

import tandem.core.Parameters;

/**
 * Copies tensors from canonical layouts into those of the {@link Layout} and back. Parameters, accumulators and
 * gradients are laid out alike, each in a run of small tensors and one of fc1.weight.
 */
record JavaTensors(Layout layout, float[] memory) {

    /** Copies values in; padding stays as it is, zero. */
    void set(Parameters values, int small, int large) {
        int lanes = layout.lanes;
        float[] conv1 = values.get("conv1.weight");
        for (int c = 0; c < layout.conv1; c++) {
            for (int k = 0; k < Layout.TAPS; k++) {
                memory[small + conv1Weight(c, k)] = conv1[c * Layout.TAPS + k];
            }
        }
        copyIn(values, "conv1.bias", small + layout.conv1Bias);
        float[] conv2 = values.get("conv2.weight");
        for (int c = 0; c < layout.conv2; c++) {
            for (int i = 0; i < layout.conv1; i++) {
                for (int k = 0; k < Layout.TAPS; k++) {
                    memory[small + conv2Weight(c, i, k)] = conv2[(c * layout.conv1 + i) * Layout.TAPS + k];
                }
            }
        }
        copyIn(values, "conv2.bias", small + layout.conv2Bias);
        float[] fc1 = values.get("fc1.weight");
        int features = layout.network.features();
        for (int c = 0; c < layout.conv2; c++) {
            for (int window = 0; window < layout.windows; window++) {
                int row = large + layout.feature(window, c);
                for (int j = 0; j < layout.network.hidden(); j++) {
                    memory[row + j] = fc1[j * features + c * layout.windows + window];
                }
            }
        }
        copyIn(values, "fc1.bias", small + layout.fc1Bias);
        float[] fc2 = values.get("fc2.weight");
        int hidden = layout.network.hidden();
        for (int k = 0; k < layout.classes; k++) {
            System.arraycopy(fc2, k * hidden, memory, small + layout.fc2Weight + k * layout.hiddenPadded, hidden);
        }
        copyIn(values, "fc2.bias", small + layout.fc2Bias);
    }

    private void copyIn(Parameters values, String name, int to) {
        float[] tensor = values.get(name);
        System.arraycopy(tensor, 0, memory, to, tensor.length);
    }

    private int conv1Weight(int channel, int tap) {
        int block = channel / layout.lanes;
        return layout.conv1Weight + (block * Layout.TAPS + tap) * layout.lanes + channel % layout.lanes;
    }

    private int conv2Weight(int channel, int input, int tap) {
        int block = input / layout.lanes;
        return layout.conv2Weight
                + ((block * layout.conv2 + channel) * Layout.TAPS + tap) * layout.lanes
                + input % layout.lanes;
    }

    /** Copies values out. */
    Parameters get(int small, int large) {
        Parameters values = getSmall(small);
        for (int c = 0; c < layout.conv2; c++) {
            for (int window = 0; window < layout.windows; window++) {
                copyRow(large + layout.feature(window, c), window, c, values);
            }
        }
        return values;
    }

    /** Copies one feature's row of fc1.weight out. */
    void copyRow(int row, int window, int channel, Parameters values) {
        float[] fc1 = values.get("fc1.weight");
        int feature = channel * layout.windows + window;
        for (int j = 0; j < layout.network.hidden(); j++) {
            fc1[j * layout.network.features() + feature] = memory[row + j];
        }
    }

    /** Copies values out; fc1.weight stays zero. */
    Parameters getSmall(int small) {
        Parameters values = Parameters.zeros(layout.network);
        float[] conv1 = values.get("conv1.weight");
        for (int c = 0; c < layout.conv1; c++) {
            for (int k = 0; k < Layout.TAPS; k++) {
                conv1[c * Layout.TAPS + k] = memory[small + conv1Weight(c, k)];
            }
        }
        copyOut(small + layout.conv1Bias, values, "conv1.bias");
        float[] conv2 = values.get("conv2.weight");
        for (int c = 0; c < layout.conv2; c++) {
            for (int i = 0; i < layout.conv1; i++) {
                for (int k = 0; k < Layout.TAPS; k++) {
                    conv2[(c * layout.conv1 + i) * Layout.TAPS + k] = memory[small + conv2Weight(c, i, k)];
                }
            }
        }
        copyOut(small + layout.conv2Bias, values, "conv2.bias");
        copyOut(small + layout.fc1Bias, values, "fc1.bias");
        float[] fc2 = values.get("fc2.weight");
        int hidden = layout.network.hidden();
        for (int k = 0; k < layout.classes; k++) {
            System.arraycopy(memory, small + layout.fc2Weight + k * layout.hiddenPadded, fc2, k * hidden, hidden);
        }
        copyOut(small + layout.fc2Bias, values, "fc2.bias");
        return values;
    }

    private void copyOut(int from, Parameters values, String name) {
        float[] tensor = values.get(name);
        System.arraycopy(memory, from, tensor, 0, tensor.length);
    }
}
