package tandem.lab.engines;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An engine as tables name it: {@code pytorch}, or {@code pytorch (plain)} for a variant.
 *
 * @param engine the provider's name
 * @param variant one of the provider's variants, or the empty string for the engine at its best
 */
public record EngineName(String engine, String variant) {
    private static final Pattern FORM = Pattern.compile("([a-z0-9]+)(?:: ?([a-z0-9 -]+)| ?\\(([a-z0-9 -]+)\\))?");

    /** The engine at its best. */
    public EngineName(String engine) {
        this(engine, "");
    }

    /**
     * Reads {@code pytorch}, {@code pytorch:plain} or {@code pytorch (plain)}. A dash stands for a space, so that a
     * shell needs no quotes: {@code java:direct-convolution} is {@code java (direct convolution)}. No variant's name
     * has one.
     *
     * @throws IllegalArgumentException if the text is none of these
     */
    @JsonCreator
    public static EngineName parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'%s' is not an engine's name".formatted(text));
        }
        String variant = matcher.group(2) == null ? matcher.group(3) : matcher.group(2);
        return new EngineName(matcher.group(1), variant == null ? "" : variant.replace('-', ' '));
    }

    /** Name of the engine's folder in a run directory: {@code pytorch}, {@code pytorch-plain}. */
    public String folder() {
        return variant.isEmpty() ? engine : engine + "-" + variant.replaceAll("[^a-z0-9]+", "-");
    }

    /** As one types it on a command line, without a quote: {@code java:direct-convolution}. */
    public String typed() {
        return variant.isEmpty() ? engine : engine + ":" + variant.replace(' ', '-');
    }

    @JsonValue
    @Override
    public String toString() {
        return variant.isEmpty() ? engine : engine + " (" + variant + ")";
    }
}
