/** What each kind of run says in its report, from its run directory alone. */
@NullMarked
package tandem.lab.report;

import org.jspecify.annotations.NullMarked;
