import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.rapaio.jupyter.kernel.MainApp;
import org.rapaio.jupyter.kernel.channels.Channels;
import org.rapaio.jupyter.kernel.channels.LoopThread;
import org.rapaio.jupyter.kernel.core.ConnectionProperties;
import org.rapaio.jupyter.kernel.core.Transform;
import tandem.core.CacheFolder;
import tandem.notebooks.kernel.NativesFolder;

/**
 * Starts the Java kernel as its own main class does, but lets it hear messages when it can answer; see {@link LoopThread}.
 * The argument is the connection file.
 */
void main(String[] arguments) throws Exception {
    // The notebooks show the same numbers to everybody.
    Locale.setDefault(Locale.ROOT);
    // It would log every message, and the key that signs them, into the terminal of whoever started Jupyter.
    Logger.getLogger("").setLevel(Level.WARNING);
    // Not by the environment, which engines' workers that a notebook starts would inherit.
    String natives = NativesFolder.take(CacheFolder.ofUser().resolve("notebooks")).toString();
    System.setProperty("org.bytedeco.javacpp.cachedir", natives);
    System.setProperty("DJL_CACHE_DIR", natives);
    ConnectionProperties connection =
            Transform.fromJson(Files.readString(Path.of(arguments[0])), ConnectionProperties.class);
    Channels channels = new Channels(connection);
    channels.connect(MainApp.kernel);
    LoopThread.ready();
    channels.joinUntilClose();
}
