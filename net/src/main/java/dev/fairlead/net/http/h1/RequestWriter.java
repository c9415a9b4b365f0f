package dev.fairlead.net.http.h1;

import dev.fairlead.core.http.Framing;
import dev.fairlead.core.http.Head;
import dev.fairlead.core.http.HeadWriter;
import dev.fairlead.core.http.Known;
import dev.fairlead.net.transport.Loop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPromise;
import org.jspecify.annotations.Nullable;

/**
 * Puts one request after another onto a backend connection, and knows how far each has got. Confined to its event loop.
 *
 * <p>How far decides whether a request may be sent again, and whether the connection is sound after its answer.
 */
final class RequestWriter {
    private final H1Out out;
    private final Loop loop;
    private final Channel channel;
    private @Nullable ChannelPromise headWritten;
    private boolean ended;

    RequestWriter(H1Out out, Loop loop, Channel channel) {
        this.out = out;
        this.loop = loop;
        this.channel = channel;
    }

    /** The next request begins. */
    void begin() {
        ended = false;
    }

    /** @param kept whether the connection has served before, so that the backend may be closing it just now */
    void head(Head request, boolean kept) {
        HeadWriter writer = loop.writer();
        boolean upgrade = request.find(Known.UPGRADE) >= 0;
        writer.request(request, upgrade ? HeadWriter.Connection.UPGRADE : HeadWriter.Connection.DEFAULT);
        // Asked only where it decides whether a request may be sent again.
        headWritten = kept && !request.method().idempotent() ? channel.newPromise() : null;
        out.head(
                writer,
                request.framing(),
                request.framing() == Framing.LENGTH ? request.contentLength() : 0,
                headWritten);
    }

    void end(@Nullable Head trailers) {
        ended = true;
        out.end(trailers, loop.writer());
    }

    /** From now on bytes go out as they are, until {@link #endTunnel}. */
    void tunnel() {
        ended = false;
        out.raw();
    }

    /** Ends our side of a tunnel behind what was written, or the connection with it. */
    void endTunnel(boolean connectionToo) {
        ended = true;
        if (connectionToo) {
            out.close();
        } else {
            out.shutdown();
        }
    }

    /** Whether the request is out whole; in a tunnel: whether our side has ended. */
    boolean ended() {
        return ended;
    }

    /** Whether it is certain that the backend saw no whole head of the present request. */
    boolean untouched() {
        ChannelPromise written = headWritten;
        return !out.headFlushed() || (written != null && written.isDone() && !written.isSuccess());
    }
}
