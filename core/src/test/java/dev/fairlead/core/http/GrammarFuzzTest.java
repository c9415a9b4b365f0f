package dev.fairlead.core.http;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.Tag;

/** Heads of requests and answers: read as the reference reads them. */
@Tag("fuzz")
class GrammarFuzzTest {
    /** Beyond it limits would have a say, of which the reference knows nothing. */
    private static final int LONGEST = 4096;

    private static final int MOST_LINES = 90;

    @FuzzTest
    void headsAreReadAsTheReferenceReadsThem(byte[] bytes) {
        String text = Wire.text(bytes);
        if (bytes.length > LONGEST || text.chars().filter(c -> c == '\n').count() > MOST_LINES) {
            return;
        }
        Agreement.onRequest(text);
        Agreement.onAnswer(text, bytes.length % 2 == 1);
    }
}
