/** What happens while a command works, how it is asked to stop, and how work ends. */
@NullMarked
package tandem.lab.progress;

import org.jspecify.annotations.NullMarked;
