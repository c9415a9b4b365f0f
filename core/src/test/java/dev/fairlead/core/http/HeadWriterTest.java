package dev.fairlead.core.http;

import static dev.fairlead.core.http.Wire.GET;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class HeadWriterTest {
    private final HeadWriter writer = new HeadWriter();

    private static String connection(HeadWriter.Connection connection) {
        return switch (connection) {
            case DEFAULT -> "";
            case CLOSE -> "Connection: close\r\n";
            case KEEP_ALIVE -> "Connection: keep-alive\r\n";
            case UPGRADE -> "Connection: Upgrade\r\n";
        };
    }

    @Test
    void linesThatAreNotCanonicalAreMadeSo() {
        Head head =
                Wire.accepted(GET + "A:1\r\nB: 2\r\nC:  3 \t\r\nD: 4\r\nE: 5\r\nF:\t6\r\nG:\r\nH: \r\nI: 7 \r\n\r\n");
        assertThat(Wire.written(head))
                .isEqualTo(GET + "A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\nE: 5\r\nF: 6\r\nG: \r\nH: \r\nI: 7\r\n\r\n");
    }

    @Test
    void aNotCanonicalFirstOrLastFieldIsWrittenToo() {
        Head head = Wire.accepted("GET / HTTP/1.1\r\nHost:h\r\nA: 1\r\nB:2\r\n\r\n");
        assertThat(Wire.written(head)).isEqualTo("GET / HTTP/1.1\r\nHost: h\r\nA: 1\r\nB: 2\r\n\r\n");
    }

    @Test
    void namesKeepTheirSpelling() {
        assertThat(Wire.written(Wire.accepted("GET / HTTP/1.1\r\nhOsT: h\r\nx-UPPER: v\r\n\r\n")))
                .isEqualTo("GET / HTTP/1.1\r\nhOsT: h\r\nx-UPPER: v\r\n\r\n");
    }

    @Test
    void versionOneZeroGoesOutAsOneOne() {
        assertThat(Wire.written(Wire.accepted("GET / HTTP/1.0\r\nHost: h\r\n\r\n")))
                .isEqualTo(GET + "\r\n");
    }

    @ParameterizedTest
    @EnumSource
    void whatConnectionIsToSayComesLast(HeadWriter.Connection connection) {
        writer.request(Wire.accepted(GET + "\r\n"), connection);
        assertThat(Wire.text(writer)).isEqualTo(GET + connection(connection) + "\r\n");
        writer.answer(Wire.answer(Wire.OK + "Content-Length: 0\r\n\r\n"), Framing.LENGTH, connection);
        assertThat(Wire.text(writer)).isEqualTo(Wire.OK + "Content-Length: 0\r\n" + connection(connection) + "\r\n");
        writer.reply(503, "No", Wire.bytes("A: 1\r\n"), Wire.bytes("body"), true, connection);
        assertThat(Wire.text(writer))
                .isEqualTo("HTTP/1.1 503 No\r\nA: 1\r\nContent-Length: 4\r\n" + connection(connection) + "\r\nbody");
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "9", "10", "99", "100", "1000", "12345"})
    void lengthsAreSpeltInDigits(int length) {
        writer.reply(200, "OK", new byte[0], new byte[length], false, HeadWriter.Connection.DEFAULT);
        assertThat(Wire.text(writer)).isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
        writer.reply(200, "OK", new byte[0], Wire.bytes("x".repeat(length)), true, HeadWriter.Connection.DEFAULT);
        assertThat(Wire.text(writer))
                .isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n" + "x".repeat(length));
    }

    @Test
    void aWriterIsUsedAgainAndGrows() {
        String large = GET + "A: " + "x".repeat(10_000) + "\r\n\r\n";
        for (int i = 0; i < 3; i++) {
            writer.request(Wire.accepted(large), HeadWriter.Connection.DEFAULT);
            assertThat(Wire.text(writer)).isEqualTo(large);
            writer.request(Wire.accepted(GET + "\r\n"), HeadWriter.Connection.DEFAULT);
            assertThat(Wire.text(writer)).isEqualTo(GET + "\r\n");
        }
    }

    @Test
    void writingDoesNotChangeTheHead() {
        Head head = Wire.accepted(GET + "A:1\r\nB: 2\r\n\r\n");
        assertThat(Wire.written(head)).isEqualTo(Wire.written(head));
    }

    @ParameterizedTest
    @CsvSource({"05,5", "0005,5", "00,0", "000000000000000010,10"})
    void aLengthWithLeadingZerosGoesOutWithoutThem(String spelt, long length) {
        String fields = "Content-Length: " + spelt + "\r\nA: 1\r\n\r\n";
        Head request = Wire.accepted(Wire.POST + fields);
        assertThat(request.contentLength()).isEqualTo(length);
        assertThat(Wire.written(request)).isEqualTo(Wire.POST + "A: 1\r\nContent-Length: " + length + "\r\n\r\n");
        Head answer = Wire.answer(Wire.OK + fields);
        assertThat(answer.contentLength()).isEqualTo(length);
        String plain = Wire.OK + "A: 1\r\nContent-Length: " + length + "\r\n\r\n";
        assertThat(Wire.writtenAnswer(answer)).isEqualTo(plain);
        assertThat(Wire.writtenAnswer(Wire.answer(Wire.OK + fields, true))).isEqualTo(plain);
    }
}
