package tandem.app;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tandem.core.Failure;
import tandem.core.data.Catalogue;
import tandem.core.data.Dataset;
import tandem.core.data.Datasets;
import tandem.core.data.Location;
import tandem.lab.table.Column;
import tandem.lab.table.Table;

/** {@code tandem data}. */
@Command(
        name = "data",
        header = "List, fetch and verify the datasets",
        mixinStandardHelpOptions = true,
        description = "Lists the datasets and where they are; with names, fetches those that are missing and"
                + " verifies their checksums. With the path of images of your own, in a form that docs/data.md"
                + " lists, it says what is in them.",
        footer = {
            "",
            "MNIST is part of Tandem. Images of your own need no name: give their path to --data of 'tandem train'.",
            "",
            "Examples:",
            "  tandem data",
            "  tandem data fashion-mnist kmnist",
            "  tandem data my-digits",
            "  tandem data convert my-digits --out my-digits-idx",
            "  tandem data remove kmnist"
        })
final class DataCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private Main main;

    @Parameters(
            paramLabel = "NAME|PATH",
            arity = "0..*",
            description = "Datasets to fetch and verify, or images of your own to look at.")
    private List<String> names = List.of();

    @Option(names = "--offline", description = "Never touch the network.")
    private boolean offline;

    @Override
    public Integer call() {
        Catalogue catalogue = Catalogue.ofUser();
        if (names.isEmpty()) {
            System.out.println(TextTable.of(table(catalogue.entries())));
        }
        List<String> own = names.stream()
                .filter(name -> !catalogue.names().contains(name) && Files.exists(Path.of(name)))
                .toList();
        List<String> known = names.stream().filter(name -> !own.contains(name)).toList();
        known.forEach(name -> known(catalogue, name));
        own.forEach(path -> System.out.println(DataSummary.of(path)));
        for (String name : known) {
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

    static Table<Catalogue.Entry> table(List<Catalogue.Entry> datasets) {
        List<Column<Catalogue.Entry>> columns = List.of(
                Column.words("dataset", "Dataset", Catalogue.Entry::name),
                Column.words("what", "What", Catalogue.Entry::title),
                Column.words("licence", "Licence", Catalogue.Entry::licence),
                Column.words("where", "Where", entry -> words(entry.location())),
                Column.figures("on disk", "On disk", null, DataCommand::onDisk));
        return new Table<>(columns, datasets);
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

    @Command(
            name = "convert",
            mixinStandardHelpOptions = true,
            description = "Writes images of any form as IDX files, which every program for MNIST reads and which open"
                    + " fast.")
    private int convert(
            @Parameters(paramLabel = "PATH|NAME", description = "The images, or a dataset that is on this machine.")
                    String data,
            @Option(names = "--out", paramLabel = "DIR", required = true, description = "A new or empty folder.")
                    Path out,
            @Option(names = "--transpose", description = "Swap rows and columns, as EMNIST's files need.")
                    boolean transpose) {
        requireEmpty(out);
        Dataset read = Datasets.open(transpose ? Datasets.TRANSPOSED + data : data);
        read.notes().forEach(note -> System.err.println("note: " + note));
        Datasets.write(read, out);
        LabCommand.say(
                "%s: %d training and %d test images of %dx%d pixels, %d classes",
                out,
                read.train().count(),
                read.test().count(),
                read.train().rows(),
                read.train().columns(),
                read.classes());
        return 0;
    }

    /** What lies there would be taken for a part of the dataset, or be lost. */
    private static void requireEmpty(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            if (files.iterator().hasNext()) {
                throw new Failure("%s: is not empty; name a new folder with --out".formatted(folder));
            }
        } catch (IOException e) {
            throw new Failure("%s: cannot be read (%s); name a new folder with --out".formatted(folder, e), e);
        }
    }

    private void known(Catalogue catalogue, String name) {
        Usage.require(
                catalogue.names().contains(name),
                spec,
                "there is no file, folder or dataset '%s'; datasets are %s",
                name,
                String.join(", ", catalogue.names()));
    }
}
