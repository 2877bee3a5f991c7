/** Several engines trained on one recipe, and how alike they become. */
@NullMarked
package tandem.lab.compare;

import org.jspecify.annotations.NullMarked;
