/**
 * Studies on Apache Spark. The driver hands trials from the lab to Spark, a task hands each to a process of Tandem on
 * its executor's host. Nothing here looks into a trial: it is text from the lab for that process, and so is its result.
 */
@NullMarked
package tandem.spark;

import org.jspecify.annotations.NullMarked;
