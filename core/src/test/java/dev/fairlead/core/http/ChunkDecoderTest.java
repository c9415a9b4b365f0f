package dev.fairlead.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkDecoderTest {
    /** The data of a body up to its trailers, with {@code !} where it broke and {@code ?} where it stopped short. */
    static String decode(ChunkDecoder decoder, String text) {
        byte[] bytes = Wire.bytes(text);
        var data = new StringBuilder();
        int at = 0;
        while (at < bytes.length && !decoder.atTrailers()) {
            if (decoder.data() > 0) {
                int length = (int) Math.min(decoder.data(), bytes.length - at);
                data.append(text, at, at + length);
                decoder.taken(length);
                at += length;
            } else {
                decoder.framing(bytes[at++]);
                if (decoder.bad()) {
                    return data + "!";
                }
            }
        }
        return decoder.atTrailers() ? data + text.substring(at) : data + "?";
    }

    private static String decode(String text) {
        return decode(new ChunkDecoder(), text);
    }

    @Test
    void chunksAreJoined() {
        assertThat(decode("5\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\n")).isEqualTo("hello world");
        assertThat(decode("0\r\n")).isEmpty();
    }

    @Test
    void sizesAreHexadecimalInAnyCase() {
        assertThat(decode("A\r\n0123456789\r\n0\r\n")).isEqualTo("0123456789");
        assertThat(decode("00a\r\n0123456789\r\n00\r\n")).isEqualTo("0123456789");
        assertThat(decode("1F\r\n" + "x".repeat(31) + "\r\n0\r\n")).hasSize(31);
        assertThat(decode("1f\r\n" + "x".repeat(31) + "\r\n0\r\n")).hasSize(31);
    }

    @Test
    void dataMayLookLikeFraming() {
        assertThat(decode("7\r\n0\r\n\r\n0\r\r\n0\r\n")).isEqualTo("0\r\n\r\n0\r");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\n", "g\r\n", "-1\r\n", "+1\r\n", "0x1\r\n", " 1\r\nx", "1 \r\nx", "1\t\r\nx", "\t1\r\n", "1,\r\n",
                        "1.0\r\n", "1_0\r\n",
                "\n1\r\n", "1\nx", "1\r\rx", "1\rx", "1\r \n", "\0", "1\0\r\n", "\u00b9\r\n", "\"1\"\r\n",
                        "1\u000b\r\n", "1h\r\n", ";\r\n",
                ";a\r\n", "1\r\n\nx"
            })
    void anythingButDigitsAndAnEndIsNoSize(String text) {
        assertThat(decode(text + "1\r\nx\r\n0\r\n")).as(text).endsWith("!");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1\r\nxy\r\n0\r\n",
                "1\r\nx\n0\r\n",
                "1\r\nx\r0\r\n",
                "1\r\nx0\r\n",
                "1\r\nx\r\r\n0\r\n",
                "1\r\nx \r\n0\r\n",
                "1\r\nx\n\r0\r\n"
            })
    void dataMustEndWhereItsSizeSays(String text) {
        assertThat(decode(text)).startsWith("x").endsWith("!");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1000000000000000",
                "8000000000000001",
                "ffffffffffffffff",
                "10000000000000000",
                "0000000000000001"
            })
    void sizesOfMoreThanFifteenDigitsAreRefused(String size) {
        assertThat(decode(size + "\r\nx\r\n0\r\n")).isEqualTo("!");
    }

    @Test
    void theLargestSizeIsTaken() {
        var decoder = new ChunkDecoder();
        decode(decoder, "fffffffffffffff\r\n");
        assertThat(decoder.data()).isEqualTo((1L << 60) - 1);
        decoder.taken((1L << 60) - 2);
        assertThat(decode(decoder, "x\r\n0\r\n")).isEqualTo("x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ";a",
                ";a=b",
                ";a=\"b\"",
                ";a;b;c",
                ";a=\"\"",
                ";a=\"\\\"\\\\;,\t\u00e9\"",
                ";a=b;c=\"d\";e",
                ";!#$=~"
            })
    void wellFormedExtensionsAreSkipped(String extension) {
        assertThat(decode("1" + extension + "\r\nx\r\n0" + extension + "\r\n")).isEqualTo("x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ";",
                ";=",
                ";a=",
                ";a=;",
                "; a",
                ";a ",
                ";a =b",
                ";a= b",
                ";a=b ",
                ";a==b",
                ";a=b=c",
                ";;a",
                ";a;",
                ";a\n",
                ";a\nb",
                ";a\rb",
                ";\r",
                ";\n",
                ";a=\"b",
                ";a=\"b\"c",
                ";a=\"b\" ",
                ";a=b\"c\"",
                ";a=\"\r\n\"",
                ";a=\"\n\"",
                ";a=\"\0\"",
                ";a=\"\\\r\n\"",
                ";a=\"\\\n\"",
                ";a=\"\u007f\"",
                ";\0",
                ";a\0",
                ";a,b",
                ";\u00e9",
                ";a=\u00e9",
                ",a",
                " ;a",
                "\t;a",
                ";a=\"b\"\n",
                ";a=b\n"
            })
    void otherExtensionsAreRefused(String extension) {
        assertThat(decode("1" + extension + "\r\nx\r\n0\r\n")).as(extension).isEqualTo("!");
        assertThat(decode("0" + extension + "\r\n\r\n")).as(extension).isEqualTo("!");
    }

    @Test
    void extensionsAreBoundedForTheWholeBody() {
        assertThat(decode("1;" + "a".repeat(4095) + "\r\nx\r\n0\r\n")).isEqualTo("x");
        assertThat(decode("1;" + "a".repeat(4096) + "\r\nx\r\n0\r\n")).isEqualTo("!");
        assertThat(decode("1;a\r\nx\r\n".repeat(2048) + "0\r\n")).hasSize(2048);
        assertThat(decode("1;a\r\nx\r\n".repeat(2048) + "0;\r\n")).hasSize(2049).endsWith("!");
        assertThat(decode("1;a=\"" + "b".repeat(5000))).isEqualTo("!");
        assertThat(decode("1;a=\"" + "\\b".repeat(5000))).isEqualTo("!");
        assertThat(decode("1" + ";a=\"\"".repeat(2000))).isEqualTo("!");
    }

    @Test
    void whatStopsShortIsNotAtItsEnd() {
        String whole = "3;a=\"b\"\r\nabc\r\n0\r\n";
        for (int cut = 0; cut < whole.length(); cut++) {
            assertThat(decode(whole.substring(0, cut))).endsWith("?");
        }
    }

    @Test
    void aBrokenDecoderStaysBrokenUntilItIsReset() {
        var decoder = new ChunkDecoder();
        assertThat(decode(decoder, "1;a=\"b\"x")).isEqualTo("!");
        assertThat(decode(decoder, "1\r\nx\r\n0\r\n")).isEqualTo("!");
        decoder.reset();
        assertThat(decode(decoder, "1\r\nx\r\n0\r\n")).isEqualTo("x");
        decoder.reset();
        assertThat(decode(decoder, "0\r\n")).isEmpty();
        assertThat(decoder.data()).isZero();
    }
}
