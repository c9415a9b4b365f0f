package dev.fairlead.core.tls;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.fairlead.core.tls.HelloReader.State;
import org.junit.jupiter.api.Tag;

/** First messages of clients: never an exception, and the same however they come in. */
@Tag("fuzz")
class ClientHelloFuzzTest {
    @FuzzTest
    void theVerdictDoesNotDependOnThePieces(byte[] bytes) {
        var whole = new HelloReader();
        State state = whole.feed(bytes, 0, bytes.length);
        var apart = new HelloReader();
        State last = State.MORE;
        for (int at = 0; at < bytes.length && last == State.MORE; at++) {
            last = apart.feed(bytes, at, at + 1);
        }
        if (state == State.WHOLE) {
            assertThat(apart.hello()).isEqualTo(whole.hello());
        } else if (state != State.BAD) {
            assertThat(last).isEqualTo(state);
        }
    }
}
