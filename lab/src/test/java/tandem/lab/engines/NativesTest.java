package tandem.lab.engines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.core.Failure;
import tandem.core.ProcessLock;
import tandem.core.engine.EngineDescription;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.Platform;
import tandem.core.engine.Predictor;
import tandem.core.engine.PredictorSetup;
import tandem.core.engine.Support;
import tandem.lab.progress.Progress;
import tandem.lab.progress.StopSignal;

final class NativesTest {
    /** JavaCPP's own natives: an artifact as the engines have them, but of 30 kB. */
    private static final String SMALL = "org.bytedeco:javacpp:1.5.13:linux-x86_64";

    /** Its SHA-256, as in needing.natives: by sha256sum. */
    private static final String SUM = "b7ebf6240c4025681b5fe868cc2d4cb166cf297824e55f25396f8465d48d8244";

    @TempDir
    Path caches;

    private final List<String> told = new ArrayList<>();

    private final Consumer<Progress> progress = what -> {
        switch (what) {
            case Progress.Fetching(List<String> jars) -> told.add("fetching " + jars);
            case Progress.Transferred(String _, long bytes, long total) -> assertTrue(bytes <= total);
            case Progress.Fetched(String jar, long _, boolean _) -> told.add("fetched " + jar);
            case Progress.Waiting(String other, Long pid) -> told.add("waiting for " + other + " " + pid);
            default -> throw new AssertionError(what);
        }
    };

    private record Needing(Support support) implements EngineProvider {
        @Override
        public EngineDescription describe() {
            return new EngineDescription("needing", "none", "1", 0);
        }

        @Override
        public Support support(Platform platform, String variant) {
            return support;
        }

        @Override
        public Predictor predictor(PredictorSetup setup) {
            throw new UnsupportedOperationException();
        }
    }

    private Natives natives(String variant, Support support) {
        return new Natives(new FoundEngine(new Needing(support), List.of(), List.of()), variant, caches);
    }

    private Natives natives(String... coordinates) {
        return natives("", new Support.Supported(List.of(coordinates)));
    }

    @Test
    void mavenFetchesWhatTheProviderNamesOnce() {
        Natives natives = natives(SMALL);
        assertEquals(new Natives.State.Missing(List.of(SMALL)), natives.state());
        assertEquals(Set.of(), natives.onDisk());

        List<Path> jars = natives.install(false, progress, new StopSignal());

        assertEquals(1, jars.size());
        assertEquals(
                "javacpp-1.5.13-linux-x86_64.jar", jars.getFirst().getFileName().toString());
        assertTrue(Files.isRegularFile(jars.getFirst()));
        assertEquals("fetching [javacpp-1.5.13-linux-x86_64.jar]", told.getFirst());
        assertEquals(new Natives.State.Packed(jars), natives.state());
        assertTrue(Natives.bytes(natives.onDisk()) > 10_000);
        int before = told.size();
        assertEquals(jars, natives.install(true, progress, new StopSignal()));
        assertEquals(before, told.size());
    }

    @Test
    void whatIsOnRecordButGoneIsMissing() throws IOException {
        Natives natives = natives(SMALL);
        Path jar = Files.write(caches.resolve("a.jar"), new byte[100]);
        Path unpacked = caches.resolve("needing/unpacked");
        Files.createDirectories(unpacked);
        Files.write(unpacked.resolve("lib.so"), new byte[1000]);
        record(caches.resolve("needing"), jar);
        assertInstanceOf(Natives.State.Packed.class, natives.state());
        assertTrue(Natives.bytes(natives.onDisk()) >= 1100);
        assertInstanceOf(
                Natives.State.Missing.class,
                natives("org.bytedeco:javacpp:1.5.12:linux-x86_64").state());

        assertEquals(Set.of(jar, caches.resolve("needing")), natives.onDisk());
        natives.remove(progress, new StopSignal());

        assertFalse(Files.exists(jar));
        assertFalse(Files.exists(caches.resolve("needing")));
        assertInstanceOf(Natives.State.Missing.class, natives.state());
        assertEquals(Set.of(), natives.onDisk());
    }

    /** Two variants share a jar; one of them has lost it, and what is left of it is still found. */
    @Test
    void sharedJarsCountOnceAndAreRemovedWithEitherVariant() throws IOException {
        Path shared = Files.write(caches.resolve("shared.jar"), new byte[100]);
        Path own = Files.write(caches.resolve("own.jar"), new byte[10]);
        Natives plain = natives(SMALL);
        Natives cuda = natives(EngineProvider.CUDA, new Support.Supported(List.of(SMALL)));
        record(caches.resolve("needing"), shared);
        record(caches.resolve("needing-cuda"), shared, own);
        Set<Path> all = new LinkedHashSet<>(plain.onDisk());
        all.addAll(cuda.onDisk());
        assertEquals(Set.of(shared, own, caches.resolve("needing"), caches.resolve("needing-cuda")), all);
        assertEquals(
                110 + Natives.bytes(Set.of(caches.resolve("needing"), caches.resolve("needing-cuda"))),
                Natives.bytes(all));

        plain.remove(progress, new StopSignal());

        assertInstanceOf(Natives.State.Missing.class, cuda.state());
        assertEquals(Set.of(own, caches.resolve("needing-cuda")), cuda.onDisk());
    }

    private static void record(Path folder, Path... jars) throws IOException {
        List<String> stamps = new ArrayList<>();
        for (Path jar : jars) {
            stamps.add("\"%d %d\""
                    .formatted(Files.size(jar), Files.getLastModifiedTime(jar).toMillis()));
        }
        Files.createDirectories(folder);
        Files.writeString(
                folder.resolve("fetched.json"),
                "{\"coordinates\":[\"%s\"],\"jars\":[%s],\"stamps\":[%s]}"
                        .formatted(
                                SMALL,
                                Stream.of(jars).map("\"%s\""::formatted).collect(Collectors.joining(",")),
                                String.join(",", stamps)));
    }

    /** The first time, and whenever a file has changed since. */
    @Test
    void aDamagedJarIsNamedWithBothChecksums() throws IOException {
        Path home = caches.resolve("home");
        Path folder = home.resolve(".m2/repository/org/bytedeco/javacpp/1.5.13");
        Path jar = folder.resolve("javacpp-1.5.13-linux-x86_64.jar");
        Natives natives = natives(SMALL);
        Path whole = natives.install(false, progress, new StopSignal()).getFirst();
        String userHome = System.getProperty("user.home");
        System.setProperty("user.home", home.toString());
        try {
            Files.createDirectories(folder);
            Files.copy(whole, jar);
            Files.delete(natives.cache().resolve("fetched.json"));
            assertEquals(List.of(jar), natives.install(true, progress, new StopSignal()));
            assertEquals(new Natives.State.Packed(List.of(jar)), natives.state());

            Files.write(jar, new byte[] {1, 2, 3});
            assertEquals(new Natives.State.Missing(List.of(SMALL)), natives.state());
            // SHA-256 of the bytes 1, 2, 3: printf '\\1\\2\\3' | sha256sum.
            assertEquals(
                    jar
                            + " is not the file that Tandem was built for: its SHA-256 is 039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81"
                            + " and should be %s; delete it and run again, and if that does not help, do not trust the repository it comes from"
                                    .formatted(SUM),
                    assertThrows(Failure.class, () -> natives.install(true, progress, new StopSignal()))
                            .getMessage());
            assertEquals(new Natives.State.Missing(List.of(SMALL)), natives.state());
        } finally {
            System.setProperty("user.home", userHome);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a library does at its first start. */
    private static void unpacks(Path folder) {
        try {
            write(folder.resolve("a/libone.so"), "one");
            write(folder.resolve("a/libtwo.so"), "two");
            Files.createSymbolicLink(folder.resolve("a/libone.so.1"), Path.of("libone.so"));
            write(folder.resolve(".lock"), "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Natives packed() {
        Natives natives = natives(SMALL);
        natives.install(false, progress, new StopSignal());
        return natives;
    }

    /** A start that comes to no end leaves no record; the next one begins in another folder, without what it left. */
    @Test
    void onlyWhatWasUnpackedToTheEndCounts() throws IOException {
        Natives natives = packed();
        write(natives.cache().resolve("left/by/an/older/version.so"), "old");
        List<Path> folders = new ArrayList<>();
        assertThrows(
                Failure.class,
                () -> natives.unpack(folder -> {
                    folders.add(folder);
                    write(folder.resolve("a/libone.so"), "on");
                    throw new Failure("killed");
                }));
        assertInstanceOf(Natives.State.Packed.class, natives.state());

        Path unpacked = natives.unpack(NativesTest::unpacks);

        assertEquals(
                new Natives.State.Installed(natives.install(true, progress, new StopSignal()), unpacked),
                natives.state());
        assertFalse(Files.exists(folders.getFirst()));
        try (Stream<Path> left = Files.list(natives.cache())) {
            assertEquals(
                    Set.of(
                            natives.cache().resolve("fetched.json"),
                            natives.cache().resolve("unpacked.json"),
                            unpacked),
                    left.collect(Collectors.toSet()));
        }
        assertEquals(unpacked, natives.unpack(_ -> {
            throw new AssertionError("it is unpacked already");
        }));
        assertEquals(List.of(), natives.damage());
    }

    @Test
    void whatChangedSinceIsUnpackedAgain() throws IOException {
        Natives natives = packed();
        List<FileChange> changes = List.of(
                folder -> Files.writeString(folder.resolve("a/libone.so"), "on"),
                folder -> Files.delete(folder.resolve("a/libtwo.so")),
                folder -> Files.delete(folder.resolve("a/libone.so.1")),
                folder -> {
                    Files.delete(folder.resolve("a/libone.so.1"));
                    Files.createSymbolicLink(folder.resolve("a/libone.so.1"), Path.of("libtwo.so"));
                },
                folder -> Files.delete(natives.cache().resolve("unpacked.json")),
                folder -> Files.writeString(natives.cache().resolve("unpacked.json"), "null"),
                folder -> Files.writeString(natives.cache().resolve("unpacked.json"), "{\"folder\":null}"),
                folder -> Files.write(natives.cache().resolve("unpacked.json"), new byte[100]));
        for (FileChange change : changes) {
            Path unpacked = natives.unpack(NativesTest::unpacks);
            assertInstanceOf(Natives.State.Installed.class, natives.state());
            change.in(unpacked);
            assertInstanceOf(Natives.State.Packed.class, natives.state());
        }
        Files.write(natives.cache().resolve("fetched.json"), new byte[100]);
        assertInstanceOf(Natives.State.Missing.class, natives.state());
    }

    @FunctionalInterface
    private interface FileChange {
        void in(Path folder) throws IOException;
    }

    /** A flipped bit, in a file as long and as old as before. */
    @Test
    void damageThatSizesDoNotShowIsFoundAndRepaired() throws IOException {
        Natives natives = packed();
        Path unpacked = natives.unpack(NativesTest::unpacks);
        Path file = unpacked.resolve("a/libtwo.so");
        FileTime time = Files.getLastModifiedTime(file);
        natives.repair(progress, new StopSignal());
        assertInstanceOf(Natives.State.Installed.class, natives.state());
        Files.writeString(file, "twn");
        Files.setLastModifiedTime(file, time);
        assertInstanceOf(Natives.State.Installed.class, natives.state());
        assertEquals(List.of(file + " is not as it was unpacked"), natives.damage());

        natives.repair(progress, new StopSignal());

        assertEquals(new Natives.State.Missing(List.of(SMALL)), natives.state());
        assertEquals(List.of(), natives.damage());
        natives.install(true, progress, new StopSignal());
        natives.unpack(NativesTest::unpacks);
        assertInstanceOf(Natives.State.Installed.class, natives.state());
    }

    @Test
    void whoeverWaitsSaysForWhomAndCanBeStopped() {
        Natives natives = packed();
        told.clear();
        StopSignal stop = new StopSignal();
        try (ProcessLock _ = natives.lock(progress, stop)) {
            Thread.ofVirtual().start(() -> {
                try {
                    Thread.sleep(300);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                stop.raise();
            });
            assertEquals(
                    "interrupted while it waited for the natives of needing",
                    assertThrows(Failure.class, () -> natives.repair(progress, stop))
                            .getMessage());
        }
        assertEquals(
                List.of("waiting for the natives of needing "
                        + ProcessHandle.current().pid()),
                told);
    }

    @Test
    void offlineNothingIsFetched() {
        Natives natives = natives("org.bytedeco:javacpp:0.0.1:linux-x86_64");
        assertEquals(
                "the natives of needing are not in Maven's local repository; run once without --offline",
                assertThrows(Failure.class, () -> natives.install(true, progress, new StopSignal()))
                        .getMessage());
        assertEquals(List.of(), told);
    }

    @Test
    void whatMavenCannotFindIsSaidInOneSentence() {
        String sentence = assertThrows(
                        Failure.class,
                        () -> natives("org.bytedeco:javacpp:0.0.1:linux-x86_64")
                                .install(false, progress, new StopSignal()))
                .getMessage();
        assertTrue(sentence.startsWith("the natives of needing cannot be fetched: "), sentence);
        assertTrue(sentence.contains("javacpp"), sentence);
        assertEquals(1, sentence.lines().count());
    }

    @Test
    void aPlatformWithoutSupportSaysSo() {
        Natives natives = natives("", new Support.Unsupported("not on a toaster"));
        assertEquals(new Natives.State.Unsupported("not on a toaster"), natives.state());
        assertEquals(
                "not on a toaster",
                assertThrows(Failure.class, () -> natives.install(false, progress, new StopSignal()))
                        .getMessage());
    }
}
