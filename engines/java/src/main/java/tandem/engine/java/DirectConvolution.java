package tandem.engine.java;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * conv2 by its definition, 36 multiplications for each input and output channel of a window where
 * {@link WinogradConvolution} takes 16: the yardstick of what that gains. The four positions of a window by 2 or 4
 * vectors of channels stay in registers, as in {@link RegisterTile}.
 */
record DirectConvolution(Layout layout, float[] memory, Background background, Pooling pooling)
        implements SecondConvolution {
    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    @Override
    public void begin(Workspace workspace) {
        background.compute(workspace.thread);
    }

    @Override
    public void forward(int image, long[] keep, int keepAt, float scale, Workspace workspace) {
        int sums = layout.product(workspace.thread);
        for (int wy = 0; wy < layout.windowRows; wy++) {
            long ink = background.ink(image, wy);
            for (int wx = 0; wx < layout.windowColumns; wx++) {
                int window = wy * layout.windowColumns + wx;
                if (Background.covers(ink, wx)) {
                    pooling.window(layout.background2(workspace.thread), 0, image, window, keep, keepAt, scale);
                } else {
                    int corner = 2 * (wy * layout.columns1 + wx) * L;
                    for (int c = 0; c < layout.channels2; c += layout.tileVectors * L) {
                        if (layout.tileVectors == 4) {
                            window4x4(workspace.thread, corner, c, sums + c);
                        } else {
                            window4x2(workspace.thread, corner, c, sums + c);
                        }
                    }
                    pooling.window(sums, layout.channels2, image, window, keep, keepAt, scale);
                }
            }
        }
    }

    private void window4x4(int thread, int corner, int channel, int out) {
        float[] m = memory;
        int channels2 = layout.channels2;
        int row = layout.columns1 * L;
        int u = layout.conv2Transposed + channel;
        FloatVector s00 = FloatVector.zero(S);
        FloatVector s01 = FloatVector.zero(S);
        FloatVector s02 = FloatVector.zero(S);
        FloatVector s03 = FloatVector.zero(S);
        FloatVector s10 = FloatVector.zero(S);
        FloatVector s11 = FloatVector.zero(S);
        FloatVector s12 = FloatVector.zero(S);
        FloatVector s13 = FloatVector.zero(S);
        FloatVector s20 = FloatVector.zero(S);
        FloatVector s21 = FloatVector.zero(S);
        FloatVector s22 = FloatVector.zero(S);
        FloatVector s23 = FloatVector.zero(S);
        FloatVector s30 = FloatVector.zero(S);
        FloatVector s31 = FloatVector.zero(S);
        FloatVector s32 = FloatVector.zero(S);
        FloatVector s33 = FloatVector.zero(S);
        for (int i = 0; i < layout.conv1; i++) {
            int patch = layout.activation1(thread, i / L) + corner + i % L;
            for (int k = 0; k < Layout.TAPS; k++, u += channels2) {
                int at = patch + k / 3 * row + k % 3 * L;
                FloatVector u0 = FloatVector.fromArray(S, m, u);
                FloatVector u1 = FloatVector.fromArray(S, m, u + L);
                FloatVector u2 = FloatVector.fromArray(S, m, u + 2 * L);
                FloatVector u3 = FloatVector.fromArray(S, m, u + 3 * L);
                FloatVector x = FloatVector.broadcast(S, m[at]);
                s00 = u0.fma(x, s00);
                s01 = u1.fma(x, s01);
                s02 = u2.fma(x, s02);
                s03 = u3.fma(x, s03);
                x = FloatVector.broadcast(S, m[at + L]);
                s10 = u0.fma(x, s10);
                s11 = u1.fma(x, s11);
                s12 = u2.fma(x, s12);
                s13 = u3.fma(x, s13);
                x = FloatVector.broadcast(S, m[at + row]);
                s20 = u0.fma(x, s20);
                s21 = u1.fma(x, s21);
                s22 = u2.fma(x, s22);
                s23 = u3.fma(x, s23);
                x = FloatVector.broadcast(S, m[at + row + L]);
                s30 = u0.fma(x, s30);
                s31 = u1.fma(x, s31);
                s32 = u2.fma(x, s32);
                s33 = u3.fma(x, s33);
            }
        }
        s00.intoArray(m, out);
        s01.intoArray(m, out + L);
        s02.intoArray(m, out + 2 * L);
        s03.intoArray(m, out + 3 * L);
        s10.intoArray(m, out + channels2);
        s11.intoArray(m, out + channels2 + L);
        s12.intoArray(m, out + channels2 + 2 * L);
        s13.intoArray(m, out + channels2 + 3 * L);
        s20.intoArray(m, out + 2 * channels2);
        s21.intoArray(m, out + 2 * channels2 + L);
        s22.intoArray(m, out + 2 * channels2 + 2 * L);
        s23.intoArray(m, out + 2 * channels2 + 3 * L);
        s30.intoArray(m, out + 3 * channels2);
        s31.intoArray(m, out + 3 * channels2 + L);
        s32.intoArray(m, out + 3 * channels2 + 2 * L);
        s33.intoArray(m, out + 3 * channels2 + 3 * L);
    }

    private void window4x2(int thread, int corner, int channel, int out) {
        float[] m = memory;
        int channels2 = layout.channels2;
        int row = layout.columns1 * L;
        int u = layout.conv2Transposed + channel;
        FloatVector s00 = FloatVector.zero(S);
        FloatVector s01 = FloatVector.zero(S);
        FloatVector s10 = FloatVector.zero(S);
        FloatVector s11 = FloatVector.zero(S);
        FloatVector s20 = FloatVector.zero(S);
        FloatVector s21 = FloatVector.zero(S);
        FloatVector s30 = FloatVector.zero(S);
        FloatVector s31 = FloatVector.zero(S);
        for (int i = 0; i < layout.conv1; i++) {
            int patch = layout.activation1(thread, i / L) + corner + i % L;
            for (int k = 0; k < Layout.TAPS; k++, u += channels2) {
                int at = patch + k / 3 * row + k % 3 * L;
                FloatVector u0 = FloatVector.fromArray(S, m, u);
                FloatVector u1 = FloatVector.fromArray(S, m, u + L);
                FloatVector x = FloatVector.broadcast(S, m[at]);
                s00 = u0.fma(x, s00);
                s01 = u1.fma(x, s01);
                x = FloatVector.broadcast(S, m[at + L]);
                s10 = u0.fma(x, s10);
                s11 = u1.fma(x, s11);
                x = FloatVector.broadcast(S, m[at + row]);
                s20 = u0.fma(x, s20);
                s21 = u1.fma(x, s21);
                x = FloatVector.broadcast(S, m[at + row + L]);
                s30 = u0.fma(x, s30);
                s31 = u1.fma(x, s31);
            }
        }
        s00.intoArray(m, out);
        s01.intoArray(m, out + L);
        s10.intoArray(m, out + channels2);
        s11.intoArray(m, out + channels2 + L);
        s20.intoArray(m, out + 2 * channels2);
        s21.intoArray(m, out + 2 * channels2 + L);
        s30.intoArray(m, out + 3 * channels2);
        s31.intoArray(m, out + 3 * channels2 + L);
    }
}
