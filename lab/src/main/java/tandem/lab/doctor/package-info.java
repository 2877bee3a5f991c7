/** Whether all that Tandem needs on this machine is there and whole, and what to do if not. */
@NullMarked
package tandem.lab.doctor;

import org.jspecify.annotations.NullMarked;
