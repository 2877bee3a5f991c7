/**
 * What the notebooks need of a build: the kernel that runs them in Jupyter, and small pictures of curves and digits.
 */
@NullMarked
package tandem.notebooks;

import org.jspecify.annotations.NullMarked;
