package tandem.spark;

/** A host cannot run Tandem at all; its message is one sentence for the user. */
final class HostException extends RuntimeException {
    private static final long serialVersionUID = 1;

    HostException(String sentence) {
        super(sentence);
    }
}
