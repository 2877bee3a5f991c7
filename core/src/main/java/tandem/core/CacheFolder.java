package tandem.core;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where Tandem keeps what it fetched and can fetch again: {@code $XDG_CACHE_HOME/tandem}, or {@code ~/.cache/tandem} if
 * that variable is unset, empty or relative (XDG Base Directory Specification 0.8).
 *
 * @param path the folder, absolute; it need not exist
 */
public record CacheFolder(Path path) {

    /**
     * The cache of the user who runs this JVM.
     *
     * @throws Failure if neither the variable nor a home folder is there
     */
    public static CacheFolder ofUser() {
        return of(System.getenv(), System.getProperty("user.home"));
    }

    static CacheFolder of(Map<String, String> environment, String home) {
        Path named = Path.of(environment.getOrDefault("XDG_CACHE_HOME", ""));
        if (named.isAbsolute()) {
            return new CacheFolder(named.resolve("tandem"));
        }
        Path user = Path.of(home);
        // The JVM says "?" for a user without a home, as in some containers.
        if (!user.isAbsolute()) {
            throw new Failure("this user has no home folder to keep a cache in; set XDG_CACHE_HOME to one");
        }
        return new CacheFolder(user.resolve(".cache").resolve("tandem"));
    }

    /** A folder or file of the cache, such as {@code datasets/kmnist}. */
    public Path resolve(String relative) {
        return path.resolve(relative);
    }
}
