package tandem.core;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Name and dimensions of one tensor, row-major.
 *
 * @param name canonical name, such as {@code conv1.weight}
 * @param dimensions sizes, outermost first
 */
public record Shape(String name, List<Integer> dimensions) {

    /** Defensive copy. */
    public Shape {
        dimensions = List.copyOf(dimensions);
    }

    /** A shape from its sizes, outermost first. */
    public Shape(String name, int... dimensions) {
        this(name, Arrays.stream(dimensions).boxed().toList());
    }

    /** Number of elements. */
    public int size() {
        return dimensions.stream().reduce(1, Math::multiplyExact);
    }

    /** The dimensions as native libraries want them. */
    public long[] toLongs() {
        return dimensions.stream().mapToLong(Integer::longValue).toArray();
    }

    /**
     * Inputs that feed one output of this weight tensor: the product of all but the first dimension (a convolution
     * counts its receptive field).
     */
    public int fanIn() {
        return size() / dimensions.getFirst();
    }

    /** Outputs that one input of this weight tensor feeds: the first dimension times the receptive field. */
    public int fanOut() {
        return size() / dimensions.get(1);
    }

    @Override
    public String toString() {
        return name + dimensions.stream().map(String::valueOf).collect(Collectors.joining(", ", " [", "]"));
    }
}
