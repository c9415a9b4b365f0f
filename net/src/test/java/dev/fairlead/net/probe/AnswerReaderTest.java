package dev.fairlead.net.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.net.probe.AnswerReader.Progress;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerReaderTest {
    private static Progress feed(AnswerReader reader, String text) {
        return reader.feed(Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 503 \r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
                "HTTP/1.1 404 Not Found\r\nA:\r\n\r\n",
                "HTTP/1.1 200 OK\r\n folded\r\n\r\n",
                "HTTP/1.1 200 OK\r\nA: \u0000\r\n\r\n",
                "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n",
                "HTTP/1.1 099 OK\r\n\r\n",
                "HTTP/1.1 600 OK\r\n\r\n",
                "HTTP/1.12 200 OK\r\n\r\n",
                "HTTP/1.1  200 OK\r\n\r\n",
                "\r\nHTTP/1.1 200 OK\r\n\r\n",
                "HTTQ/1.1 200 OK\r\n\r\n",
            })
    void howTheBytesAreSplitDoesNotMatter(String answer) {
        var whole = new AnswerReader();
        Progress expected = feed(whole, answer);
        var random = new SplittableRandom(answer.hashCode());
        for (int round = 0; round < 200; round++) {
            var reader = new AnswerReader();
            Progress progress = Progress.MORE;
            for (int from = 0; from < answer.length(); ) {
                int to = Math.min(answer.length(), from + 1 + random.nextInt(round == 0 ? 1 : 9));
                progress = feed(reader, answer.substring(from, to));
                from = to;
            }
            assertThat(progress).isEqualTo(expected);
            assertThat(reader.status()).isEqualTo(whole.status());
            assertThat(reader.body().text(100)).isEqualTo(whole.body().text(100));
            assertThat(reader.problem().isEmpty()).isEqualTo(whole.problem().isEmpty());
        }
    }

    @Test
    void headsTogetherAreLimitedSoInterimOnesCannotGoOnForEver() {
        var reader = new AnswerReader();
        Progress progress = Progress.MORE;
        int fed = 0;
        while (progress == Progress.MORE) {
            String interim = "HTTP/1.1 102 Processing\r\n\r\n";
            progress = feed(reader, interim);
            fed += interim.length();
        }
        assertThat(progress).isEqualTo(Progress.BAD);
        assertThat(reader.problem()).isEqualTo("head over 16 KiB");
        assertThat(fed).isBetween(AnswerReader.MAX_HEAD, AnswerReader.MAX_HEAD + 100);
    }

    @Test
    void randomBytesNeverPassAndNeverThrow() {
        var random = new SplittableRandom(9);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(60)];
            random.nextBytes(bytes);
            var reader = new AnswerReader();
            feed(reader, random.nextBoolean() ? "HTTP/1.1 200 OK\r\n" : "");
            assertThat(reader.feed(Unpooled.wrappedBuffer(bytes))).isNotEqualTo(Progress.HEAD);
        }
    }
}
