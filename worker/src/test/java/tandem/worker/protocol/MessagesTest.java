package tandem.worker.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.core.Json;

/**
 * What the lab and its workers say to each other, as it is written. A peer in another language speaks it too, and a
 * line of events.jsonl is read by later versions.
 */
final class MessagesTest {
    private static final String NETWORK = "{\"rows\":28,\"columns\":28,\"classes\":10,\"conv1\":32,\"conv2\":64,"
            + "\"hidden\":128,\"dropout1\":0.25,\"dropout2\":0.5}";
    private static final String RECIPE = "{\"dataset\":\"mnist\",\"trainLimit\":320,\"testLimit\":200,\"network\":"
            + NETWORK + ",\"loss\":\"cross-entropy\",\"weightInitialiser\":\"fan-in\",\"biasInitialiser\":"
            + "\"fan-in\",\"learningRate\":1.0,\"schedule\":\"epoch\",\"gamma\":0.7,\"rho\":0.9,\"epsilon\":1.0E-6,"
            + "\"shuffle\":true,\"dropout\":true,\"batchSize\":64,\"epochs\":2,\"seed\":42}";
    private static final String LIBRARY = "{\"name\":\"Tandem\",\"version\":\"1\",\"device\":\"cpu\",\"threads\":2}";
    private static final String IDENTITY = "{\"recipe\":\"e6\",\"images\":\"6c\",\"parameters\":\"55\"}";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"event\":\"ready\",\"library\":" + LIBRARY + ",\"startupSeconds\":1.5,\"steps\":10,"
                        + "\"imagesPerEpoch\":320,\"firstStep\":3,\"identity\":" + IDENTITY + "}",
                "{\"event\":\"step\",\"epoch\":1,\"step\":2,\"loss\":2.25,\"learningRate\":0.7,\"millis\":3.5}",
                "{\"event\":\"tested\",\"step\":100,\"testAccuracy\":0.75,\"images\":1000}",
                "{\"event\":\"evaluating\",\"done\":100,\"total\":200}",
                "{\"event\":\"epoch\",\"epoch\":1,\"trainLoss\":2.5,\"testLoss\":2.25,\"testAccuracy\":0.75,"
                        + "\"seconds\":1.5,\"imagesPerSecond\":213.5}",
                "{\"event\":\"done\",\"inferenceImagesPerSecond\":3657.5,\"peakMemoryMiB\":310.5,"
                        + "\"confusion\":[[1,2],[3,4]],\"batches\":\"99\",\"parameters\":\"55\"}",
                "{\"event\":\"interrupted\",\"steps\":7}",
                "{\"event\":\"prepared\",\"library\":" + LIBRARY + ",\"startupSeconds\":1.5,\"identity\":" + IDENTITY
                        + "}",
                "{\"event\":\"measured\",\"calls\":3,\"images\":192,\"seconds\":0.5,\"peakMemoryMiB\":310.5,"
                        + "\"residentMemoryMiB\":290.5}",
                "{\"event\":\"proved\",\"received\":{\"parameters\":\"55\",\"accumulators\":\"66\",\"images\":\"77\","
                        + "\"masks\":\"88\"},\"loss\":2.25,\"gradientsLoss\":2.5,\"logits\":[0.5],\"prediction\":[0.25]}",
                "{\"event\":\"trained\",\"initialParameters\":\"55\",\"batches\":\"99\"}",
                "{\"event\":\"opened\",\"library\":" + LIBRARY + ",\"startupSeconds\":1.5}",
                "{\"event\":\"predicted\",\"logits\":[0.5,0.25]}",
                "{\"event\":\"exported\"}",
                "{\"event\":\"failed\",\"sentence\":\"no such tensor\"}",
            })
    void ofAWorker(String line) {
        assertEquals(line, Json.line(Json.parse(line, Event.class)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"request\":\"train\",\"recipe\":" + RECIPE + ",\"threads\":2,\"variant\":\"plain\","
                        + "\"initialParameters\":\"a\",\"checkpoint\":\"b\",\"files\":{\"folder\":\"c\","
                        + "\"every\":{\"steps\":0,\"seconds\":20.0},\"results\":true},"
                        + "\"tests\":{\"everySteps\":100,\"images\":1000}}",
                "{\"request\":\"prepare\",\"recipe\":" + RECIPE + ",\"threads\":2,\"variant\":\"\"}",
                "{\"request\":\"measureSteps\",\"steps\":40}",
                "{\"request\":\"measureInference\",\"images\":64,\"seconds\":0.5}",
                "{\"request\":\"prove\",\"recipe\":" + RECIPE + ",\"threads\":2,\"variant\":\"\",\"firstImage\":64,"
                        + "\"initialParameters\":null,\"starts\":[{\"step\":5,\"positions\":[1,2],\"start\":\"a\","
                        + "\"outcome\":\"b\"}],\"steps\":20,\"model\":\"c\"}",
                "{\"request\":\"open\",\"network\":" + NETWORK + ",\"threads\":2,\"variant\":\"\",\"model\":\"a\"}",
                "{\"request\":\"predict\",\"normalisation\":{\"mean\":0.1307,\"standardDeviation\":0.3081},"
                        + "\"pixels\":\"AAEC\"}",
                "{\"request\":\"export\",\"network\":" + NETWORK
                        + ",\"model\":\"a\",\"normalisation\":{\"mean\":0.1307,"
                        + "\"standardDeviation\":0.3081},\"rawPixels\":true,\"folder\":\"b\"}",
                "{\"request\":\"stop\"}",
                "{\"request\":\"exit\"}",
            })
    void ofTheLab(String line) {
        assertEquals(line, Json.line(Json.parse(line, Request.class)));
    }

    /** A new kind belongs into the lists above. */
    @Test
    void theseAreAll() {
        assertEquals(15, kinds(Event.class).size(), () -> kinds(Event.class).toString());
        assertEquals(10, kinds(Request.class).size(), () -> kinds(Request.class).toString());
    }

    private static Set<String> kinds(Class<?> type) {
        Set<String> kinds = new TreeSet<>();
        for (Class<?> kind : type.getPermittedSubclasses()) {
            if (kind.isSealed()) {
                kinds.addAll(kinds(kind));
            } else {
                kinds.add(kind.getSimpleName());
            }
        }
        return kinds;
    }
}
