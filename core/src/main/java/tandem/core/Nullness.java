package tandem.core;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.io.Serial;
import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.RecordComponent;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedParameter;
import tools.jackson.databind.introspect.NopAnnotationIntrospector;

/**
 * Holds JSON to what NullAway holds the code to: a component of a record is null only where its type says
 * {@link Nullable}, and so are the elements of its lists, arrays and maps.
 */
final class Nullness extends NopAnnotationIntrospector {
    @Serial
    private static final long serialVersionUID = 1;

    @Override
    public JsonSetter.Value findSetterInfo(MapperConfig<?> config, Annotated annotated) {
        if (!(annotated instanceof AnnotatedParameter parameter)) {
            return JsonSetter.Value.empty();
        }
        Class<?> type = parameter.getDeclaringClass();
        RecordComponent[] components = type.isRecord() ? type.getRecordComponents() : null;
        // Other constructors and factories of a record take one text.
        if (components == null || parameter.getOwner().getParameterCount() != components.length) {
            return JsonSetter.Value.empty();
        }
        AnnotatedType component = components[parameter.getIndex()].getAnnotatedType();
        return JsonSetter.Value.construct(nulls(component), nulls(content(component)));
    }

    /** What a list, an array or a map holds; null of anything else. */
    private static @Nullable AnnotatedType content(AnnotatedType type) {
        return switch (type) {
            case AnnotatedArrayType array -> array.getAnnotatedGenericComponentType();
            case AnnotatedParameterizedType generic -> {
                AnnotatedType[] arguments = generic.getAnnotatedActualTypeArguments();
                yield arguments.length == 0 ? null : arguments[arguments.length - 1];
            }
            default -> null;
        };
    }

    private static Nulls nulls(@Nullable AnnotatedType type) {
        return type == null || type.isAnnotationPresent(Nullable.class) ? Nulls.DEFAULT : Nulls.FAIL;
    }
}
