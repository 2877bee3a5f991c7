/** The command line: one class for each command, its options, and what it prints. */
@NullMarked
package tandem.app;

import org.jspecify.annotations.NullMarked;
