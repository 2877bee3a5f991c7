package tandem.lab.page;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NumbersTest {

    @ParameterizedTest
    @CsvSource({
        "0, almost done",
        "0.99, almost done",
        "1, about 1 s left",
        "89.4, about 89 s left",
        "90, about 2 min left",
        "5399, about 90 min left",
        "5400, about 1.5 h left",
        "86400, about 24.0 h left"
    })
    void theTimeLeftIsInAUnitThatFits(double seconds, String sentence) {
        assertEquals(sentence, Numbers.timeLeft(seconds));
    }
}
