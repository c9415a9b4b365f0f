package dev.fairlead.core.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.http.HeadParser.Progress;
import org.junit.jupiter.api.Test;

class LimitsTest {
    private static final HeadLimits SMALL = new HeadLimits(32, 64, 3);
    private static final Progress URI_TOO_LONG = new Progress.Bad(Failure.URI_TOO_LONG);
    private static final Progress TOO_LARGE = new Progress.Bad(Failure.HEAD_TOO_LARGE);

    private static Progress request(String text) {
        return HeadParser.request(Wire.holding(text), SMALL);
    }

    private static String line(int length) {
        return "GET /" + "a".repeat(length - 16) + " HTTP/1.1\r\n";
    }

    @Test
    void aStartLineOfExactlyTheLimitPasses() {
        assertThat(line(32)).hasSize(32);
        assertThat(request(line(32) + "\r\n")).isEqualTo(Progress.DONE);
        assertThat(request("\r\n" + line(32) + "\r\n")).isEqualTo(Progress.DONE);
    }

    @Test
    void aLongerStartLineIsTooLongWholeOrNot() {
        assertThat(request(line(33) + "\r\n")).isEqualTo(URI_TOO_LONG);
        assertThat(request("GET /" + "a".repeat(26))).isEqualTo(Progress.MORE);
        assertThat(request("GET /" + "a".repeat(27))).isEqualTo(URI_TOO_LONG);
        assertThat(request("\r\nGET /" + "a".repeat(26))).isEqualTo(Progress.MORE);
        assertThat(request("\r\nGET /" + "a".repeat(27))).isEqualTo(URI_TOO_LONG);
    }

    @Test
    void aLongStartLineIsTooLongHoweverItEnds() {
        assertThat(request("GET /" + "a".repeat(40) + "\n")).isEqualTo(URI_TOO_LONG);
        assertThat(request("GET /" + "a".repeat(40) + "\r\r\n")).isEqualTo(URI_TOO_LONG);
    }

    @Test
    void aHeadOfExactlyTheLimitPasses() {
        String head = "GET / HTTP/1.1\r\nA: " + "b".repeat(64 - 16 - 3 - 4) + "\r\n\r\n";
        assertThat(head).hasSize(64);
        assertThat(request(head)).isEqualTo(Progress.DONE);
    }

    @Test
    void aLargerHeadIsTooLargeWholeOrNot() {
        assertThat(request("GET / HTTP/1.1\r\nA: " + "b".repeat(64 - 16 - 3 - 3) + "\r\n\r\n"))
                .isEqualTo(TOO_LARGE);
        assertThat(request("GET / HTTP/1.1\r\nA: " + "b".repeat(64 - 16 - 3 - 1)))
                .isEqualTo(Progress.MORE);
        assertThat(request("GET / HTTP/1.1\r\nA: " + "b".repeat(64 - 16 - 3))).isEqualTo(TOO_LARGE);
        assertThat(request("GET / HTTP/1.1\r\nA: " + "b".repeat(1000))).isEqualTo(TOO_LARGE);
    }

    @Test
    void whatFollowsTheHeadDoesNotCount() {
        Head head = Wire.holding("GET / HTTP/1.1\r\n\r\n" + "body".repeat(1000));
        assertThat(HeadParser.request(head, SMALL)).isEqualTo(Progress.DONE);
        assertThat(head.length()).isEqualTo(18);
        head.dropRest();
        assertThat(head.size()).isEqualTo(18);
    }

    @Test
    void asManyFieldsAsTheLimitPassAndOneMoreDoesNot() {
        assertThat(request("GET / HTTP/1.1\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n")).isEqualTo(Progress.DONE);
        assertThat(request("GET / HTTP/1.1\r\nA: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n\r\n"))
                .isEqualTo(TOO_LARGE);
    }

    @Test
    void limitsOfAnswersAndTrailersHaveFailuresOfTheirOwn() {
        var answerTooLarge = new Progress.Bad(Failure.ANSWER_HEAD_TOO_LARGE);
        assertThat(HeadParser.answer(Wire.holding("HTTP/1.1 200 " + "a".repeat(30) + "\r\n"), SMALL))
                .isEqualTo(answerTooLarge);
        assertThat(HeadParser.answer(Wire.holding("HTTP/1.1 200 OK\r\nA: " + "b".repeat(99)), SMALL))
                .isEqualTo(answerTooLarge);
        assertThat(HeadParser.answer(Wire.holding("HTTP/1.1 200 OK\r\nA:\r\nB:\r\nC:\r\nD:\r\n"), SMALL))
                .isEqualTo(answerTooLarge);
        assertThat(HeadParser.trailers(Wire.holding("A: " + "b".repeat(99)), SMALL))
                .isEqualTo(TOO_LARGE);
        assertThat(HeadParser.trailers(Wire.holding("A:\r\nB:\r\nC:\r\nD:\r\n"), SMALL))
                .isEqualTo(TOO_LARGE);
    }

    @Test
    void nonsenseLimitsAreRefused() {
        assertThatThrownBy(() -> new HeadLimits(15, 100, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new HeadLimits(101, 100, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new HeadLimits(16, 100, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aHeadGrowsToWhatItHoldsAndKeepsItsContent() {
        var text = new StringBuilder("GET / HTTP/1.1\r\nHost: h\r\n");
        for (int i = 0; i < 90; i++) {
            text.append("X-").append(i).append(": ").append("v".repeat(i * 4)).append("\r\n");
        }
        text.append("\r\n");
        Head head = Wire.accepted(text.toString());
        assertThat(head.footprint()).isGreaterThan(text.length());
        for (int i = 0; i < 90; i++) {
            assertThat(Wire.name(head, i + 1)).isEqualTo("X-" + i);
            assertThat(head.value(i + 1)).isEqualTo("v".repeat(i * 4));
        }
        assertThat(Wire.written(head)).isEqualTo(text.toString());
    }

    @Test
    void aClearedHeadKnowsNothingOfTheOneBefore() {
        Head head = Wire.accepted("POST /long/target HTTP/1.0\r\nHost: h\r\nContent-Length: 5\r\nA: b\r\n\r\n");
        head.drop(Known.HOST);
        head.clear();
        byte[] next = Wire.bytes("GET / HTTP/1.1\r\nHost: i\r\n\r\n");
        head.append(next, 0, next.length);
        assertThat(HeadParser.request(head, Wire.LIMITS)).isEqualTo(Progress.DONE);
        assertThat(HeadRules.request(head)).isNull();
        assertThat(Wire.written(head)).isEqualTo("GET / HTTP/1.1\r\nHost: i\r\n\r\n");
        assertThat(head.framing()).isEqualTo(Framing.NONE);
        assertThat(head.contentLength()).isZero();
        assertThat(head.find(Known.CONTENT_LENGTH)).isNegative();
    }
}
