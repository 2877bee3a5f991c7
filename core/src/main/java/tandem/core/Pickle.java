package tandem.core;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Function;
import tandem.core.Safetensors.Type;

/**
 * Reads a pickle of tensors (Python's Lib/pickletools.py names the operations). A pickle is a program: here it can make
 * numbers, texts, lists and maps, and of all classes those of {@link #CALLABLE} and {@link #TYPES}, which become
 * records. Anything else ends the reading; nothing is ever called.
 */
final class Pickle {
    /** Bytes of the largest that is read; that of MNIST's network has 1,200. */
    private static final int LARGEST = 1 << 20;

    private static final int MOST_DIMENSIONS = 8;

    private static final String ORDERED_DICT = "collections.OrderedDict";
    private static final String TENSOR = "torch._utils._rebuild_tensor_v2";
    private static final String PARAMETER = "torch._utils._rebuild_parameter";

    /** What may be made: an empty map, a tensor, and a tensor that was a parameter. */
    private static final List<String> CALLABLE = List.of(ORDERED_DICT, TENSOR, PARAMETER);

    private static final Map<String, Type> TYPES = Map.of(
            "torch.FloatStorage", Type.F32,
            "torch.HalfStorage", Type.F16,
            "torch.BFloat16Storage", Type.BF16,
            "torch.DoubleStorage", Type.F64);

    /** A file of values. */
    record Storage(Type type, String key) {}

    /** A tensor: where its values lie in a storage, all in values. */
    record TensorView(Storage storage, long offset, List<Long> sizes, List<Long> strides) {}

    /** A class or function by its name. */
    private record Named(String name) {}

    /** What stands where a list of operands begins, and for None. */
    private enum Sign {
        MARK,
        NONE
    }

    private final ByteBuffer in;
    private final Function<String, Failure> malformed;
    private final Deque<Object> stack = new ArrayDeque<>();
    private final Map<Integer, Object> memo = new HashMap<>();

    private Pickle(byte[] bytes, Function<String, Failure> malformed) {
        in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        this.malformed = malformed;
    }

    /**
     * Reads one.
     *
     * @param malformed makes a failure of a reason
     */
    static Object read(byte[] bytes, Function<String, Failure> malformed) {
        if (bytes.length > LARGEST) {
            throw malformed.apply("its pickle has %s bytes, and at most %s are read".formatted(bytes.length, LARGEST));
        }
        try {
            return new Pickle(bytes, malformed).read();
        } catch (BufferUnderflowException | ClassCastException | NoSuchElementException e) {
            throw malformed.apply("its pickle is damaged");
        }
    }

    private Object read() {
        while (true) {
            int operation = in.get() & 0xff;
            switch (operation) {
                case 0x80 -> in.get(); // PROTO
                case 0x95 -> in.getLong(); // FRAME
                case '.' -> {
                    return stack.pop();
                }
                case '(' -> stack.push(Sign.MARK);
                case '0' -> stack.pop();
                case 'N' -> stack.push(Sign.NONE);
                case 0x88 -> stack.push(true);
                case 0x89 -> stack.push(false);
                case 'J' -> stack.push((long) in.getInt());
                case 'K' -> stack.push((long) (in.get() & 0xff));
                case 'M' -> stack.push((long) (in.getShort() & 0xffff));
                case 0x8a -> stack.push(long1(in.get() & 0xff));
                case 'G' -> stack.push(Double.longBitsToDouble(Long.reverseBytes(in.getLong())));
                case 'X' -> stack.push(text(in.getInt()));
                case 0x8c -> stack.push(text(in.get() & 0xff));
                case '}' -> stack.push(new LinkedHashMap<>());
                case ']' -> stack.push(new ArrayList<>());
                case ')' -> stack.push(new ArrayList<>());
                case 't' -> stack.push(marked());
                case 0x85 -> stack.push(last(1));
                case 0x86 -> stack.push(last(2));
                case 0x87 -> stack.push(last(3));
                case 'q' -> memo.put(in.get() & 0xff, stack.getFirst());
                case 'r' -> memo.put(in.getInt(), stack.getFirst());
                case 0x94 -> memo.put(memo.size(), stack.getFirst());
                case 'h' -> recall(in.get() & 0xff);
                case 'j' -> recall(in.getInt());
                case 'c' -> name(line(), line());
                case 0x93 -> {
                    String name = (String) stack.pop();
                    name((String) stack.pop(), name);
                }
                case 'Q' -> stack.push(storage((List<?>) stack.pop()));
                case 'R' -> {
                    List<?> arguments = (List<?>) stack.pop();
                    stack.push(made((Named) stack.pop(), arguments));
                }
                case 'a' -> {
                    Object value = stack.pop();
                    list(stack.getFirst()).add(value);
                }
                case 'e' -> {
                    List<Object> values = marked();
                    list(stack.getFirst()).addAll(values);
                }
                case 's' -> {
                    List<Object> entry = last(2);
                    put(entry.get(0), entry.get(1));
                }
                case 'u' -> {
                    List<Object> entries = marked();
                    for (int i = 0; i + 1 < entries.size(); i += 2) {
                        put(entries.get(i), entries.get(i + 1));
                    }
                }
                // Attributes, such as a state_dict's _metadata: not needed.
                case 'b' -> stack.pop();
                default ->
                    throw malformed.apply(
                            "its pickle asks for operation %s, which no tensor needs".formatted(operation));
            }
        }
    }

    private long long1(int bytes) {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            long next = in.get();
            value |= i < Long.BYTES ? (i == bytes - 1 ? next : next & 0xff) << Byte.SIZE * i : 0;
        }
        return value;
    }

    private String text(int length) {
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] text = new byte[length];
        in.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    private String line() {
        int start = in.position();
        while (in.get() != '\n') {
            // To the end of the line.
        }
        return new String(in.array(), start, in.position() - start - 1, StandardCharsets.UTF_8);
    }

    private void recall(int key) {
        Object value = memo.get(key);
        if (value == null) {
            throw new BufferUnderflowException();
        }
        stack.push(value);
    }

    private void name(String module, String name) {
        String whole = module + "." + name;
        if (!CALLABLE.contains(whole) && !TYPES.containsKey(whole)) {
            throw malformed.apply(
                    whole.startsWith("torch.") && whole.endsWith("Storage")
                            ? "it has tensors of %s; only floats are read".formatted(whole)
                            : "it asks for %s, which is not a tensor; save model.state_dict(), not the module"
                                    .formatted(whole));
        }
        stack.push(new Named(whole));
    }

    /** The tuple {@code ('storage', type, key, device, number of values)}. */
    private Storage storage(List<?> id) {
        if (id.size() < 3 || !(id.get(1) instanceof Named type) || !(id.get(2) instanceof String key)) {
            throw new BufferUnderflowException();
        }
        Type known = TYPES.get(type.name);
        if (known == null) {
            throw new BufferUnderflowException();
        }
        return new Storage(known, key);
    }

    private Object made(Named callable, List<?> arguments) {
        return switch (callable.name) {
            case ORDERED_DICT -> new LinkedHashMap<>();
            case PARAMETER -> (TensorView) arguments.getFirst();
            case TENSOR -> {
                if (arguments.size() < 4) {
                    throw new BufferUnderflowException();
                }
                List<Long> sizes = longs(arguments.get(2));
                List<Long> strides = longs(arguments.get(3));
                if (sizes.size() != strides.size() || sizes.size() > MOST_DIMENSIONS) {
                    throw new BufferUnderflowException();
                }
                yield new TensorView((Storage) arguments.get(0), (Long) arguments.get(1), sizes, strides);
            }
            default -> throw new BufferUnderflowException();
        };
    }

    private static List<Long> longs(Object tuple) {
        return ((List<?>) tuple).stream().map(Long.class::cast).toList();
    }

    /** What was pushed since the last mark. */
    private List<Object> marked() {
        List<Object> values = new ArrayList<>();
        for (Object value = stack.pop(); value != Sign.MARK; value = stack.pop()) {
            values.add(value);
        }
        return new ArrayList<>(values.reversed());
    }

    private List<Object> last(int count) {
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(stack.pop());
        }
        return new ArrayList<>(values.reversed());
    }

    @SuppressWarnings("unchecked") // All lists here are made above.
    private static List<Object> list(Object value) {
        return (List<Object>) value;
    }

    /** Into the map on the stack. Keys are texts: what holds itself has no hash. */
    @SuppressWarnings("unchecked")
    private void put(Object key, Object value) {
        ((Map<Object, Object>) stack.getFirst()).put((String) key, value);
    }
}
