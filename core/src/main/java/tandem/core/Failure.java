package tandem.core;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Something a user can mend: its message is one sentence that names what is wrong, where, and what to do. The command
 * line prints the sentence and ends with exit code 1; a stack trace appears only with {@code --verbose}.
 */
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** A failure with its one sentence. */
    public Failure(String sentence) {
        super(sentence);
    }

    /** A failure with its one sentence and what brought it about. */
    public Failure(String sentence, @Nullable Throwable cause) {
        super(sentence, cause);
    }

    /** The one sentence. */
    @Override
    public String getMessage() {
        // Given to the constructor.
        return Objects.requireNonNull(super.getMessage());
    }
}
