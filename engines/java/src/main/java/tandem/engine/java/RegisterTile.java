package tandem.engine.java;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The innermost part of a matrix product, where most of a step's arithmetic is: 6 rows by 2 or 4 vectors of sums that
 * stay in registers while the inner dimension passes by.
 *
 * <pre>
 * out[r][c] = sum over i of v[r][i] u[i][c]         r from 0 to 5, c over the vectors of the tile
 * </pre>
 *
 * <p>For each i the 6x4 tile loads 4 vectors of u and broadcasts 6 numbers of v, and does 24 multiply-adds with them:
 * 10 loads for 24 operations, where a processor can do two of each in a cycle. All 24 are independent of each other,
 * which hides their latency of 4 cycles. It needs 24 + 4 + 1 registers and AVX-512 has 32. AVX2 has 16: there 6x2 needs
 * 12 + 2 + 1.
 */
final class RegisterTile {
    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private RegisterTile() {}

    /** Vectors across the tile that this processor has registers for. */
    static int vectors() {
        boolean registers32 = L == 16 || System.getProperty("os.arch").equals("aarch64");
        return registers32 ? 4 : 2;
    }

    /**
     * One tile.
     *
     * @param vectors 2 or 4
     * @param m all operands
     * @param u index of [count][vectors * L]
     * @param v index of [6][count], rows {@code rowStride} apart
     * @param out index of [6][vectors * L], rows {@code outStride} apart
     */
    static void multiply(int vectors, float[] m, int u, int v, int rowStride, int count, int out, int outStride) {
        if (vectors == 4) {
            multiply6x4(m, u, v, rowStride, count, out, outStride);
        } else {
            multiply6x2(m, u, v, rowStride, count, out, outStride);
        }
    }

    private static void multiply6x4(float[] m, int u, int v, int rowStride, int count, int out, int outStride) {
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
        FloatVector s40 = FloatVector.zero(S);
        FloatVector s41 = FloatVector.zero(S);
        FloatVector s42 = FloatVector.zero(S);
        FloatVector s43 = FloatVector.zero(S);
        FloatVector s50 = FloatVector.zero(S);
        FloatVector s51 = FloatVector.zero(S);
        FloatVector s52 = FloatVector.zero(S);
        FloatVector s53 = FloatVector.zero(S);
        int v1 = v + rowStride;
        int v2 = v + 2 * rowStride;
        int v3 = v + 3 * rowStride;
        int v4 = v + 4 * rowStride;
        int v5 = v + 5 * rowStride;
        for (int i = 0; i < count; i++) {
            int at = u + i * 4 * L;
            FloatVector u0 = FloatVector.fromArray(S, m, at);
            FloatVector u1 = FloatVector.fromArray(S, m, at + L);
            FloatVector u2 = FloatVector.fromArray(S, m, at + 2 * L);
            FloatVector u3 = FloatVector.fromArray(S, m, at + 3 * L);
            FloatVector x = FloatVector.broadcast(S, m[v + i]);
            s00 = u0.fma(x, s00);
            s01 = u1.fma(x, s01);
            s02 = u2.fma(x, s02);
            s03 = u3.fma(x, s03);
            x = FloatVector.broadcast(S, m[v1 + i]);
            s10 = u0.fma(x, s10);
            s11 = u1.fma(x, s11);
            s12 = u2.fma(x, s12);
            s13 = u3.fma(x, s13);
            x = FloatVector.broadcast(S, m[v2 + i]);
            s20 = u0.fma(x, s20);
            s21 = u1.fma(x, s21);
            s22 = u2.fma(x, s22);
            s23 = u3.fma(x, s23);
            x = FloatVector.broadcast(S, m[v3 + i]);
            s30 = u0.fma(x, s30);
            s31 = u1.fma(x, s31);
            s32 = u2.fma(x, s32);
            s33 = u3.fma(x, s33);
            x = FloatVector.broadcast(S, m[v4 + i]);
            s40 = u0.fma(x, s40);
            s41 = u1.fma(x, s41);
            s42 = u2.fma(x, s42);
            s43 = u3.fma(x, s43);
            x = FloatVector.broadcast(S, m[v5 + i]);
            s50 = u0.fma(x, s50);
            s51 = u1.fma(x, s51);
            s52 = u2.fma(x, s52);
            s53 = u3.fma(x, s53);
        }
        s00.intoArray(m, out);
        s01.intoArray(m, out + L);
        s02.intoArray(m, out + 2 * L);
        s03.intoArray(m, out + 3 * L);
        out += outStride;
        s10.intoArray(m, out);
        s11.intoArray(m, out + L);
        s12.intoArray(m, out + 2 * L);
        s13.intoArray(m, out + 3 * L);
        out += outStride;
        s20.intoArray(m, out);
        s21.intoArray(m, out + L);
        s22.intoArray(m, out + 2 * L);
        s23.intoArray(m, out + 3 * L);
        out += outStride;
        s30.intoArray(m, out);
        s31.intoArray(m, out + L);
        s32.intoArray(m, out + 2 * L);
        s33.intoArray(m, out + 3 * L);
        out += outStride;
        s40.intoArray(m, out);
        s41.intoArray(m, out + L);
        s42.intoArray(m, out + 2 * L);
        s43.intoArray(m, out + 3 * L);
        out += outStride;
        s50.intoArray(m, out);
        s51.intoArray(m, out + L);
        s52.intoArray(m, out + 2 * L);
        s53.intoArray(m, out + 3 * L);
    }

    private static void multiply6x2(float[] m, int u, int v, int rowStride, int count, int out, int outStride) {
        FloatVector s00 = FloatVector.zero(S);
        FloatVector s01 = FloatVector.zero(S);
        FloatVector s10 = FloatVector.zero(S);
        FloatVector s11 = FloatVector.zero(S);
        FloatVector s20 = FloatVector.zero(S);
        FloatVector s21 = FloatVector.zero(S);
        FloatVector s30 = FloatVector.zero(S);
        FloatVector s31 = FloatVector.zero(S);
        FloatVector s40 = FloatVector.zero(S);
        FloatVector s41 = FloatVector.zero(S);
        FloatVector s50 = FloatVector.zero(S);
        FloatVector s51 = FloatVector.zero(S);
        int v1 = v + rowStride;
        int v2 = v + 2 * rowStride;
        int v3 = v + 3 * rowStride;
        int v4 = v + 4 * rowStride;
        int v5 = v + 5 * rowStride;
        for (int i = 0; i < count; i++) {
            int at = u + i * 2 * L;
            FloatVector u0 = FloatVector.fromArray(S, m, at);
            FloatVector u1 = FloatVector.fromArray(S, m, at + L);
            FloatVector x = FloatVector.broadcast(S, m[v + i]);
            s00 = u0.fma(x, s00);
            s01 = u1.fma(x, s01);
            x = FloatVector.broadcast(S, m[v1 + i]);
            s10 = u0.fma(x, s10);
            s11 = u1.fma(x, s11);
            x = FloatVector.broadcast(S, m[v2 + i]);
            s20 = u0.fma(x, s20);
            s21 = u1.fma(x, s21);
            x = FloatVector.broadcast(S, m[v3 + i]);
            s30 = u0.fma(x, s30);
            s31 = u1.fma(x, s31);
            x = FloatVector.broadcast(S, m[v4 + i]);
            s40 = u0.fma(x, s40);
            s41 = u1.fma(x, s41);
            x = FloatVector.broadcast(S, m[v5 + i]);
            s50 = u0.fma(x, s50);
            s51 = u1.fma(x, s51);
        }
        s00.intoArray(m, out);
        s01.intoArray(m, out + L);
        out += outStride;
        s10.intoArray(m, out);
        s11.intoArray(m, out + L);
        out += outStride;
        s20.intoArray(m, out);
        s21.intoArray(m, out + L);
        out += outStride;
        s30.intoArray(m, out);
        s31.intoArray(m, out + L);
        out += outStride;
        s40.intoArray(m, out);
        s41.intoArray(m, out + L);
        out += outStride;
        s50.intoArray(m, out);
        s51.intoArray(m, out + L);
    }
}
