/** The page to play with, and its HTTP interface: what is asked for, who may ask, and how it is answered. */
@NullMarked
package tandem.web;

import org.jspecify.annotations.NullMarked;
