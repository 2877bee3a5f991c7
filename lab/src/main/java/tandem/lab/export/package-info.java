/** Trained models in the formats of engines' own libraries. */
@NullMarked
package tandem.lab.export;

import org.jspecify.annotations.NullMarked;
