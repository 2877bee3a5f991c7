package tandem.core.engine;

import tandem.core.Failure;
import tandem.core.Require;

/**
 * What computes.
 *
 * @param name name of the library as its users know it, such as {@code PyTorch (JavaCPP)}
 * @param version version of the library that runs, as the library itself says where it can
 * @param device such as {@code cpu} or {@code cuda:0}
 * @param threads threads that compute
 */
public record Library(String name, String version, String device, int threads) {
    /** @throws Failure if no thread computes */
    public Library {
        Require.atLeast(1, "threads", threads);
    }
}
