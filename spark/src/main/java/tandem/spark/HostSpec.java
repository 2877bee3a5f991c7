package tandem.spark;

import java.io.Serializable;
import java.util.List;

/**
 * What an executor needs to start Tandem on its host.
 *
 * @param parcels Tandem's files
 * @param shared whether they are where they are on the driver's machine; otherwise Spark brings them
 * @param javaHome of the JDK to start it with; empty to look for one
 * @param cpus that a trial may use
 * @param setup what Tandem is told first
 */
record HostSpec(List<Parcel> parcels, boolean shared, String javaHome, int cpus, String setup) implements Serializable {
    HostSpec {
        // Lists of the JDK are serialized by its own proxy, whatever the version at the other end.
        parcels = List.copyOf(parcels);
    }

    /**
     * A file of Tandem.
     *
     * @param target where Tandem wants it, relative to its folder
     * @param path where it is on the driver's machine
     * @param sha256 of its content, in hexadecimal digits
     * @param name as Spark knows it
     */
    record Parcel(String target, String path, String sha256, String name) implements Serializable {}
}
