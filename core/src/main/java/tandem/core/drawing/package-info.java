/** Small pictures for notebooks: curves and digits, on what the JDK has. */
package tandem.core.drawing;
