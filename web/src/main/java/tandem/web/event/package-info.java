/** What happens while somebody looks at the page. */
@NullMarked
package tandem.web.event;

import org.jspecify.annotations.NullMarked;
