/** Engines that stay ready to answer, by the model that is served. */
@NullMarked
package tandem.web.live;

import org.jspecify.annotations.NullMarked;
