package tandem.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/** JSON as the lab reads and writes it: fields in the order of the records, nothing unknown accepted. */
public final class Json {
    /** For messages and files. */
    public static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(
                    DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                    DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    private static final ObjectWriter INDENTED = MAPPER.writerWithDefaultPrettyPrinter();

    private Json() {}

    /** One line, without its line feed. */
    public static String line(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    /** Indented lines, without the last line feed. */
    public static String indented(Object value) {
        return INDENTED.writeValueAsString(value);
    }

    /**
     * Reads one line.
     *
     * @throws JacksonException if it is not JSON or not such a value
     */
    public static <T> T parse(String line, Class<T> type) {
        return MAPPER.readValue(line, type);
    }

    /**
     * Reads a file.
     *
     * @throws Failure if it cannot be read or holds something else
     */
    public static <T> T read(Path file, Class<T> type) {
        try {
            return parse(Files.readString(file), type);
        } catch (IOException | JacksonException e) {
            throw new Failure("%s: cannot be read (%s)".formatted(file, e.getMessage()), e);
        }
    }

    /**
     * Writes an indented file, whole or not at all.
     *
     * @throws Failure if it cannot be written
     */
    public static void write(Path file, Object value) {
        AtomicFile.write(file, indented(value) + "\n");
    }
}
