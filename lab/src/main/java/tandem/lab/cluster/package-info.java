/**
 * A cluster as the lab sees it: Spark's driver as a process of its own, and the files that Tandem needs on every host.
 */
@NullMarked
package tandem.lab.cluster;

import org.jspecify.annotations.NullMarked;
