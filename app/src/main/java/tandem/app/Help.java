package tandem.app;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.IStyle;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Help.IOptionRenderer;
import picocli.CommandLine.Help.IParamLabelRenderer;
import picocli.CommandLine.Help.Layout;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** How {@code --help} shows options: first those that are used most, then the others by what they are about. */
final class Help {
    private static final String OWN = "Options";
    private static final String RECIPE = "Recipe";
    private static final String RUN = "Run";
    private static final String OUTPUT = "Output";

    /** Options of the mixins that stand among a command's own. */
    private static final Set<String> MOST_USED =
            Set.of("--epochs", "--recipe", "--seed", "--train-limit", "--resume", "--out", "--threads", "--json");

    /** Where Java's rules let a line end though no space is there. */
    private static final Pattern WITHIN_WORD = Pattern.compile("(?<=[:./,|=-])(?=\\S)");

    /** Keeps a line from ending; it takes no room on the screen, and is taken out before anything is printed. */
    private static final String GLUE = "\uFEFF";

    /** {@code --engines=A,B} without what Picocli says of repetitions. */
    private static final IParamLabelRenderer LABELS = new IParamLabelRenderer() {
        @Override
        public Text renderParameterLabel(ArgSpec argument, Ansi ansi, List<IStyle> styles) {
            return ansi.new Text(argument.arity().max() == 0 ? "" : "=" + argument.paramLabel());
        }

        @Override
        public String separator() {
            return "=";
        }
    };

    private Help() {}

    /** The same command line, whose commands show their options in groups. */
    static CommandLine in(CommandLine line) {
        UsageMessageSpec usage = line.getCommandSpec().usageMessage();
        usage.abbreviateSynopsis(true);
        usage.synopsisHeading(usage.header().length == 0 ? "Usage: " : "%nUsage: ");
        usage.descriptionHeading("%n");
        usage.parameterListHeading("%n");
        usage.optionListHeading("%n");
        usage.commandListHeading("%nCommands:%n");
        line.getHelpSectionMap()
                .put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, help -> options(help, line.getCommandSpec()));
        line.getSubcommands().values().forEach(Help::in);
        return line;
    }

    private static String options(CommandLine.Help help, CommandSpec command) {
        Map<OptionSpec, String> groups = new LinkedHashMap<>();
        for (CommandSpec mixin : command.mixins().values()) {
            String group = switch (mixin.userObject()) {
                case RecipeOptions _ -> RECIPE;
                case StudyOptions _,
                        CheckpointOptions _,
                        TestOptions _,
                        ResumeOption _,
                        DeviceOptions _,
                        SparkOptions _,
                        RunOptions _ -> RUN;
                case ImageSizeOption _ -> OWN;
                default -> OUTPUT;
            };
            mixin.options().forEach(option -> groups.put(option, group));
        }
        SequencedMap<String, List<OptionSpec>> sections = new LinkedHashMap<>();
        List.of(OWN, RECIPE, RUN, OUTPUT).forEach(group -> sections.put(group, new ArrayList<>()));
        for (OptionSpec option : command.options()) {
            boolean first = MOST_USED.contains(option.longestName());
            String group =
                    option.longestName().equals("--verbose") ? OUTPUT : first ? OWN : groups.getOrDefault(option, OWN);
            sections.computeIfAbsent(group, _ -> new ArrayList<>()).add(option);
        }
        sections.values().removeIf(List::isEmpty);
        IOptionRenderer renderer = help.createDefaultOptionRenderer();
        StringBuilder text = new StringBuilder();
        sections.forEach((group, options) -> {
            Layout layout = help.createDefaultLayout(options, List.of(), help.colorScheme());
            for (OptionSpec option : options) {
                layout.layout(option, unbroken(renderer.render(option, LABELS, help.colorScheme()), help.ansi()));
            }
            text.append(text.isEmpty() ? "" : "\n").append(group).append(":\n").append(layout);
        });
        return text.toString().replace(GLUE, "");
    }

    /** The same cells, in whose last column lines end at spaces alone, and not within a word such as 'name:variant'. */
    private static Text[][] unbroken(Text[][] rows, Ansi ansi) {
        for (Text[] row : rows) {
            int last = row.length - 1;
            row[last] =
                    ansi.new Text(WITHIN_WORD.matcher(row[last].plainString()).replaceAll(GLUE));
        }
        return rows;
    }
}
