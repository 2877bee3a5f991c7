package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.cyclonedx.Version;
import org.cyclonedx.parsers.JsonParser;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the release says it is made of, against what lies in its zip and what its engines fetch. */
final class MaterialsTest {
    private static final Path ZIP = Path.of(System.getProperty("tandem.zip"));
    private static final Path CHECKOUT = Tandem.LAUNCHER.toAbsolutePath().getParent();
    private static final String RELEASE = "in the release";
    private static final Instant TIME = Instant.parse(System.getProperty("tandem.time"));

    /** Hosts of package registries, and of what stands before them. */
    private static final Pattern REGISTRY =
            Pattern.compile("(?i)https?://[^\\s\"]*(maven|sonatype|npm|pypi|jitpack)[^\\s\"]*\\.");

    private static final Map<String, byte[]> FILES = files();
    private static final String NAME = ZIP.getFileName().toString().replaceFirst("\\.zip$", "");
    private static final byte[] BOM_BYTES = FILES.get(NAME + ".cdx.json");
    private static final JsonNode BOM = JsonMapper.shared().readTree(BOM_BYTES);

    /** The files of the zip by their names below its one folder. */
    private static Map<String, byte[]> files() {
        try {
            Map<String, byte[]> files = new LinkedHashMap<>();
            entries(Files.readAllBytes(ZIP)).forEach((entry, bytes) -> {
                if (!entry.isDirectory()) {
                    files.put(entry.getName().substring(entry.getName().indexOf('/') + 1), bytes);
                }
            });
            return files;
        } catch (IOException e) {
            throw new IllegalStateException(ZIP + " is missing; run ./check", e);
        }
    }

    private static Map<ZipEntry, byte[]> entries(byte[] archive) throws IOException {
        Map<ZipEntry, byte[]> entries = new LinkedHashMap<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(archive))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                entries.put(entry, in.readAllBytes());
            }
        }
        return entries;
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Components by group:name:version[:classifier], with their checksums, of those that are in one place. */
    private static Map<String, String> listed(String place) {
        Map<String, String> sums = new TreeMap<>();
        for (JsonNode component : BOM.get("components")) {
            if (component.get("properties").toString().contains("\"" + place + "\"")) {
                sums.put(
                        coordinate(component), component.at("/hashes/0/content").asString("not known"));
            }
        }
        return sums;
    }

    private static String coordinate(JsonNode component) {
        String purl = component.path("purl").asString("");
        return Stream.of("group", "name", "version")
                        .map(part -> component.path(part).asString(""))
                        .collect(Collectors.joining(":"))
                + (purl.contains("classifier=") ? ":" + purl.replaceFirst(".*classifier=([^&]*).*", "$1") : "");
    }

    @Test
    void isCycloneDx() throws Exception {
        assertEquals(List.of(), new JsonParser().validate(BOM_BYTES, Version.VERSION_16));
        assertEquals("tandem-dist", BOM.at("/metadata/component/name").stringValue());
        assertEquals(TIME.toString(), BOM.at("/metadata/timestamp").stringValue());
    }

    @Test
    void liesBesideTheZip() throws IOException {
        assertEquals(sha256(BOM_BYTES), sha256(Files.readAllBytes(ZIP.resolveSibling(NAME + ".cdx.json"))));
    }

    @Test
    void listsEveryJarOfTheReleaseWithItsChecksum() {
        Map<String, String> jars = new TreeMap<>();
        FILES.forEach((name, bytes) -> {
            if (name.endsWith(".jar")) {
                jars.put(name.substring(name.lastIndexOf('/') + 1), sha256(bytes));
            }
        });
        Map<String, String> listed = new TreeMap<>();
        listed(RELEASE).forEach((coordinate, sum) -> {
            String[] parts = coordinate.split(":");
            boolean versioned = !parts[1].equals("tandem-spark");
            listed.put(versioned ? "%s-%s.jar".formatted(parts[1], parts[2]) : parts[1] + ".jar", sum);
        });
        assertEquals(jars, listed);
        // Jackson, Maven's resolver, Picocli, ...
        assertTrue(jars.size() > 50, jars::toString);
    }

    /** Libraries and natives of all platforms, with the checksums that the engine's own jar pins. */
    @Test
    void listsWhatEnginesFetch() throws IOException {
        Set<String> engines = new TreeSet<>();
        for (Map.Entry<String, byte[]> file : FILES.entrySet()) {
            if (!file.getKey().matches("engines/(\\w+)/tandem-\\1-.*\\.jar")) {
                continue;
            }
            String engine = file.getKey().split("/")[1];
            Map<String, String> pinned = new TreeMap<>();
            entries(file.getValue()).forEach((entry, bytes) -> {
                if (entry.getName().endsWith(".libraries") || entry.getName().endsWith(".natives")) {
                    new String(bytes, StandardCharsets.UTF_8)
                            .lines()
                            .filter(line -> !line.startsWith("#"))
                            .forEach(line -> pinned.put(line.split("  ")[1], line.split("  ")[0]));
                }
            });
            Map<String, String> listed = listed("fetched by " + engine);
            if (!pinned.isEmpty()) {
                engines.add(engine);
            }
            // Of NVIDIA's libraries Maven Central publishes no checksum.
            listed.entrySet()
                    .removeIf(each -> each.getKey().startsWith("org.bytedeco:cuda-redist-")
                            && each.getValue().equals("not known"));
            assertEquals(pinned, listed, engine);
        }
        assertEquals(Set.of("deeplearning4j", "djl", "onnxruntime", "pytorch", "tensorflow"), engines);
    }

    /** A licence for each, in NOTICE too, and for what is in the zip its text. */
    @Test
    void namesEveryLicence() throws IOException {
        String notice = new String(FILES.get("NOTICE"), StandardCharsets.UTF_8);
        assertEquals(Files.readString(CHECKOUT.resolve("NOTICE")), notice);
        List<String> missing = new ArrayList<>();
        for (JsonNode component : BOM.get("components")) {
            String group = component.path("group").asString("");
            if (component.path("licenses").size() != 1) {
                missing.add(coordinate(component) + ": licence");
            }
            String line =
                    (group.isEmpty() ? "" : group + ":") + component.get("name").stringValue();
            if (!notice.contains("  " + line) && !group.equals("tandem")) {
                missing.add(coordinate(component) + ": NOTICE");
            }
            String id = component.at("/licenses/0/license/id").asString("");
            if (component.get("properties").toString().contains(RELEASE)
                    && !id.equals("Apache-2.0")
                    && !FILES.containsKey("licenses/%s.txt".formatted(id))) {
                missing.add(coordinate(component) + ": text of " + id);
            }
        }
        assertEquals(List.of(), missing);
        for (String holds : List.of("MNIST, the database of handwritten digits: CC-BY-SA-3.0", "Apache ECharts")) {
            assertTrue(notice.contains("holds " + holds), holds);
        }
        assertTrue(FILES.containsKey("LICENSE"));
    }

    @Test
    void namesNoRegistry() {
        for (String name : List.of(NAME + ".cdx.json", "NOTICE")) {
            String text = new String(FILES.get(name), StandardCharsets.UTF_8);
            assertFalse(
                    REGISTRY.matcher(text).find(),
                    () -> REGISTRY.matcher(text)
                            .results()
                            .map(result -> result.group())
                            .toList()
                            .toString());
        }
    }

    /**
     * The release's time for every entry of the zip and of Tandem's jars, sorted, and no folder of the machine that
     * built.
     */
    @Test
    void hasNothingOfTheMachineThatBuiltIt() throws IOException {
        Map<String, byte[]> archives = new TreeMap<>(Map.of(NAME, Files.readAllBytes(ZIP)));
        FILES.forEach((name, bytes) -> {
            if (name.matches(".*/tandem-[^/]*\\.jar")) {
                archives.put(name, bytes);
            }
        });
        assertEquals(18, archives.size(), archives.keySet()::toString);
        for (Map.Entry<String, byte[]> archive : archives.entrySet()) {
            for (Map.Entry<ZipEntry, byte[]> entry : entries(archive.getValue()).entrySet()) {
                String name = archive.getKey() + "!" + entry.getKey().getName();
                // Zip files have local time without a zone.
                assertEquals(
                        TIME.toString(),
                        entry.getKey()
                                .getTimeLocal()
                                .atOffset(java.time.ZoneOffset.UTC)
                                .toInstant()
                                .toString(),
                        name);
                String text = new String(entry.getValue(), StandardCharsets.ISO_8859_1);
                assertFalse(text.contains(CHECKOUT.toString()), name);
                assertFalse(text.contains(System.getProperty("user.home") + "/"), name);
            }
        }
    }
}
