package dev.fairlead.net.connect;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.http.Head;
import dev.fairlead.core.http.HeadLimits;
import dev.fairlead.core.http.HeadParser;
import dev.fairlead.core.http.HeadRules;
import dev.fairlead.core.http.Method;
import dev.fairlead.net.http.Asker;
import dev.fairlead.net.http.BackendStream;
import dev.fairlead.net.transport.Loop;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** A backend that does not exist and answers every request with 500, for drills. Confined to its event loop. */
final class FaultStream implements BackendStream {
    private static final HeadLimits LIMITS = new HeadLimits(8 * 1024, 64 * 1024, 256);
    private static final String ANSWER = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n";

    private final Loop loop;
    private @Nullable Asker asker;
    private boolean toHead;

    FaultStream(Loop loop, Asker asker) {
        this.loop = loop;
        this.asker = asker;
    }

    @Override
    public void sendHead(Head request) {
        toHead = request.method() == Method.HEAD;
    }

    @Override
    public void sendInterim(Head answer) {
        throw new IllegalStateException("interim answers go to clients");
    }

    @Override
    public void sendBody(ByteBuf data) {
        data.release();
    }

    @Override
    public void sendEnd(@Nullable Head trailers) {
        // Not at once: whoever sends is not yet done with what he is at.
        loop.executor().execute(this::answer);
    }

    private void answer() {
        Asker with = asker;
        if (with == null) {
            return;
        }
        loop.refresh();
        Head head = loop.heads().take();
        head.append(ANSWER);
        HeadParser.answer(head, LIMITS);
        HeadRules.answer(head, toHead);
        with.onAnswerHead(head);
        loop.heads().give(head);
        // It may have changed hands, or was cut.
        with = asker;
        if (with == null) {
            return;
        }
        asker = null;
        with.onAnswerEnd(null);
        with.flushClient();
    }

    @Override
    public void flush() {}

    @Override
    public void cut(Failure why) {
        asker = null;
    }

    @Override
    public void passTo(Asker other) {
        asker = other;
    }

    @Override
    public boolean writable() {
        return true;
    }

    @Override
    public void demand(boolean wanted) {}

    @Override
    public void tunnel() {}
}
