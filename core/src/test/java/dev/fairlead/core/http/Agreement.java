package dev.fairlead.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.http.HeadParser.Progress;
import dev.fairlead.core.http.Reference.Field;
import dev.fairlead.core.http.Reference.Result;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asserts that the real grammar and {@link Reference} read a text alike. */
final class Agreement {
    /** Ends of which at least one makes a request of what can still become one. */
    private static final String[] ENDS = {
        "\r\n\r\n",
        "\n\r\n",
        "\r\n",
        "\n",
        "x\r\n\r\n",
        ":\r\n\r\n",
        "/1.1\r\nHost: h\r\n\r\n",
        ".1\r\nHost: h\r\n\r\n",
        "1\r\nHost: h\r\n\r\n",
        "\r\nHost: h\r\n\r\n",
        "\nHost: h\r\n\r\n",
        " / HTTP/1.1\r\nHost: h\r\n\r\n",
        "/ HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
        "\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",
        " HTTP/1.1\r\nHost: h\r\n\r\n",
        "HTTP/1.1\r\nHost: h\r\n\r\n",
        "TTP/1.1\r\nHost: h\r\n\r\n",
        "TP/1.1\r\nHost: h\r\n\r\n",
        "P/1.1\r\nHost: h\r\n\r\n"
    };

    private Agreement() {}

    static void onRequest(String text) {
        Head head = Wire.holding(text);
        Progress progress = HeadParser.request(head, Wire.LIMITS);
        Failure failure = failure(progress, head, () -> HeadRules.request(head));
        switch (Reference.request(text)) {
            case Result.Refused(String why) ->
                assertThat(failure).as("refused (%s): %s", why, text).isNotNull();
            case Result.Incomplete incomplete -> {
                if (progress instanceof Progress.Bad) {
                    for (String end : ENDS) {
                        assertThat(Reference.request(text + end))
                                .as("given up too early: %s", text)
                                .isNotInstanceOf(Result.Request.class);
                    }
                } else {
                    assertThat(progress).as(text).isEqualTo(Progress.MORE);
                }
            }
            case Result.Request request -> {
                assertThat(failure).as("taken: %s", text).isNull();
                assertThat(head.text(head.methodStart(), head.methodEnd())).isEqualTo(request.method());
                assertThat(Wire.target(head)).as(text).isEqualTo(request.target());
                assertThat(head.http10()).isEqualTo(request.http10());
                assertThat(fields(head).subList(0, request.fields().size())).isEqualTo(request.fields());
                int host = head.find(Known.HOST);
                assertThat(host < 0 ? "" : head.value(host)).isEqualToIgnoringCase(request.host());
                assertThat(body(head)).as(text).isEqualTo(request.body());
            }
            case Result.Answer answer -> throw new AssertionError("an answer");
        }
    }

    static void onAnswer(String text, boolean toHead) {
        Head head = Wire.holding(text);
        Progress progress = HeadParser.answer(head, Wire.LIMITS);
        Failure failure = failure(progress, head, () -> HeadRules.answer(head, toHead));
        switch (Reference.answer(text, toHead)) {
            case Result.Refused(String why) ->
                assertThat(failure).as("refused (%s): %s", why, text).isNotNull();
            case Result.Incomplete incomplete -> {
                if (!(progress instanceof Progress.Bad)) {
                    assertThat(progress).as(text).isEqualTo(Progress.MORE);
                }
            }
            case Result.Answer answer -> {
                assertThat(failure).as("taken: %s", text).isNull();
                assertThat(head.status()).isEqualTo(answer.status());
                assertThat(head.text(head.reasonStart, head.reasonEnd)).isEqualTo(answer.reason());
                assertThat(fields(head).subList(0, answer.fields().size())).isEqualTo(answer.fields());
                assertThat(body(head)).as(text).isEqualTo(answer.body());
            }
            case Result.Request request -> throw new AssertionError("a request");
        }
    }

    static void onChunked(String text) {
        String decoded = ChunkDecoderTest.decode(new ChunkDecoder(), text);
        String expected = Reference.chunked(text);
        var decoder = new ChunkDecoder();
        ChunkDecoderTest.decode(decoder, text);
        if (expected == null) {
            assertThat(decoder.atTrailers()).as("refused: %s", text).isFalse();
        } else {
            assertThat(decoder.atTrailers()).as("taken: %s", text).isTrue();
            assertThat(decoded).startsWith(expected);
        }
    }

    private interface Rules {
        @Nullable
        Failure check();
    }

    private static @Nullable Failure failure(Progress progress, Head head, Rules rules) {
        if (progress instanceof Progress.Bad(Failure why)) {
            return why;
        }
        if (progress == Progress.DONE) {
            // As every caller does before it changes the head.
            head.dropRest();
            return rules.check();
        }
        return null;
    }

    private static List<Field> fields(Head head) {
        List<Field> fields = new ArrayList<>();
        for (int i = 0; i < head.count(); i++) {
            fields.add(new Field(Wire.name(head, i), head.value(i)));
        }
        return fields;
    }

    private static String body(Head head) {
        return switch (head.framing()) {
            case NONE -> "none";
            case LENGTH -> String.valueOf(head.contentLength());
            case CHUNKED -> "chunked";
            case UNTIL_CLOSE -> "until-close";
        };
    }
}
