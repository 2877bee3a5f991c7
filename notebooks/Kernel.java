import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.rapaio.jupyter.kernel.MainApp;
import org.rapaio.jupyter.kernel.channels.Channels;
import org.rapaio.jupyter.kernel.core.ConnectionProperties;
import org.rapaio.jupyter.kernel.core.Transform;

/**
 * Starts the Java kernel, as its own main class does, and tells when it listens. The kernel opens its sockets before it
 * knows what to do with messages: one that comes between, and Jupyter's first does every third time, ends the thread
 * that would answer, and the notebook waits for ever (rapaio-jupyter-kernel 3.0.1, Channels.connect).
 *
 * <p>Arguments: the connection file, and a file to create when messages may come.
 */
void main(String[] arguments) throws Exception {
    // It logs every message, and the key that signs them, into the terminal of whoever started Jupyter.
    Logger.getLogger("").setLevel(Level.WARNING);
    ConnectionProperties connection =
            Transform.fromJson(Files.readString(Path.of(arguments[0])), ConnectionProperties.class);
    Channels channels = new Channels(connection);
    channels.connect(MainApp.kernel);
    Files.createFile(Path.of(arguments[1]));
    channels.joinUntilClose();
}
