package tandem.app;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tandem.core.Failure;
import tandem.notebooks.JupyterKernel;

/** {@code tandem notebooks}. */
@Command(
        name = "notebooks",
        header = "Install the kernel of the notebooks",
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
final class NotebooksCommand extends LabCommand {
    @Option(names = "--offline", description = "Never touch the network.")
    private boolean offline;

    @Override
    public Integer call() {
        String home = System.getProperty("tandem.home");
        if (home == null) {
            throw new Failure("the notebooks are not part of a release; run this in a checkout of Tandem's sources");
        }
        return watched(1, progress -> {
            Path folder = JupyterKernel.install(
                    Path.of(home), Path.of(System.getProperty("java.home")), offline, progress, main.stop());
            return () -> {
                Path notebooks = Path.of(home, "notebooks");
                say("the kernel '%s' is in %s", JupyterKernel.DISPLAY_NAME, folder);
                say("open the notebooks: jupyter notebook '%s'", notebooks);
                say(
                        "or run one through: jupyter nbconvert --to notebook --execute --inplace '%s'",
                        notebooks.resolve("Java.ipynb"));
                return 0;
            };
        });
    }
}
