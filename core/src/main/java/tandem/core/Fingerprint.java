package tandem.core;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 over values in little-endian order; equal fingerprints mean equal bits. */
public final class Fingerprint {
    private final MessageDigest digest;

    /** An empty fingerprint. */
    public Fingerprint() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Adds text as UTF-8, ended by a zero byte. */
    public Fingerprint add(String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
        return this;
    }

    /** Adds bytes. */
    public Fingerprint add(byte[] bytes) {
        digest.update(bytes);
        return this;
    }

    /** Adds the bits of floats. */
    public Fingerprint add(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        digest.update(bytes);
        return this;
    }

    /** Adds one integer. */
    public Fingerprint add(long value) {
        digest.update(
                ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, value));
        return this;
    }

    /** The first 16 hexadecimal digits. Ends this fingerprint: nothing can be added afterwards. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(digest.digest(), 0, 8);
    }
}
