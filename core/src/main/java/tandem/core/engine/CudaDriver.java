package tandem.core.engine;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.ArrayList;
import java.util.List;
import tandem.core.Failure;

/**
 * The NVIDIA driver of this machine, asked through its own library ("CUDA Driver API", libcuda) without any other of
 * CUDA's.
 *
 * @param version of CUDA that it can run at most, such as 13.0
 * @param devices names of the GPUs, at least one
 */
@SuppressWarnings("restricted")
public record CudaDriver(String version, List<String> devices) {
    private static final String LIBRARY = "libcuda.so.1";
    private static final int NAME_BYTES = 256;

    /**
     * Asks the driver.
     *
     * @throws Failure if there is none, or it finds no GPU
     */
    public static CudaDriver find() {
        try (Arena arena = Arena.ofConfined()) {
            SymbolLookup library;
            try {
                library = SymbolLookup.libraryLookup(LIBRARY, arena);
            } catch (IllegalArgumentException e) {
                throw new Failure("there is no NVIDIA driver here (%s cannot be loaded)".formatted(LIBRARY), e);
            }
            return new Calls(library, arena).ask();
        }
    }

    /** Whether it runs programs that were built for a major version of CUDA, such as 13. */
    public boolean runs(int majorVersion) {
        return majorVersion <= Integer.parseInt(version.substring(0, version.indexOf('.')));
    }

    /** Whether there is a GPU here, with a driver that runs programs built for a major version of CUDA. */
    public static boolean present(int majorVersion) {
        try {
            return find().runs(majorVersion);
        } catch (Failure e) {
            return false;
        }
    }

    /** The library's functions; each returns 0 or the number of an error. */
    private record Calls(SymbolLookup library, Arena arena) {

        CudaDriver ask() {
            call("cuInit", 0);
            MemorySegment number = arena.allocate(JAVA_INT);
            call("cuDriverGetVersion", number);
            // "1000 * major + 10 * minor"
            int version = number.get(JAVA_INT, 0);
            call("cuDeviceGetCount", number);
            int count = number.get(JAVA_INT, 0);
            if (count == 0) {
                throw new Failure("the NVIDIA driver finds no GPU");
            }
            List<String> devices = new ArrayList<>();
            MemorySegment name = arena.allocate(NAME_BYTES);
            for (int i = 0; i < count; i++) {
                call("cuDeviceGet", number, i);
                call("cuDeviceGetName", name, NAME_BYTES, number.get(JAVA_INT, 0));
                devices.add(name.getString(0));
            }
            return new CudaDriver("%s.%s".formatted(version / 1000, version % 1000 / 10), devices);
        }

        /** Calls a function of int and pointer parameters. */
        private void call(String function, Object... arguments) {
            int error = invoke(function, arguments);
            if (error != 0) {
                throw new Failure("the NVIDIA driver finds no GPU (%s: %s)".formatted(function, describe(error)));
            }
        }

        private String describe(int error) {
            MemorySegment text = arena.allocate(ADDRESS);
            return invoke("cuGetErrorString", error, text) == 0
                    ? text.get(ADDRESS.withTargetLayout(MemoryLayout.sequenceLayout(NAME_BYTES, JAVA_BYTE)), 0)
                            .getString(0)
                    : "error " + error;
        }

        private int invoke(String function, Object... arguments) {
            MemoryLayout[] parameters = new MemoryLayout[arguments.length];
            for (int i = 0; i < arguments.length; i++) {
                parameters[i] = arguments[i] instanceof Integer ? JAVA_INT : ADDRESS;
            }
            try {
                return (int) Linker.nativeLinker()
                        .downcallHandle(library.findOrThrow(function), FunctionDescriptor.of(JAVA_INT, parameters))
                        .invokeWithArguments(arguments);
            } catch (Throwable e) {
                throw new IllegalStateException("%s of %s cannot be called".formatted(function, LIBRARY), e);
            }
        }
    }
}
