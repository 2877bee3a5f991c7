package tandem.app;

import java.io.IOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version of this build and of the JVM that runs it. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
        Properties properties = new Properties();
        try (var in = Version.class.getResourceAsStream("app.properties")) {
            properties.load(in);
        }
        return new String[] {
            "tandem " + properties.getProperty("version"),
            "Java %s (%s)".formatted(Runtime.version(), System.getProperty("java.vendor"))
        };
    }
}
