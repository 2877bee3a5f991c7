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
     * @param name as Spark knows it; where it is on all machines if it is shared
     * @param sha256 of its content if it is shared, in hexadecimal digits; otherwise empty
     */
    record Parcel(String target, String name, String sha256) implements Serializable {}
}
