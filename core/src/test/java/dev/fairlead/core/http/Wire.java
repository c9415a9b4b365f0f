package dev.fairlead.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.http.HeadParser.Progress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Text to heads and back, so that a test is one line. Text is ISO-8859-1: a char is a byte. */
final class Wire {
    static final HeadLimits LIMITS = new HeadLimits(8 * 1024, 64 * 1024, 100);

    /** A request with a Host, ready for more field lines, each with its end, and the last empty line. */
    static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n";

    static final String POST = "POST / HTTP/1.1\r\nHost: h\r\n";
    static final String OK = "HTTP/1.1 200 OK\r\n";

    private Wire() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    static Head holding(String text) {
        var head = new Head();
        byte[] bytes = bytes(text);
        head.append(bytes, 0, bytes.length);
        return head;
    }

    /** A request's head by the grammar alone. */
    static Head parsed(String text) {
        Head head = holding(text);
        assertThat(HeadParser.request(head, LIMITS)).as(text).isEqualTo(Progress.DONE);
        return head;
    }

    static Progress grammar(String text) {
        return HeadParser.request(holding(text), LIMITS);
    }

    /** Why grammar or rules refuse this request; {@code null} if they do not. */
    static @Nullable Failure refusal(String text) {
        Head head = holding(text);
        return switch (HeadParser.request(head, LIMITS)) {
            case Progress.Bad(Failure why) -> why;
            case Progress.Done done -> HeadRules.request(head);
            case Progress.More more -> throw new AssertionError("not whole: " + text);
        };
    }

    /** A request that grammar and rules take. */
    static Head accepted(String text) {
        Head head = parsed(text);
        assertThat(HeadRules.request(head)).as(text).isNull();
        return head;
    }

    /** Why grammar or rules refuse this answer; {@code null} if they do not. */
    static @Nullable Failure answerRefusal(String text) {
        Head head = holding(text);
        return switch (HeadParser.answer(head, LIMITS)) {
            case Progress.Bad(Failure why) -> why;
            case Progress.Done done -> HeadRules.answer(head, false);
            case Progress.More more -> throw new AssertionError("not whole: " + text);
        };
    }

    /** An answer that grammar and rules take. */
    static Head answer(String text, boolean toHead) {
        Head head = holding(text);
        assertThat(HeadParser.answer(head, LIMITS)).as(text).isEqualTo(Progress.DONE);
        assertThat(HeadRules.answer(head, toHead)).as(text).isNull();
        return head;
    }

    static Head answer(String text) {
        return answer(text, false);
    }

    /** Trailers that the grammar takes. */
    static Head trailers(String text) {
        Head head = holding(text);
        assertThat(HeadParser.trailers(head, LIMITS)).as(text).isEqualTo(Progress.DONE);
        return head;
    }

    static String written(Head request) {
        var writer = new HeadWriter();
        writer.request(request, HeadWriter.Connection.DEFAULT);
        return text(writer);
    }

    static String writtenAnswer(Head answer) {
        var writer = new HeadWriter();
        writer.answer(answer, answer.framing(), HeadWriter.Connection.DEFAULT);
        return text(writer);
    }

    static String text(HeadWriter writer) {
        return new String(writer.bytes(), 0, writer.size(), StandardCharsets.ISO_8859_1);
    }

    static String target(Head head) {
        return head.text(head.targetStart(), head.targetEnd());
    }

    static String name(Head head, int field) {
        return head.text(head.nameStart(field), head.nameEnd(field));
    }

    /** The value of the first field of this name that is left. */
    static String value(Head head, String lowerName) {
        int field = head.find(lowerName);
        assertThat(field).as("field " + lowerName).isNotNegative();
        return head.value(field);
    }
}
