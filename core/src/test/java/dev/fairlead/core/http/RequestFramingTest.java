package dev.fairlead.core.http;

import static dev.fairlead.core.http.Wire.POST;
import static dev.fairlead.core.http.Wire.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.fail.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestFramingTest {
    @Test
    void withoutLengthOrCodingThereIsNoBody() {
        assertThat(Wire.accepted(POST + "\r\n").framing()).isEqualTo(Framing.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "5", "1234567890", "999999999999999999"})
    void digitsAreALength(String digits) {
        Head head = Wire.accepted(POST + "Content-Length: " + digits + "\r\n\r\n");
        assertThat(head.framing()).isEqualTo(Framing.LENGTH);
        assertThat(head.contentLength()).isEqualTo(Long.parseLong(digits));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "+5",
                "-5",
                "-0",
                "5 ,5",
                "5,5",
                "5, 5",
                "5,6",
                ",5",
                "5,",
                "0x5",
                "0X5",
                "5h",
                "5a",
                "a",
                "5.0",
                "5e0",
                "1_000",
                "5 5",
                "5\t5",
                "\"5\"",
                "5;q=1",
                "'5'",
                "5 \u000b",
                "5\u00a0",
                "\u0665",
                "\u00b2",
                "9223372036854775807",
                "9223372036854775808",
                "18446744073709551615",
                "18446744073709551621",
                "99999999999999999999999999999999",
                "0000000000000000005"
            })
    void anythingElseIsNoLength(String value) {
        assertThat(refusal(POST + "Content-Length: " + value + "\r\n\r\n"))
                .isIn(Failure.BAD_FRAMING, Failure.BAD_REQUEST);
    }

    @Test
    void whiteSpaceAroundALengthIsAllowedForTheGrammarSaysSo() {
        assertThat(Wire.accepted(POST + "Content-Length:   5\t \r\n\r\n").contentLength())
                .isEqualTo(5);
        assertThat(Wire.accepted(POST + "content-length:5\r\n\r\n").contentLength())
                .isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "6", "", "x"})
    void aSecondLengthIsRefusedEvenIfItAgrees(String second) {
        assertThat(refusal(POST + "Content-Length: 5\r\ncontent-length: " + second + "\r\n\r\n"))
                .isEqualTo(Failure.BAD_FRAMING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"chunked", "Chunked", "CHUNKED", "  chunked", "\tchunked\t", "chunked \t "})
    void chunkedAloneIsChunked(String coding) {
        assertThat(Wire.accepted(POST + "Transfer-Encoding:" + coding + "\r\n\r\n")
                        .framing())
                .isEqualTo(Framing.CHUNKED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",",
                "identity",
                "gzip",
                "xchunked",
                "chunkedx",
                "x chunked",
                "chunked x",
                "chunked;q=1",
                "chunked; foo=bar",
                "chunked,",
                "chunked, ",
                ",chunked",
                ", chunked",
                "chunked, chunked",
                "chunked,chunked",
                "chunked, identity",
                "identity, chunked",
                "chunked, gzip",
                "\"chunked\"",
                "'chunked'",
                "chun ked",
                "chunk",
                "chunkedchunked",
                "\u000bchunked",
                "\u000cchunked",
                "chunked\u000b",
                "\u00a0chunked",
                "chunked\u0000",
                "chunked\u007f",
                "x, , chunked",
                "gzip;, chunked",
                "gzip chunked",
                "gzip\tchunked",
                "chunked, gzip, chunked",
                "gz(ip, chunked"
            })
    void everyOtherSpellingOfACodingIsRefused(String coding) {
        assertThat(refusal(POST + "Transfer-Encoding: " + coding + "\r\n\r\n"))
                .as(coding)
                .isIn(Failure.BAD_FRAMING, Failure.BAD_REQUEST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip, chunked", "gzip,chunked", "GZIP ,\tChunked", "x-a, deflate, chunked"})
    void otherCodingsBeforeChunkedAreUnderstoodButNotImplemented(String coding) {
        assertThat(refusal(POST + "Transfer-Encoding: " + coding + "\r\n\r\n"))
                .isEqualTo(Failure.METHOD_NOT_IMPLEMENTED);
    }

    @Test
    void twoCodingFieldsAreRefused() {
        for (String second : new String[] {"chunked", "identity", "x", "", "gzip"}) {
            assertThat(refusal(POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: " + second + "\r\n\r\n"))
                    .isEqualTo(Failure.BAD_FRAMING);
            assertThat(refusal(POST + "Transfer-Encoding: " + second + "\r\ntransfer-encoding: chunked\r\n\r\n"))
                    .isEqualTo(Failure.BAD_FRAMING);
        }
    }

    @Test
    void lengthAndCodingTogetherAreRefusedInEitherOrder() {
        assertThat(refusal(POST + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"))
                .isEqualTo(Failure.BAD_FRAMING);
        assertThat(refusal(POST + "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n"))
                .isEqualTo(Failure.BAD_FRAMING);
        assertThat(refusal(POST + "Transfer-Encoding: identity\r\nContent-Length: 5\r\n\r\n"))
                .isEqualTo(Failure.BAD_FRAMING);
        assertThat(refusal(POST + "Transfer-Encoding: gzip, chunked\r\nContent-Length: 5\r\n\r\n"))
                .isEqualTo(Failure.BAD_FRAMING);
    }

    @Test
    void versionOneZeroKnowsNoChunks() {
        assertThat(refusal("POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"))
                .isEqualTo(Failure.BAD_FRAMING);
        assertThat(Wire.accepted("POST / HTTP/1.0\r\nContent-Length: 3\r\n\r\n").contentLength())
                .isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Content_Length: 5", "content_length: 5", "Transfer_Encoding: chunked", "TRANSFER_ENCODING: x"})
    void framingNamesWithAnUnderscoreAreRefused(String line) {
        assertThat(refusal(POST + line + "\r\n\r\n")).isEqualTo(Failure.BAD_FRAMING);
    }

    @Test
    void forwardedNamesWithAnUnderscoreAreTakenOut() {
        Head head = Wire.accepted(POST
                + "X_Forwarded_For: 1\r\nX-Forwarded_Proto: 2\r\nx_forwarded-host: 3\r\nX_FORWARDED_PORT: 4\r\n"
                + "X_Request_Id: 5\r\nX_Other: 6\r\n_: 7\r\n\r\n");
        assertThat(Wire.written(head)).isEqualTo(POST + "X_Other: 6\r\n_: 7\r\n\r\n");
    }

    @Test
    void aBodyIsFramedForAnyMethod() {
        for (String method : new String[] {"GET", "HEAD", "DELETE", "OPTIONS", "BREW"}) {
            String start = method + " / HTTP/1.1\r\nHost: h\r\n";
            assertThat(Wire.accepted(start + "Content-Length: 5\r\n\r\n").framing())
                    .isEqualTo(Framing.LENGTH);
            assertThat(Wire.accepted(start + "Transfer-Encoding: chunked\r\n\r\n")
                            .framing())
                    .isEqualTo(Framing.CHUNKED);
        }
    }
}
