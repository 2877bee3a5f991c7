/** Tables as data, so that a terminal and a report say the same. */
@NullMarked
package tandem.lab.table;

import org.jspecify.annotations.NullMarked;
