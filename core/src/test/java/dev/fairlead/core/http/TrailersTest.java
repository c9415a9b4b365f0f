package dev.fairlead.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.http.HeadParser.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrailersTest {
    private static String lastChunk(Head trailers) {
        var writer = new HeadWriter();
        writer.lastChunk(trailers);
        return Wire.text(writer);
    }

    @Test
    void anEmptyLineIsNoTrailersAtAll() {
        Head head = Wire.trailers("\r\n");
        assertThat(head.count()).isZero();
        assertThat(head.length()).isEqualTo(2);
        assertThat(lastChunk(head)).isEqualTo("0\r\n\r\n");
    }

    @Test
    void trailersAreParsedAndWritten() {
        Head head = Wire.trailers("grpc-status: 0\r\nX-Sum:\tabc \r\nA: 1\r\n\r\nGET / HTTP/1.1\r\n");
        assertThat(head.count()).isEqualTo(3);
        head.dropRest();
        assertThat(lastChunk(head)).isEqualTo("0\r\ngrpc-status: 0\r\nX-Sum: abc\r\nA: 1\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " A: b\r\n\r\n",
                "A : b\r\n\r\n",
                "A: b\r\n c\r\n\r\n",
                "A\r\n\r\n",
                ": b\r\n\r\n",
                "A: \0\r\n\r\n",
                "A: b\n\r\n",
                "\n",
                "\r\r\n",
                "A: b\rX\r\n\r\n",
                "GET / HTTP/1.1\r\n",
                "A: b\r\n\n",
                "0\r\n\r\n"
            })
    void malformedTrailersAreRefused(String text) {
        assertThat(HeadParser.trailers(Wire.holding(text), Wire.LIMITS))
                .isEqualTo(new Progress.Bad(Failure.BAD_TRAILER));
    }

    @Test
    void whatMustNotStandInTrailersIsTakenOut() {
        var text = new StringBuilder();
        for (Known known : Known.values()) {
            text.append(known.text()).append(": 1\r\n");
        }
        Head head = Wire.trailers(text + "X-Sum: 2\r\n\r\n");
        HeadRules.cleanTrailers(head);
        assertThat(lastChunk(head)).isEqualTo("0\r\nX-Sum: 2\r\n\r\n");
    }

    @Test
    void spelledWithAnUnderscoreItIsTakenOutToo() {
        Head head =
                Wire.trailers("Content_Length: 1\r\nTransfer_Encoding: x\r\nX_Forwarded-For: 1\r\nX_Sum: 2\r\n\r\n");
        HeadRules.cleanTrailers(head);
        assertThat(lastChunk(head)).isEqualTo("0\r\nX_Sum: 2\r\n\r\n");
    }
}
