package org.nd4j.nativeblas;

/**
 * Lets Deeplearning4j 1.0.0-M2.1 find oneDNN. Its {@code BaseMKLDNNHelper.mklDnnEnabled} asks, by reflection, a class
 * of this name whether oneDNN is there, takes every exception for no, and then computes convolutions without it: a step
 * takes five times as long. The class it asks was moved to {@code org.nd4j.linalg.cpu.nativecpu.bindings} before
 * 1.0.0-M2, and its method renamed to {@code isUseONEDNN}. So this one stands where it was, and passes the question on.
 */
public final class Nd4jCpu {
    private Nd4jCpu() {}

    /** The two methods that are asked for. */
    public static final class Environment {
        private static final Environment INSTANCE = new Environment();

        private Environment() {}

        /** The one instance. */
        public static Environment getInstance() {
            return INSTANCE;
        }

        /** Whether the native library was built with oneDNN and may use it. */
        public boolean isUseMKLDNN() {
            return org.nd4j.linalg.cpu.nativecpu.bindings.Nd4jCpu.Environment.getInstance()
                    .isUseONEDNN();
        }
    }
}
