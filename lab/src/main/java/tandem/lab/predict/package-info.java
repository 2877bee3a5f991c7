/** What every engine takes pictures for, by one model. */
package tandem.lab.predict;
