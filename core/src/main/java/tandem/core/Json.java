package tandem.core;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.AnnotationIntrospector;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.InvalidNullException;
import tools.jackson.databind.exc.InvalidTypeIdException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.type.LogicalType;

/**
 * JSON as Tandem reads and writes it: fields in the order of the records. Reading is strict, as what is read may have
 * been damaged or made by somebody else: every field must be there, none may be unknown or named twice, none null that
 * is not {@code @Nullable} (see {@link Nullness}), and no value is taken for one of another type. Ranges are checked by
 * the records' constructors, which throw a {@link Failure}.
 */
public final class Json {
    /**
     * Bytes of the largest file that is read: a study of a thousand seeds writes 2 MB. What is made of a file takes at
     * most 64 times its size.
     */
    static final int LARGEST_FILE = 16 << 20;

    /** Tandem's own files reach 7. */
    private static final int DEEPEST = 64;

    /** Characters of a file's words, or of what is wrong with them, in a message. */
    private static final int LONGEST_QUOTE = 400;

    /** For messages and files. */
    public static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .build())
                    .build())
            .annotationIntrospector(AnnotationIntrospector.pair(new JacksonAnnotationIntrospector(), new Nullness()))
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY, MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .withCoercionConfig(
                    LogicalType.Textual,
                    texts -> List.of(CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.Boolean)
                            .forEach(shape -> texts.setCoercion(shape, CoercionAction.Fail)))
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(
                    DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                    DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** As {@link #MAPPER}, but what may be null may also be left out. */
    private static final JsonMapper BRIEF = MAPPER.rebuild()
            .disable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    private static final ObjectWriter INDENTED = MAPPER.writerWithDefaultPrettyPrinter();

    private Json() {}

    /** Its message is the reason in words, without Jackson's own about its source. */
    private static final class NotReadable extends JacksonException {
        private static final long serialVersionUID = 1;

        private final String reason;

        NotReadable(String reason, @Nullable JacksonException cause) {
            super(reason, cause);
            this.reason = reason;
        }

        @Override
        public String getMessage() {
            return reason;
        }
    }

    /** One line, without its line feed. */
    public static String line(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    /** Indented lines, without the last line feed. */
    public static String indented(Object value) {
        return INDENTED.writeValueAsString(value);
    }

    /**
     * Reads one line, or the text of a file.
     *
     * @throws JacksonException if it is not JSON or not such a value; its message says in words what is wrong, and
     *     where
     */
    public static <T> T parse(String text, Class<T> type) {
        return parse(text, type, MAPPER);
    }

    /**
     * Reads what somebody wrote by hand, or another program: as {@link #parse}, but what may be null may also be left
     * out.
     *
     * @throws JacksonException as {@link #parse}
     */
    public static <T> T parseBrief(String text, Class<T> type) {
        return parse(text, type, BRIEF);
    }

    private static <T> T parse(String text, Class<T> type, JsonMapper mapper) {
        if (text.isBlank()) {
            throw new NotReadable("it is empty", null);
        }
        T value;
        try {
            value = mapper.readValue(text, type);
        } catch (JacksonException e) {
            throw new NotReadable(reason(e), e);
        }
        if (value == null) {
            throw new NotReadable("it says null", null);
        }
        return value;
    }

    /**
     * Reads a file.
     *
     * @throws Failure if it cannot be read, is larger than {@value #LARGEST_FILE} bytes, or holds something else
     */
    public static <T> T read(Path file, Class<T> type) {
        try {
            return parse(text(file), type);
        } catch (JacksonException e) {
            throw notWritten(file, e);
        }
    }

    /**
     * Reads a file that an older version may have written.
     *
     * @param upgrade adds to the object in the file what it did not have then
     * @throws Failure as {@link #read(Path, Class)}
     */
    public static <T> T read(Path file, Class<T> type, Consumer<ObjectNode> upgrade) {
        try {
            JsonNode json = parse(text(file), JsonNode.class);
            if (json instanceof ObjectNode object) {
                upgrade.accept(object);
            }
            return parse(line(json), type);
        } catch (JacksonException e) {
            throw notWritten(file, e);
        }
    }

    private static Failure notWritten(Path file, JacksonException e) {
        return new Failure(
                "%s: %s; put back the file that Tandem wrote, or run the command again in another folder"
                        .formatted(file, e.getMessage()),
                e);
    }

    /**
     * The text of a file.
     *
     * @throws Failure if it cannot be read, is larger than {@value #LARGEST_FILE} bytes, or not UTF-8
     */
    public static String text(Path file) {
        try {
            long size = Files.size(file);
            if (size > LARGEST_FILE) {
                throw new Failure("%s: has %s bytes, and at most %s are read; Tandem writes no such file"
                        .formatted(file, size, LARGEST_FILE));
            }
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new Failure("%s: there is no such file".formatted(file), e);
        } catch (CharacterCodingException e) {
            throw new Failure("%s: is not text in UTF-8; put back the file that Tandem wrote".formatted(file), e);
        } catch (IOException e) {
            throw new Failure("%s: cannot be read (%s)".formatted(file, e.getMessage()), e);
        }
    }

    /** What is wrong, and where, in words. */
    static String reason(JacksonException e) {
        String field = field(e.getPath());
        String words = quoted(words(e));
        if (words.startsWith("is ")) {
            words = (field.isEmpty() ? "it " : "field '%s' ".formatted(field)) + words;
        } else if (!field.isEmpty()) {
            words = "field '%s': %s".formatted(field, words);
        }
        TokenStreamLocation location = e.getLocation();
        return location == null || location.getLineNr() < 1
                ? words
                : words + " (line %s, column %s)".formatted(location.getLineNr(), location.getColumnNr());
    }

    private static String words(JacksonException e) {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof Failure || cause instanceof IllegalArgumentException) {
                return String.valueOf(cause.getMessage());
            }
        }
        return switch (e) {
            case UnrecognizedPropertyException unknown ->
                "is unknown; valid are %s".formatted(unknown.getKnownPropertyIds());
            case InvalidNullException _ -> "is null";
            case MismatchedInputException missing
            when missing.getOriginalMessage().startsWith("Missing creator property") -> "is missing";
            case InvalidTypeIdException unknown ->
                "is of the unknown kind '%s'".formatted(cut(String.valueOf(unknown.getTypeId()), 40));
            case InvalidFormatException wrong ->
                "is '%s', not %s".formatted(cut(String.valueOf(wrong.getValue()), 40), kind(wrong.getTargetType()));
            // The parser names the place of an opening bracket too, but not in terms of this file.
            case MismatchedInputException wrong
            when wrong.getTargetType() != null && e.getOriginalMessage().startsWith("Cannot ") ->
                "is not " + kind(wrong.getTargetType());
            default ->
                e.getOriginalMessage().replaceAll(" \\((start marker|for \\w+ starting) at .*\\)| ?\\[Source: .*", "");
        };
    }

    /** What a value of a type is called by who does not know Java. */
    private static String kind(Class<?> type) {
        if (type.isEnum()) {
            return "one of " + Arrays.toString(type.getEnumConstants());
        }
        if (type == int.class || type == long.class || type == Integer.class || type == Long.class) {
            return "a whole number of its range";
        }
        if (Number.class.isAssignableFrom(type) || type == double.class || type == float.class) {
            return "a number";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        if (type == String.class) {
            return "a text";
        }
        return type.isArray() || Collection.class.isAssignableFrom(type) ? "a list" : "an object of the right fields";
    }

    /** {@code engines[0].status}. */
    private static String field(List<JacksonException.Reference> path) {
        StringBuilder field = new StringBuilder();
        for (JacksonException.Reference reference : path) {
            if (reference.getPropertyName() == null) {
                field.append('[').append(reference.getIndex()).append(']');
            } else {
                field.append(field.isEmpty() ? "" : ".").append(reference.getPropertyName());
            }
        }
        return quoted(field.toString());
    }

    /** Words of a file as a message repeats them: not too many, and nothing that a terminal obeys or does not show. */
    public static String quoted(String text) {
        return cut(text, LONGEST_QUOTE).replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "?");
    }

    private static String cut(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length) + "…";
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
