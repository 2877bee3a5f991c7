/** What can be said of values that differ from seed to seed; docs/statistics.md explains the words. */
@NullMarked
package tandem.lab.statistics;

import org.jspecify.annotations.NullMarked;
