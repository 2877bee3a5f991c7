/** Trained models in the formats of others. */
package tandem.formats;
