/** Trained models in the formats of others. */
@NullMarked
package tandem.formats;

import org.jspecify.annotations.NullMarked;
