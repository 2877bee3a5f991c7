/**
 * Reports: one self-contained HTML file made from a run directory. A {@link tandem.lab.report.Page} is a list of
 * sections, a section a list of {@link tandem.lab.report.Block blocks}; each block is plain data, and the page's script
 * has one function for each kind that draws it.
 */
package tandem.lab.report;
