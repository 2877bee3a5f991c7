/** Every random value as a function of the seed, as docs/randomness.md describes it. */
@NullMarked
package tandem.core.random;

import org.jspecify.annotations.NullMarked;
