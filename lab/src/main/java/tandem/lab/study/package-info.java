/** Many trials, each with a seed of its own: studies of engines, and differences between recipes. */
package tandem.lab.study;
