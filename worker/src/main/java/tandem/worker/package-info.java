/**
 * The process an engine runs in. It knows core and one engine, never the lab: it reads requests, trains, measures,
 * proves, predicts or exports, and tells what happens.
 */
@NullMarked
package tandem.worker;

import org.jspecify.annotations.NullMarked;
