/** Trained models as files: what they were trained on, and how files of others are read. */
@NullMarked
package tandem.core.model;

import org.jspecify.annotations.NullMarked;
