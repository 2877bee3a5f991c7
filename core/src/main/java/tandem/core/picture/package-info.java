/** Pictures of digits as people have them, made into images as MNIST has them. */
@NullMarked
package tandem.core.picture;

import org.jspecify.annotations.NullMarked;
