package tandem.spark;

import java.io.Serializable;

/**
 * What a trial that is under way tells the driver.
 *
 * @param id of the trial
 * @param json what happened
 */
record TrialNews(String id, String json) implements Serializable {}
