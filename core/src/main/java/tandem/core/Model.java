package tandem.core;

/**
 * A trained network: its sizes and its parameters.
 *
 * @param network without dropout, which prediction does not need and files do not tell
 * @param parameters of the network
 */
public record Model(Network network, Parameters parameters) {}
