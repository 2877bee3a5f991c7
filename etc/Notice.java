import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** NOTICE, for people, of a bill of materials. */
final class Notice {
    private Notice() {}

    /** Identifier, expression or name, or nothing. */
    static String licence(JsonNode component) {
        List<String> names = new ArrayList<>();
        for (JsonNode licence : component.path("licenses")) {
            names.add(
                    licence.has("expression")
                            ? licence.get("expression").stringValue()
                            : licence.at("/license/id").asString(licence.at("/license/name").asString("")));
        }
        return String.join(", ", names);
    }

    /** The text, of components that are completed and sorted. */
    static String of(Collection<ObjectNode> components) {
        StringBuilder text = new StringBuilder("""
                Tandem is under the Apache License 2.0, see LICENSE. This file names the licence of everything that comes with it
                or that it fetches. The build writes it (etc/BillOfMaterials.java) and ends if it is out of date. A release has
                the texts of the licences in licenses/, and the same list for programs, with checksums, as CycloneDX.

                """);
        text.append("In the release, as their makers publish them; what jars hold of others, many say themselves in META-INF\n\n");
        for (ObjectNode component : components) {
            boolean own = component.path("group").asString("").equals("tandem");
            if (component.get("properties").toString().contains(BillOfMaterials.RELEASE) && (!own || component.has("components"))) {
                text.append(lines(component));
            }
        }
        Map<String, StringBuilder> fetched = new TreeMap<>();
        for (ObjectNode component : components) {
            for (JsonNode property : component.get("properties")) {
                String place = property.get("value").stringValue();
                if (!place.equals(BillOfMaterials.RELEASE)) {
                    fetched.computeIfAbsent(place, _ -> new StringBuilder()).append(lines(component));
                }
            }
        }
        text.append("\nNot part of Tandem: from their makers to the user's machine, when they are first needed\n");
        fetched.forEach((place, lines) -> text.append("\n")
                .append(Character.toUpperCase(place.charAt(0)))
                .append(place.substring(1))
                .append("\n\n")
                .append(lines));
        return text.toString();
    }

    private static String lines(JsonNode component) {
        StringBuilder lines = new StringBuilder("  ");
        if (component.has("group")) {
            lines.append(component.get("group").stringValue()).append(":");
        }
        lines.append(component.get("name").stringValue());
        if (component.has("version") && !component.path("group").asString("").equals("tandem")) {
            lines.append(" ").append(component.get("version").stringValue());
        }
        if (component.path("purl").asString("").contains("classifier=")) {
            lines.append(", n").append(component.get("description").stringValue().substring(1));
        }
        lines.append(": ").append(licence(component)).append("\n");
        if (component.has("copyright")) {
            lines.append("      ").append(component.get("copyright").stringValue()).append("\n");
        }
        for (JsonNode part : component.path("components")) {
            lines.append("    holds ");
            lines.append(part.path("description").asString(part.get("name").stringValue()));
            if (part.has("version")) {
                lines.append(" ").append(part.get("version").stringValue());
            }
            lines.append(": ").append(licence(part)).append("\n");
            if (part.has("copyright")) {
                lines.append("      ").append(part.get("copyright").stringValue()).append("\n");
            }
        }
        return lines.toString();
    }
}
