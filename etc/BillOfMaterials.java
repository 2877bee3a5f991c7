import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tandem.core.Failure;
import tandem.core.engine.EngineProvider;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Completes the bill of materials of the release, and writes and checks NOTICE; the build of dist runs it.
 *
 * <p>The CycloneDX plugin lists what lies in the zip, and for each engine's module what its library needs. What is fetched
 * when an engine first runs is added here: libraries from the engine's own list, natives of all platforms from its pins.
 * Licences are those of the POMs, and of {@code dist/licences.json} where a POM does not say what a jar holds.
 */
public final class BillOfMaterials {
    /** Where a component comes from: one or more of these properties for each. */
    private static final String PLACE = "tandem:place";

    static final String RELEASE = "in the release";
    private static final Pattern PROPERTY = Pattern.compile("\\$\\{([^}]+)}");
    private static final Pattern LICENCE = Pattern.compile("[^\\s()]+");
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Path root;
    private final ObjectNode bom;
    private final ArrayNode facts;

    /** By purl, which sorts them. */
    private final Map<String, ObjectNode> components = new TreeMap<>();

    private final Map<String, Set<String>> dependencies = new TreeMap<>();
    private final Set<JsonNode> used = new LinkedHashSet<>();

    private BillOfMaterials(Path root) throws IOException {
        this.root = root;
        this.bom = (ObjectNode) read(root.resolve("dist/target/bom.json"));
        this.facts = (ArrayNode) JSON.readTree(filled(Files.readString(root.resolve("dist/licences.json"))));
    }

    /**
     * Arguments: the checkout, the release's time, and the file to write; NOTICE is written beside that. The class path is
     * what the release holds.
     */
    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[2]);
        Path notice = file.resolveSibling("NOTICE");
        try {
            BillOfMaterials made = new BillOfMaterials(Path.of(arguments[0]));
            made.complete(arguments[1]);
            Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(made.bom) + "\n");
            Files.writeString(notice, Notice.of(made.components.values()));
            if (!Files.readString(notice).equals(Files.readString(made.root.resolve("NOTICE")))) {
                throw new Failure(
                        "NOTICE does not say what this build uses; see what changed, and copy dist/target/NOTICE over it");
            }
        } catch (Failure e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    private static JsonNode read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new Failure(file + " is missing; run mvn package without -o, as the CycloneDX plugin skips what is offline");
        }
        return JSON.readTree(file);
    }

    /** Versions stand in the root pom alone. */
    private static String filled(String text) {
        return PROPERTY.matcher(text).replaceAll(match -> Matcher.quoteReplacement(System.getProperty(match.group(1))));
    }

    private void complete(String time) {
        add(bom, RELEASE);
        compare(System.getProperty("java.class.path"));
        ServiceLoader.load(EngineProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparing(EngineProvider::name))
                .forEach(this::engine);
        for (JsonNode fact : facts) {
            if (fact.has("fetched")) {
                used.add(fact);
                ObjectNode component = held(fact, fact.get("name").stringValue());
                place(component, "fetched by " + fact.get("fetched").stringValue());
                components.put(component.get("bom-ref").stringValue(), component);
            }
        }
        components.values().forEach(this::license);
        for (JsonNode fact : facts) {
            if (!fact.has("why") && !used.contains(fact)) {
                throw new Failure("dist/licences.json: nothing in the release and nothing fetched is %s; delete that entry"
                        .formatted(fact.get("of").stringValue()));
            }
        }
        ((ObjectNode) bom.get("metadata")).put("timestamp", time);
        bom.putArray("components").addAll(components.values());
        String self = bom.at("/metadata/component/bom-ref").stringValue();
        ArrayNode graph = bom.putArray("dependencies");
        dependencies.forEach((from, to) -> {
            if (components.containsKey(from) || from.equals(self)) {
                ArrayNode on = graph.addObject().put("ref", from).putArray("dependsOn");
                to.stream().filter(components::containsKey).forEach(on::add);
            }
        });
        bom.put(
                "serialNumber",
                "urn:uuid:" + UUID.nameUUIDFromBytes((components.toString() + dependencies).getBytes(StandardCharsets.UTF_8)));
    }

    /** Takes components and dependencies of what the plugin wrote. */
    private void add(JsonNode from, String place) {
        for (JsonNode component : from.get("components")) {
            String purl = component.get("purl").stringValue();
            place(components.computeIfAbsent(purl, _ -> tidied(component)), place);
        }
        for (JsonNode node : from.get("dependencies")) {
            Set<String> on = dependencies.computeIfAbsent(node.get("ref").stringValue(), _ -> new LinkedHashSet<>());
            node.path("dependsOn").forEach(ref -> on.add(ref.stringValue()));
        }
    }

    /**
     * Every jar of the release is listed, and nothing else: the plugin also lists what only compilers need. Of Tandem's own
     * jars it may have seen an older build.
     */
    private void compare(String classPath) {
        Map<String, ObjectNode> unseen = new TreeMap<>(components);
        for (String path : classPath.split(java.io.File.pathSeparator)) {
            Path jar = Path.of(path);
            if (!path.endsWith(".jar")) {
                // The module's own classes, of which there are none.
                continue;
            }
            ObjectNode component = unseen.values().stream()
                    .filter(each -> jar.getFileName().toString().equals(file(each)))
                    .findFirst()
                    .orElseThrow(() -> new Failure(
                            "%s is in the release, but the CycloneDX plugin did not list it; run mvn package without -o"
                                    .formatted(jar)));
            unseen.remove(component.get("purl").stringValue());
            String sum = tandem.lab.engines.Pins.sum("SHA-256", jar);
            ObjectNode listed = component.withArray("hashes").get(0).asObject();
            if (component.get("group").stringValue().equals("tandem")) {
                listed.put("content", sum);
            } else if (!listed.get("content").stringValue().equals(sum)) {
                throw new Failure("%s is not the file that the CycloneDX plugin listed; run mvn package without -o"
                        .formatted(jar));
            }
        }
        components.keySet().removeAll(unseen.keySet());
    }

    private static String file(JsonNode component) {
        String name = component.get("name").stringValue();
        // spark-submit is told its name, which has no version.
        return name.equals("tandem-spark") ? name + ".jar" : name + "-" + component.get("version").stringValue() + ".jar";
    }

    /** One checksum, as pins have it, and no addresses: a purl says what a component is, wherever it comes from. */
    private static ObjectNode tidied(JsonNode component) {
        ObjectNode tidy = component.deepCopy().asObject();
        tidy.remove(List.of("externalReferences", "scope"));
        String sum = null;
        for (JsonNode hash : component.path("hashes")) {
            sum = hash.get("alg").stringValue().equals("SHA-256") ? hash.get("content").stringValue() : sum;
        }
        if (sum == null) {
            throw new Failure(component.get("purl") + " has no checksum; build all modules: mvn package");
        }
        hash(tidy, "SHA-256", sum);
        return tidy;
    }

    private static void hash(ObjectNode component, String algorithm, String sum) {
        component.putArray("hashes").addObject().put("alg", algorithm).put("content", sum);
    }

    private void engine(EngineProvider provider) {
        tandem.lab.engines.Pins libraries = tandem.lab.engines.Pins.of(provider, tandem.lab.engines.Pins.LIBRARIES);
        tandem.lab.engines.Pins natives = tandem.lab.engines.Pins.of(provider, tandem.lab.engines.Pins.NATIVES);
        Set<String> named = Pins.natives(provider);
        if (libraries.sums().isEmpty() && named.isEmpty()) {
            return;
        }
        String place = "fetched by " + provider.name();
        JsonNode plugins = read(root.resolve("engines/%s/target/bom.json".formatted(provider.name())));
        ObjectNode fetched = JSON.createObjectNode();
        fetched.set("dependencies", plugins.get("dependencies"));
        ArrayNode jars = fetched.putArray("components");
        for (JsonNode component : plugins.get("components")) {
            String sum = libraries.sums().get(coordinate(component));
            if (sum != null) {
                if (!component.get("hashes").toString().contains(sum)) {
                    throw new Failure(coordinate(component) + " is not the file that is pinned; run etc/pins.sh check");
                }
                jars.add(component);
            }
        }
        if (jars.size() != libraries.sums().size()) {
            throw new Failure("%s.libraries pins %s, which its module does not use; run etc/pins.sh write"
                    .formatted(provider.name(), libraries.coordinates()));
        }
        add(fetched, place);
        Set<String> on = dependencies.computeIfAbsent(
                plugins.at("/metadata/component/bom-ref").stringValue(), _ -> new LinkedHashSet<>());
        for (String coordinate : named) {
            ObjectNode component = nativeJar(coordinate, natives.sums().get(coordinate));
            String purl = component.get("purl").stringValue();
            place(components.computeIfAbsent(purl, _ -> component), place);
            on.add(purl);
        }
    }

    private static String coordinate(JsonNode component) {
        return "%s:%s:%s".formatted(
                component.get("group").stringValue(),
                component.get("name").stringValue(),
                component.get("version").stringValue());
    }

    private static ObjectNode nativeJar(String coordinate, String sum) {
        String[] parts = coordinate.split(":");
        String purl = "pkg:maven/%s/%s@%s?classifier=%s&type=jar".formatted(parts[0], parts[1], parts[2], parts[3]);
        ObjectNode component = JSON.createObjectNode()
                .put("type", "library")
                .put("bom-ref", purl)
                .put("group", parts[0])
                .put("name", parts[1])
                .put("version", parts[2])
                .put("description", "Natives for " + parts[3]);
        if (sum != null) {
            hash(component, sum.length() == 40 ? "SHA-1" : "SHA-256", sum);
        }
        return component.put("purl", purl);
    }

    private static void place(ObjectNode component, String place) {
        ArrayNode properties = component.withArray("properties");
        for (JsonNode property : properties) {
            if (property.get("value").stringValue().equals(place)) {
                return;
            }
        }
        properties.addObject().put("name", PLACE).put("value", place);
    }

    /** Sets what {@code dist/licences.json} says of a component, and insists that it has one licence or a rule to choose. */
    private void license(ObjectNode component) {
        boolean release = component.get("properties").toString().contains(RELEASE);
        Matcher classifier = Pattern.compile("classifier=([^&]+)").matcher(component.path("purl").asString(""));
        String name = component.path("group").asString("") + ":" + component.get("name").stringValue()
                + (classifier.find() ? ":" + classifier.group(1) : "");
        for (JsonNode fact : facts) {
            if (!fact.has("of") || !matches(fact.get("of").stringValue(), name)) {
                continue;
            }
            used.add(fact);
            if (fact.has("licence")) {
                component.set("licenses", licenses(fact.get("licence").stringValue()));
            }
            if (fact.has("copyright")) {
                component.set("copyright", fact.get("copyright"));
            }
            for (JsonNode part : fact.path("holds")) {
                ObjectNode held = held(part, name + "#" + part.get("name").stringValue());
                component.withArray("components").add(held);
                text(held, release);
            }
        }
        String licence = Notice.licence(component);
        if (licence.isEmpty() || component.get("licenses").size() > 1) {
            throw new Failure("%s: its POM names %s; say in dist/licences.json which licence it has"
                    .formatted(name, licence.isEmpty() ? "no licence" : "more than one licence, " + licence));
        }
        text(component, release);
    }

    private static boolean matches(String of, String name) {
        return of.endsWith("*") ? name.startsWith(of.substring(0, of.length() - 1)) : name.equals(of);
    }

    /** What the release holds comes with the text of its licence, and a licence other than Apache's with its copyright. */
    private void text(ObjectNode component, boolean release) {
        String licence = Notice.licence(component);
        if (!release || licence.equals("Apache-2.0")) {
            return;
        }
        if (!Files.isRegularFile(root.resolve("dist/licenses/" + licence + ".txt"))) {
            throw new Failure("%s is in the release under %s; put that licence's text into dist/licenses/%2$s.txt"
                    .formatted(component.get("name").stringValue(), licence));
        }
        if (!component.has("copyright")) {
            throw new Failure("%s is in the release under %s; say in dist/licences.json whose copyright it is"
                    .formatted(component.get("name").stringValue(), licence));
        }
    }

    private static ObjectNode held(JsonNode part, String ref) {
        ObjectNode component = JSON.createObjectNode().put("type", "library").put("bom-ref", ref);
        if (part.has("group")) {
            component.set("group", part.get("group"));
        }
        component.set("name", part.has("artifact") ? part.get("artifact") : part.get("name"));
        if (part.has("version")) {
            component.set("version", part.get("version"));
        }
        if (part.has("artifact")) {
            component.set("description", part.get("name"));
        }
        if (part.has("sha256")) {
            hash(component, "SHA-256", part.get("sha256").stringValue());
        }
        component.set("licenses", licenses(part.get("licence").stringValue()));
        if (part.has("copyright")) {
            component.set("copyright", part.get("copyright"));
        }
        if (part.has("group")) {
            component.put(
                    "purl",
                    "pkg:maven/%s/%s@%s?type=jar"
                            .formatted(
                                    part.get("group").stringValue(),
                                    part.get("artifact").stringValue(),
                                    part.get("version").stringValue()));
        }
        return component;
    }

    /** An SPDX identifier, an expression of such, or the name of a licence that SPDX does not list. */
    private static ArrayNode licenses(String licence) {
        ArrayNode licenses = JSON.createArrayNode();
        if (Pattern.compile(" (OR|AND|WITH) ").matcher(licence).find()) {
            licenses.addObject().put("expression", licence);
        } else {
            boolean listed = LICENCE.matcher(licence).matches();
            licenses.addObject().putObject("license").put(listed ? "id" : "name", licence);
        }
        return licenses;
    }
}
