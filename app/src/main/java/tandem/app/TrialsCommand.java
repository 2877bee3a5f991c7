package tandem.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tandem.lab.engines.Engines;
import tandem.lab.engines.Workers;
import tandem.lab.study.TrialServer;

/** {@code tandem trials}: what a Spark executor starts on its host. */
@Command(name = "trials", hidden = true, header = "Train the trials that a Spark executor hands over.")
final class TrialsCommand extends LabCommand {
    @Parameters(paramLabel = "FOLDER", description = "Folder of Tandem's files on this host.")
    private Path folder;

    @Override
    public Integer call() {
        Engines engines = Engines.find();
        try {
            // Natives come with the trials: nothing is fetched.
            TrialServer.serve(
                    folder,
                    System.in,
                    System.out,
                    (threads, jvmOptions) -> new Workers(
                            engines,
                            TrialServer.caches(),
                            threads,
                            jvmOptions,
                            true,
                            Workers.SILENCE,
                            progress -> {},
                            main.stop()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return 0;
    }
}
