package tandem.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.InputStream;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tandem.core.Json;
import tandem.web.event.Topics;
import tandem.web.job.Jobs;
import tools.jackson.databind.JsonNode;

/** What can be asked is what {@code openapi.json} says. */
class ApiTest {
    @Test
    void theRoutesAreThoseOfTheDocument() throws Exception {
        TreeSet<String> documented = new TreeSet<>();
        try (InputStream in = Api.class.getResourceAsStream("openapi.json")) {
            for (Map.Entry<String, JsonNode> path :
                    Json.MAPPER.readTree(in).get("paths").properties()) {
                for (String method : path.getValue().propertyNames()) {
                    documented.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey());
                }
            }
        }
        Topics topics = new Topics();
        try (Jobs jobs = new Jobs(topics)) {
            // Nobody is asked: the list alone is looked at.
            Api api = new Api(null, jobs, null, null, topics, new EventStreams(), new Metrics());
            assertEquals(
                    documented,
                    api.routes().stream()
                            .map(route -> route.method() + " " + route.path())
                            .collect(Collectors.toCollection(TreeSet::new)));
        }
    }
}
