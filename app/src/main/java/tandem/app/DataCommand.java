package tandem.app;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tandem.core.data.Catalogue;
import tandem.core.data.Location;
import tandem.lab.table.Column;
import tandem.lab.table.Table;

/** {@code tandem data}. */
@Command(
        name = "data",
        header = "List, fetch and verify the datasets",
        mixinStandardHelpOptions = true,
        description = "Lists the datasets and where they are; with names, fetches those that are missing and verifies"
                + " their checksums.",
        footer = {
            "",
            "MNIST is part of Tandem. A folder of your own IDX files needs no name: see --data of 'tandem train'.",
            "",
            "Examples:",
            "  tandem data",
            "  tandem data fashion-mnist kmnist",
            "  tandem data remove kmnist"
        })
final class DataCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private Main main;

    @Parameters(paramLabel = "NAME", arity = "0..*", description = "Datasets to fetch and verify.")
    private List<String> names = List.of();

    @Option(names = "--offline", description = "Never touch the network.")
    private boolean offline;

    @Override
    public Integer call() {
        Catalogue catalogue = Catalogue.ofUser();
        if (names.isEmpty()) {
            list(catalogue);
        }
        names.forEach(name -> known(catalogue, name));
        for (String name : names) {
            LabCommand.watched(1, progress -> {
                Location location = catalogue.fetch(name, offline, Console.downloads(name, progress, main.stop()));
                catalogue.verify(name);
                return () -> {
                    LabCommand.say("%s: all four files are intact, %s", name, words(location));
                    return 0;
                };
            });
        }
        return 0;
    }

    private static void list(Catalogue catalogue) {
        List<Column<Catalogue.Entry>> columns = List.of(
                Column.words("dataset", "Dataset", Catalogue.Entry::name),
                Column.words("what", "What", Catalogue.Entry::title),
                Column.words("licence", "Licence", Catalogue.Entry::licence),
                Column.words("where", "Where", entry -> words(entry.location())),
                Column.figures("on disk", "On disk", null, DataCommand::onDisk));
        System.out.println(TextTable.of(new Table<>(columns, catalogue.entries())));
    }

    private static String onDisk(Catalogue.Entry entry) {
        return Sizes.onDisk(entry.location().bytes());
    }

    private static String words(Location location) {
        return switch (location) {
            case Location.Embedded _ -> "part of Tandem";
            case Location.Installed installed -> "in " + installed.folder();
            case Location.Cached cached -> "in " + cached.folder();
            case Location.Missing _ -> "fetched at first use";
        };
    }

    @Command(
            name = "remove",
            mixinStandardHelpOptions = true,
            description = "Deletes a fetched dataset from the cache.")
    private int remove(@Parameters(paramLabel = "NAME", description = "The dataset.") String name) {
        Catalogue catalogue = Catalogue.ofUser();
        known(catalogue, name);
        long freed = catalogue.remove(name);
        System.out.println(
                freed == 0
                        ? "%s has nothing in the cache".formatted(name)
                        : "%s is freed".formatted(Sizes.megabytes(freed)));
        return 0;
    }

    private void known(Catalogue catalogue, String name) {
        Usage.require(
                catalogue.names().contains(name),
                spec,
                "there is no dataset '%s'; valid are %s",
                name,
                String.join(", ", catalogue.names()));
    }
}
