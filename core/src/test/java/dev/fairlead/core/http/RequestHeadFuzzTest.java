package dev.fairlead.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.Tag;

/** Whole client connections: never an exception, and whatever the pieces, the same requests. */
@Tag("fuzz")
class RequestHeadFuzzTest {
    private static final HeadLimits LIMITS = new HeadLimits(256, 1024, 16);

    @FuzzTest
    void anyBytesInAnyPiecesAreServedAsInOne(byte[] bytes) {
        String whole = Serving.of(bytes, LIMITS).told();
        var one = new Serving(LIMITS);
        for (int i = 0; i < bytes.length; i++) {
            one.feed(bytes, i, i + 1);
        }
        assertThat(one.told()).isEqualTo(whole);
        int cut = bytes.length == 0 ? 0 : (bytes[bytes.length - 1] & 0xFF) % bytes.length;
        var two = new Serving(LIMITS);
        two.feed(bytes, 0, cut);
        two.feed(bytes, cut, bytes.length);
        assertThat(two.told()).isEqualTo(whole);
    }
}
