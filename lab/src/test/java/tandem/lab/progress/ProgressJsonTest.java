package tandem.lab.progress;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tandem.core.Json;
import tandem.core.engine.Library;
import tandem.worker.protocol.Event;

/** Progress as JSON lines: one for every kind, by hand. */
final class ProgressJsonTest {
    private static final Library LIBRARY = new Library("Tandem", "1", "cpu", 2);

    static Stream<Map.Entry<Progress, String>> kinds() {
        SequencedMap<String, Double> medians = new LinkedHashMap<>();
        medians.put("java", 3.5);
        return Stream.of(
                Map.entry(new Progress.Fetching(List.of("a.jar")), "{\"progress\":\"fetching\",\"files\":[\"a.jar\"]}"),
                Map.entry(
                        new Progress.Transferred("a.jar", 5, 10),
                        "{\"progress\":\"transferred\",\"file\":\"a.jar\",\"bytes\":5,\"total\":10}"),
                Map.entry(
                        new Progress.Fetched("a.jar", 10, true),
                        "{\"progress\":\"fetched\",\"file\":\"a.jar\",\"bytes\":10,\"verified\":true}"),
                Map.entry(
                        new Progress.Waiting("the natives of djl", 42L),
                        "{\"progress\":\"waiting\",\"what\":\"the natives of djl\",\"pid\":42}"),
                Map.entry(new Progress.Unpacking("djl"), "{\"progress\":\"unpacking\",\"engine\":\"djl\"}"),
                Map.entry(new Progress.Started("java", 42), "{\"progress\":\"started\",\"row\":\"java\",\"pid\":42}"),
                Map.entry(
                        new Progress.Prepared("java", LIBRARY, 0.5),
                        "{\"progress\":\"prepared\",\"row\":\"java\",\"library\":{\"name\":\"Tandem\",\"version\":\"1\","
                                + "\"device\":\"cpu\",\"threads\":2},\"startupSeconds\":0.5}"),
                Map.entry(
                        new Progress.Told("java", 7L, new Event.Step(1, 3, 2.25, 1.0, 4.5)),
                        "{\"progress\":\"told\",\"row\":\"java\",\"seed\":7,\"news\":{\"event\":\"step\",\"epoch\":1,"
                                + "\"step\":3,\"loss\":2.25,\"learningRate\":1.0,\"millis\":4.5}}"),
                Map.entry(
                        new Progress.Trained("java", 0.9848, 3.08, 17562),
                        "{\"progress\":\"trained\",\"row\":\"java\",\"testAccuracy\":0.9848,\"millisPerStep\":3.08,\"imagesPerSecond\":17562.0}"),
                Map.entry(new Progress.Ended("java"), "{\"progress\":\"ended\",\"row\":\"java\"}"),
                Map.entry(
                        new Progress.Missing("djl", Status.UNAVAILABLE, "not here"),
                        "{\"progress\":\"missing\",\"row\":\"djl\",\"status\":\"unavailable\",\"reason\":\"not here\"}"),
                Map.entry(
                        new Progress.Notice("a file changed"),
                        "{\"progress\":\"notice\",\"sentence\":\"a file changed\"}"),
                Map.entry(new Progress.Trials(1, 4), "{\"progress\":\"trials\",\"done\":1,\"trials\":4}"),
                Map.entry(
                        new Progress.TrialOver("java", 42, Status.DONE, null, 0.98, 3.5, 2, 4, null),
                        "{\"progress\":\"trialOver\",\"row\":\"java\",\"seed\":42,\"status\":\"done\",\"failure\":null,"
                                + "\"testAccuracy\":0.98,\"seconds\":3.5,\"done\":2,\"trials\":4,\"secondsLeft\":null}"),
                Map.entry(
                        new Progress.Measuring("java", "inference", 1, 6),
                        "{\"progress\":\"measuring\",\"row\":\"java\",\"what\":\"inference\",\"turn\":1,\"turns\":6}"),
                Map.entry(
                        new Progress.Warm("java", 61, 6.5),
                        "{\"progress\":\"warm\",\"row\":\"java\",\"steps\":61,\"seconds\":6.5}"),
                Map.entry(
                        new Progress.Round(1, 5, medians),
                        "{\"progress\":\"round\",\"round\":1,\"rounds\":5,\"medians\":{\"java\":3.5}}"),
                Map.entry(
                        new Progress.Swept("batch-size 64", medians),
                        "{\"progress\":\"swept\",\"point\":\"batch-size 64\",\"medians\":{\"java\":3.5}}"),
                Map.entry(
                        new Progress.Reached("java", 42, 12.5, 3, 0.99),
                        "{\"progress\":\"reached\",\"row\":\"java\",\"seed\":42,\"seconds\":12.5,\"epochs\":3,"
                                + "\"testAccuracy\":0.99}"),
                Map.entry(
                        new Progress.Reference("step 1", 1, 20),
                        "{\"progress\":\"reference\",\"what\":\"step 1\",\"done\":1,\"total\":20}"),
                Map.entry(
                        new Progress.Proving("java", 3, 24),
                        "{\"progress\":\"proving\",\"row\":\"java\",\"done\":3,\"total\":24}"),
                Map.entry(
                        new Progress.Diverging("java", 3, 1.5e-7, 2.5e-7),
                        "{\"progress\":\"diverging\",\"row\":\"java\",\"step\":3,\"distance\":1.5E-7,\"noise\":2.5E-7}"),
                Map.entry(
                        new Progress.Judged("java", true),
                        "{\"progress\":\"judged\",\"row\":\"java\",\"passed\":true}"),
                Map.entry(
                        new Progress.Asking("java", 1, 6),
                        "{\"progress\":\"asking\",\"row\":\"java\",\"turn\":1,\"turns\":6}"));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void everyKindIsALineAndComesBack(Map.Entry<Progress, String> kind) {
        assertEquals(kind.getValue(), Json.line(kind.getKey()));
        assertEquals(kind.getKey(), Json.parse(kind.getValue(), Progress.class));
    }

    @Test
    void noKindIsLeftOut() {
        assertEquals(List.of(Progress.class.getPermittedSubclasses()).size(), kinds().count());
    }
}
