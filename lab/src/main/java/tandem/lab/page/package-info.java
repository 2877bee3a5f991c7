/**
 * Reports as data: a {@link tandem.lab.page.Page} is a list of sections, a section a list of
 * {@link tandem.lab.page.Block blocks}; each block is plain data, and the page's script has one function for each kind
 * that draws it. Written, a page is one HTML file that needs no network.
 */
@NullMarked
package tandem.lab.page;

import org.jspecify.annotations.NullMarked;
