package tandem.app;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import tandem.core.Failure;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Engines;

/** Engines as the user names them. */
final class EngineNames {
    private EngineNames() {}

    /** @throws ParameterException if there is no such engine or variant, or one is named twice */
    static List<EngineName> parse(List<String> names, Engines engines, CommandSpec command) {
        engines.build(names.stream().map(name -> read(name, command).engine()).toList());
        Set<EngineName> parsed = new LinkedHashSet<>();
        for (String name : names) {
            if (!parsed.add(parse(name, engines, command))) {
                throw new ParameterException(command.commandLine(), "engine '%s' is named twice".formatted(name));
            }
        }
        return List.copyOf(parsed);
    }

    /** @throws ParameterException if there is no such engine or variant */
    static EngineName parse(String name, Engines engines, CommandSpec command) {
        EngineName parsed = read(name, command);
        engines.build(List.of(parsed.engine()));
        try {
            engines.get(parsed);
            return parsed;
        } catch (Failure e) {
            throw new ParameterException(command.commandLine(), e.getMessage());
        }
    }

    private static EngineName read(String name, CommandSpec command) {
        try {
            return EngineName.parse(name);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), e.getMessage());
        }
    }
}
