package tandem.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is read, what is refused, and in which words. */
final class JsonTest {
    private static final String REMEDY =
            "; put back the file that Tandem wrote, or run the command again in another folder";

    @TempDir
    Path folder;

    /** One component of each kind. */
    record Sample(
            int count,
            double value,
            String name,
            Schedule schedule,
            @Nullable Double unknown,
            List<String> names,
            List<@Nullable Double> values,
            Map<String, Integer> counts,
            int[][] matrix) {
        Sample {
            Require.atLeast(0, "count", count);
        }
    }

    private static final String GOOD =
            "{\"count\":1,\"value\":\"NaN\",\"name\":\"a\",\"schedule\":\"epoch\",\"unknown\":null,"
                    + "\"names\":[\"b\"],\"values\":[null,1.5],\"counts\":{\"c\":2},\"matrix\":[[1,2],[3]]}";

    private String refused(String text) throws IOException {
        Path file = folder.resolve("sample.json");
        Files.writeString(file, text);
        String message =
                assertThrows(Failure.class, () -> Json.read(file, Sample.class)).getMessage();
        assertEquals(file + ": ", message.substring(0, file.toString().length() + 2));
        return message.substring(file.toString().length() + 2).replace(REMEDY, "");
    }

    @Test
    void whatIsWrittenIsRead() {
        assertEquals(GOOD, Json.line(Json.parse(GOOD, Sample.class)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "\"count\":1, | | field 'count' is missing (line 1, column 132)",
                "\"count\":1 | \"count\":1,\"count\":2 | Duplicate Object property \"count\" (line 1, column 19)",
                "\"count\":1 | \"count\":null | field 'count' is null (line 1, column 10)",
                "\"count\":1 | \"count\":\"1\" | field 'count' is not a whole number of its range (line 1, column 10)",
                "\"count\":1 | \"count\":1.5 | field 'count' is '1.5', not a whole number of its range (line 1, column 10)",
                "\"count\":1 | \"count\":-1 | count is -1; it must be at least 0 (line 1, column 143)",
                "\"a\" | null | field 'name' is null (line 1, column 33)",
                "\"a\" | 5 | field 'name' is '5', not a text (line 1, column 33)",
                "\"epoch\" | \"never\" | field 'schedule' is 'never', not one of [epoch, batch, constant] (line 1, column 48)",
                "\"b\" | null | field 'names[0]' is null (line 1, column 80)",
                "[1,2] | null | field 'matrix[0]' is null (line 1, column 132)",
                "{\"c\":2} | {\"c\":null} | field 'counts.c' is null (line 1, column 119)",
                "[3]] | [3] | field 'matrix': Unexpected close marker '}': expected ']' (line 1, column 141)",
            })
    void saysWhatIsWrongAndWhere(String found, @Nullable String replacement, String reason) throws IOException {
        assertEquals(reason, refused(GOOD.replace(found, replacement == null ? "" : replacement)));
    }

    @Test
    void nothingAndNull() throws IOException {
        assertEquals("it is empty", refused(""));
        assertEquals("it is empty", refused(" \n"));
        assertEquals("it says null", refused("null"));
        assertEquals("is not an object of the right fields", refused("[]").replaceAll("^it | \\(.*", ""));
    }

    @Test
    void hugeDeepOrNoText() throws IOException {
        assertEquals(
                "is not an object of the right fields",
                refused("[".repeat(100_000)).replaceAll("^it | \\(.*", ""));
        Path file = folder.resolve("large.json");
        Files.write(file, new byte[Json.LARGEST_FILE + 1]);
        assertEquals(
                file + ": has 16777217 bytes, and at most 16777216 are read; Tandem writes no such file",
                assertThrows(Failure.class, () -> Json.read(file, Sample.class)).getMessage());
        Files.write(file, new byte[] {'"', (byte) 0xff, '"'});
        assertEquals(
                file + ": is not text in UTF-8; put back the file that Tandem wrote",
                assertThrows(Failure.class, () -> Json.read(file, Sample.class)).getMessage());
    }

    /** Escape sequences of a terminal, and a value without end. */
    @Test
    void repeatsLittleOfTheFile() throws IOException {
        assertEquals(
                "field 'schedule' is 'x?[31m', not one of [epoch, batch, constant] (line 1, column 48)",
                refused(GOOD.replace("epoch", "x\\u001b[31m")));
        assertEquals(
                "field 'schedule' is '%s…', not one of [epoch, batch, constant] (line 1, column 48)"
                        .formatted("x".repeat(40)),
                refused(GOOD.replace("epoch", "x".repeat(1_000_000))));
    }
}
