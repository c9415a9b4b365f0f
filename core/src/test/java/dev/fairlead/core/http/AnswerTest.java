package dev.fairlead.core.http;

import static dev.fairlead.core.http.Wire.OK;
import static dev.fairlead.core.http.Wire.answer;
import static dev.fairlead.core.http.Wire.answerRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.http.HeadParser.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerTest {
    private static String status(int status, String lines) {
        return "HTTP/1.1 " + status + " Reason\r\n" + lines + "\r\n";
    }

    @Test
    void statusAndReasonAreTakenApart() {
        Head head = answer("HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\n");
        assertThat(head.status()).isEqualTo(404);
        assertThat(head.framing()).isEqualTo(Framing.LENGTH);
        assertThat(head.contentLength()).isEqualTo(3);
        assertThat(Wire.writtenAnswer(head)).isEqualTo("HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\n");
        assertThat(head).hasToString("answer 404");
    }

    @Test
    void theReasonMayBeEmptyMissingOrOdd() {
        assertThat(Wire.writtenAnswer(answer("HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n")))
                .startsWith("HTTP/1.1 200 \r\n");
        assertThat(Wire.writtenAnswer(answer("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n")))
                .startsWith("HTTP/1.1 200 \r\n");
        assertThat(Wire.writtenAnswer(answer("HTTP/1.1 200  a\t\u00e9 \r\nContent-Length: 0\r\n\r\n")))
                .startsWith("HTTP/1.1 200  a\t\u00e9 \r\n");
        assertThat(Wire.writtenAnswer(answer("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n")))
                .startsWith(OK);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 20 OK",
                "HTTP/1.1 2000 OK",
                "HTTP/1.1 099 OK",
                "HTTP/1.1 000 OK",
                "HTTP/1.1 600 OK",
                "HTTP/1.1 999 OK",
                "HTTP/1.1 -20 OK",
                "HTTP/1.1 +20 OK",
                "HTTP/1.1 2x0 OK",
                "HTTP/1.1  200 OK",
                "HTTP/1.1\t200 OK",
                "HTTP/1.1 200\tOK",
                "HTTP/1.1 200OK",
                "HTTP/1.1200 OK",
                "HTTP/1.1",
                "HTTP/1.1 ",
                "HTTP/1.2 200 OK",
                "HTTP/2.0 200 OK",
                "HTTP/2 200 OK",
                "HTTP/0.9 200 OK",
                "http/1.1 200 OK",
                "ICY 200 OK",
                "HTTP/1.1 200 O\0K",
                "HTTP/1.1 200 O\rK",
                "HTTP/1.1 200 OK\r",
                "HTTP/1.1 200 OK\u007f",
                " HTTP/1.1 200 OK",
                "HTTP/1.1 \u0662\u0660\u0660 OK",
                "GET / HTTP/1.1",
                "200 OK",
                "",
                "x"
            })
    void oddStatusLinesAreBadAnswers(String line) {
        assertThat(answerRefusal(line + "\r\nContent-Length: 0\r\n\r\n")).isEqualTo(Failure.BAD_ANSWER);
    }

    @Test
    void whatIsNoAnswerIsRefusedBeforeItsLineEnds() {
        var bad = new Progress.Bad(Failure.BAD_ANSWER);
        assertThat(HeadParser.answer(Wire.holding("<html>"), Wire.LIMITS)).isEqualTo(bad);
        assertThat(HeadParser.answer(Wire.holding("\r\n"), Wire.LIMITS)).isEqualTo(bad);
        assertThat(HeadParser.answer(Wire.holding("\0"), Wire.LIMITS)).isEqualTo(bad);
        assertThat(HeadParser.answer(Wire.holding("HTT"), Wire.LIMITS)).isEqualTo(Progress.MORE);
    }

    @ParameterizedTest
    @ValueSource(strings = {" A: b", "A : b", "A: b\n", "A: b\rc", "A: \0", "A: b\r\n c", "A", ": b"})
    void badFieldLinesAreBadAnswers(String line) {
        assertThat(answerRefusal(OK + line + "\r\n\r\n")).isEqualTo(Failure.BAD_ANSWER);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n",
                "Content-Length: 5\r\nContent-Length: 5\r\n",
                "Content-Length: 5\r\nContent-Length: 6\r\n",
                "Content-Length: 5, 5\r\n",
                "Content-Length: +5\r\n",
                "Content-Length: -1\r\n",
                "Content-Length: 0x5\r\n",
                "Content-Length:\r\n",
                "Content-Length: 99999999999999999999\r\n",
                "Transfer-Encoding: identity\r\n",
                "Transfer-Encoding: gzip, chunked\r\n",
                "Transfer-Encoding: chunked, chunked\r\n",
                "Transfer-Encoding: chunked;q=1\r\n",
                "Transfer-Encoding: xchunked\r\n",
                "Transfer-Encoding:\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"
            })
    void twoLengthsOrAnythingButPlainChunkedIsABadAnswer(String lines) {
        assertThat(answerRefusal(OK + lines + "\r\n")).isEqualTo(Failure.BAD_ANSWER);
        assertThat(answerRefusal(status(304, lines))).isEqualTo(Failure.BAD_ANSWER);
        assertThat(answerRefusal(status(204, lines))).isEqualTo(Failure.BAD_ANSWER);
        assertThat(answerRefusal(status(100, lines))).isEqualTo(Failure.BAD_ANSWER);
    }

    @Test
    void chunkedIsTakenOutForTheBodyIsFramedAnew() {
        Head head = answer(OK + "Transfer-Encoding: Chunked\r\nA: 1\r\n\r\n");
        assertThat(head.framing()).isEqualTo(Framing.CHUNKED);
        assertThat(Wire.writtenAnswer(head)).isEqualTo(OK + "A: 1\r\nTransfer-Encoding: chunked\r\n\r\n");
        var writer = new HeadWriter();
        writer.answer(head, Framing.UNTIL_CLOSE, HeadWriter.Connection.CLOSE);
        assertThat(Wire.text(writer)).isEqualTo(OK + "A: 1\r\nConnection: close\r\n\r\n");
    }

    @Test
    void withoutLengthAndCodingTheBodyLastsUntilTheEnd() {
        assertThat(answer(OK + "\r\n").framing()).isEqualTo(Framing.UNTIL_CLOSE);
        assertThat(answer("HTTP/1.0 200 OK\r\n\r\n").framing()).isEqualTo(Framing.UNTIL_CLOSE);
        assertThat(answer(OK + "Content-Length: 0\r\n\r\n").framing()).isEqualTo(Framing.LENGTH);
    }

    @Test
    void versionOneZeroKnowsNoChunks() {
        assertThat(answerRefusal("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"))
                .isEqualTo(Failure.BAD_ANSWER);
        Head head = answer("HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\n");
        assertThat(head.http10()).isTrue();
        assertThat(head.contentLength()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 101, 102, 103, 199, 204})
    void interimAnswersAndNoContentHaveNeitherBodyNorLength(int status) {
        Head head = answer(status(status, "Content-Length: 5\r\nA: 1\r\n"));
        assertThat(head.framing()).isEqualTo(Framing.NONE);
        assertThat(Wire.writtenAnswer(head)).isEqualTo(status(status, "A: 1\r\n"));
        head = answer(status(status, "Transfer-Encoding: chunked\r\nA: 1\r\n"));
        assertThat(head.framing()).isEqualTo(Framing.NONE);
        assertThat(Wire.writtenAnswer(head)).isEqualTo(status(status, "A: 1\r\n"));
    }

    @Test
    void notModifiedKeepsItsLengthButHasNoBody() {
        Head head = answer(status(304, "Content-Length: 5\r\n"));
        assertThat(head.framing()).isEqualTo(Framing.NONE);
        assertThat(Wire.writtenAnswer(head)).isEqualTo(status(304, "Content-Length: 5\r\n"));
        assertThat(answer(status(304, "")).framing()).isEqualTo(Framing.NONE);
        assertThat(answer(status(304, "Transfer-Encoding: chunked\r\n")).framing())
                .isEqualTo(Framing.NONE);
    }

    @Test
    void theAnswerToHeadKeepsItsLengthButHasNoBody() {
        Head head = answer(OK + "Content-Length: 5\r\n\r\n", true);
        assertThat(head.framing()).isEqualTo(Framing.NONE);
        assertThat(Wire.writtenAnswer(head)).isEqualTo(OK + "Content-Length: 5\r\n\r\n");
        assertThat(answer(OK + "\r\n", true).framing()).isEqualTo(Framing.NONE);
        assertThat(answer(OK + "Transfer-Encoding: chunked\r\n\r\n", true).framing())
                .isEqualTo(Framing.NONE);
    }

    @Test
    void anAnswerWithoutFieldsIsWritten() {
        assertThat(Wire.writtenAnswer(answer("HTTP/1.1 200 OK\r\n\r\n", true))).isEqualTo("HTTP/1.1 200 OK\r\n\r\n");
    }
}
