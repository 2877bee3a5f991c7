/** Why a network answers as it does, computed by the reference. */
@NullMarked
package tandem.web.insight;

import org.jspecify.annotations.NullMarked;
