package tandem.engine.pytorch;

import org.bytedeco.pytorch.Context;

/**
 * Rounds numbers below 2^-126 to 0 while native code runs. Accumulators of weights whose gradient stays zero decay
 * until they cannot be represented as normal numbers any more, and arithmetic on those is slow: 6 ms a step after the
 * first epoch. It is a mode of the thread, which those of PyTorch's pool inherit when they start, and Java's own
 * arithmetic must not see it.
 */
record FlushedDenormals() implements AutoCloseable {
    FlushedDenormals {
        Context.setFlushDenormal(true);
    }

    @Override
    public void close() {
        Context.setFlushDenormal(false);
    }
}
