package dev.fairlead.net.http.h1;

import dev.fairlead.core.http.Framing;
import dev.fairlead.core.http.Head;
import dev.fairlead.core.http.HeadWriter;
import dev.fairlead.core.http.HeadWriter.Connection;
import dev.fairlead.core.http.Method;
import dev.fairlead.net.http.ErrorReplies;
import dev.fairlead.net.transport.Loop;
import org.jspecify.annotations.Nullable;

/**
 * Puts answers into the form that the request they answer can take: its version, its method, and whether the connection
 * goes on after them (RFC 9112 sections 6 and 9). Confined to its event loop.
 */
final class AnswerWriter {
    private final H1Out out;
    private final Loop loop;
    private Framing framing = Framing.NONE;
    private boolean http10;
    private boolean toHead;
    private boolean last;
    private boolean begun;

    AnswerWriter(H1Out out, Loop loop) {
        this.out = out;
        this.loop = loop;
    }

    /** The next answers are to this request. */
    void begin(Head request) {
        http10 = request.http10();
        toHead = request.method() == Method.HEAD;
        last = false;
        begun = false;
        framing = Framing.NONE;
    }

    /** The connection ends with the present answer; one whose head is not out yet says so. */
    void last() {
        last = true;
    }

    boolean isLast() {
        return last;
    }

    /** Whether the head of the final answer is out. */
    boolean begun() {
        return begun;
    }

    /** Whether the end of the present answer is the end of the connection and nothing else. */
    boolean untilClose() {
        return framing == Framing.UNTIL_CLOSE;
    }

    boolean takeInterim() {
        return !http10;
    }

    void interim(Head answer) {
        HeadWriter writer = loop.writer();
        writer.answer(answer, Framing.NONE, Connection.DEFAULT);
        out.head(writer, Framing.NONE, 0, null);
    }

    void head(Head answer) {
        begun = true;
        framing = answer.framing();
        if (http10 && framing == Framing.CHUNKED) {
            framing = Framing.UNTIL_CLOSE;
        } else if (!http10 && framing == Framing.UNTIL_CLOSE) {
            framing = Framing.CHUNKED;
        }
        last |= framing == Framing.UNTIL_CLOSE;
        HeadWriter writer = loop.writer();
        writer.answer(answer, framing, answer.status() == 101 ? Connection.UPGRADE : connection());
        out.head(writer, framing, framing == Framing.LENGTH ? answer.contentLength() : 0, null);
    }

    /** A whole answer of our own. */
    void reply(ErrorReplies.Reply reply) {
        begun = true;
        HeadWriter writer = loop.writer();
        writer.reply(reply.status(), reply.reason(), reply.fieldLines(), reply.body(), !toHead, connection());
        out.head(writer, Framing.NONE, 0, null);
    }

    private Connection connection() {
        if (last) {
            return Connection.CLOSE;
        }
        return http10 ? Connection.KEEP_ALIVE : Connection.DEFAULT;
    }

    void end(@Nullable Head trailers) {
        out.end(http10 ? null : trailers, loop.writer());
    }
}
