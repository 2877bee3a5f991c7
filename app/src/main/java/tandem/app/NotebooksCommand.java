package tandem.app;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import tandem.core.Failure;
import tandem.lab.JupyterKernel;

/** {@code tandem notebooks}. */
@Command(
        name = "notebooks",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Installs the Jupyter kernel that runs the notebooks of this checkout: Java cells, with Tandem's"
                + " core and the java engine on the class path.",
        footer = {
            "",
            "Jupyter looks for kernels in the folder that 'jupyter --data-dir' prints.",
            "",
            "Examples:",
            "  tandem notebooks",
            "  JUPYTER_DATA_DIR=/tmp/jupyter tandem notebooks"
        })
final class NotebooksCommand implements Callable<Integer> {
    @ParentCommand
    private Main main;

    @Option(names = "--offline", description = "Never touch the network.")
    private boolean offline;

    @Override
    public Integer call() {
        String home = System.getProperty("tandem.home");
        if (home == null) {
            throw new Failure("the notebooks are not part of a release; run this in a checkout of Tandem's sources");
        }
        Path folder =
                JupyterKernel.install(Path.of(home), Path.of(System.getProperty("java.home")), offline, main.stop());
        System.out.println("the kernel '%s' is in %s".formatted(JupyterKernel.DISPLAY_NAME, folder));
        System.out.println("open the notebooks: jupyter notebook '%s'".formatted(Path.of(home, "notebooks")));
        System.out.println("or run one through: jupyter nbconvert --to notebook --execute --inplace '%s'"
                .formatted(Path.of(home, "notebooks", "Java.ipynb")));
        return 0;
    }
}
