package tandem.lab.page;

import java.util.List;

/**
 * A part of a report.
 *
 * @param id names it in links, unique in its page
 * @param title its heading
 * @param text how to read it, in a few sentences
 * @param blocks what it shows, in order
 */
public record Section(String id, String title, String text, List<Block> blocks) {}
