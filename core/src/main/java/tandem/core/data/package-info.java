/** Datasets: where they are, how they are fetched and verified, and their images. */
@NullMarked
package tandem.core.data;

import org.jspecify.annotations.NullMarked;
