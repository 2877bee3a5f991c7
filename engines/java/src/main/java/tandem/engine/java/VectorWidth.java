package tandem.engine.java;

import jdk.incubator.vector.FloatVector;
import tandem.core.Failure;

/**
 * How wide the vectors are that this process computes with, in bits: what the system property {@value #PROPERTY} says,
 * else the widest that the processor has, else 0 if the JVM was started without the incubator module {@value #MODULE}.
 * With 0 the engine computes in plain Java.
 */
final class VectorWidth {
    /** System property: 0, 128, 256 or 512. */
    static final String PROPERTY = "tandem.java.vectorBits";

    /** Where the Vector API lives. */
    static final String MODULE = "jdk.incubator.vector";

    /** Wider vectors exist (ARM's SVE), but masks of 64 bits and tiles are made for no more. */
    private static final int LARGEST = 512;

    private VectorWidth() {}

    /** Only this class may touch the module, and only when it is there. */
    private static final class Processor {
        static final int BITS = Math.min(LARGEST, FloatVector.SPECIES_PREFERRED.vectorBitSize());
    }

    /**
     * The width in bits, 0 for plain Java.
     *
     * @throws Failure if the property asks for what there is not
     */
    static int bits() {
        boolean available = ModuleLayer.boot().findModule(MODULE).isPresent();
        String asked = System.getProperty(PROPERTY);
        if (asked == null) {
            return available ? Processor.BITS : 0;
        }
        return switch (asked) {
            case "0" -> 0;
            case "128", "256", "512" -> checked(Integer.parseInt(asked), available);
            default -> throw new Failure("%s is %s; it must be 0, 128, 256 or 512".formatted(PROPERTY, asked));
        };
    }

    private static int checked(int bits, boolean available) {
        if (!available) {
            throw new Failure(
                    "vectors of %s bits need the module %s; start Java with --add-modules %s or ask for 0 bits (plain Java)"
                            .formatted(bits, MODULE, MODULE));
        }
        if (bits > Processor.BITS) {
            throw new Failure("this processor has vectors of %s bits; %s are wider, ask for at most %s"
                    .formatted(Processor.BITS, bits, Processor.BITS));
        }
        return bits;
    }

    /** The width in words, for tables. */
    static String words() {
        int bits = bits();
        if (bits > 0) {
            return bits + "-bit vectors";
        }
        return System.getProperty(PROPERTY) == null ? "plain Java, as there is no module " + MODULE : "plain Java";
    }
}
