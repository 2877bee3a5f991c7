package tandem.spark;

import java.io.Serializable;

/**
 * How a trial ended.
 *
 * @param host where it ran
 * @param json what Tandem says of it
 * @param model the bytes of the trained model's file; empty if it is not kept
 */
record Reply(String host, String json, byte[] model) implements Serializable {}
