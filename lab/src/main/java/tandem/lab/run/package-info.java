/** Run directories: what every command writes, on which machine, and where a run goes on. */
@NullMarked
package tandem.lab.run;

import org.jspecify.annotations.NullMarked;
