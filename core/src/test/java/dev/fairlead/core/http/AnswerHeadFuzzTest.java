package dev.fairlead.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.fairlead.core.http.HeadParser.Progress;
import org.junit.jupiter.api.Tag;

/** Answers of backends: never an exception, and what is written reads as it was read. */
@Tag("fuzz")
class AnswerHeadFuzzTest {
    @FuzzTest
    void whatIsTakenIsWrittenAsItWasRead(byte[] bytes) {
        boolean toHead = bytes.length % 2 == 1;
        Head head = Wire.holding(Wire.text(bytes));
        if (HeadParser.answer(head, Wire.LIMITS) != Progress.DONE) {
            return;
        }
        head.dropRest();
        if (HeadRules.answer(head, toHead) != null) {
            return;
        }
        HeadRules.dropHopByHop(head);
        String once = Wire.writtenAnswer(head);
        Head again = Wire.answer(once, toHead);
        assertThat(again.length()).isEqualTo(once.length());
        assertThat(again.framing()).isEqualTo(head.framing());
        assertThat(again.contentLength()).isEqualTo(head.contentLength());
        assertThat(Wire.writtenAnswer(again)).isEqualTo(once);
    }
}
