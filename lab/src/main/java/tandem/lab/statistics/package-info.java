/** What can be said of values that differ from seed to seed; docs/statistics.md explains the words. */
package tandem.lab.statistics;
