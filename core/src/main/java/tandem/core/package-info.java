/** What everything is made of: recipes, networks and their parameters, and files that are whole or absent. */
@NullMarked
package tandem.core;

import org.jspecify.annotations.NullMarked;
