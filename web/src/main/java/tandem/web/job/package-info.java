/** Work that takes a while, one piece at a time: trainings and proofs. */
@NullMarked
package tandem.web.job;

import org.jspecify.annotations.NullMarked;
