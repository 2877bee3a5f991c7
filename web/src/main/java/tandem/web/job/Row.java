package tandem.web.job;

import java.util.Map;

/**
 * What works in a job.
 *
 * @param row its name in events
 * @param engine that computes
 * @param recipe what was asked for beyond the preset, by the recipe's names
 */
public record Row(String row, String engine, Map<String, Object> recipe) {}
