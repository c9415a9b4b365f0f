package dev.fairlead.net.http.h1;

import dev.fairlead.net.transport.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * What has arrived on a connection and was not taken yet, and whether more is read. Confined to its event loop.
 *
 * <p>Reading stops as soon as something is left over, so at most one receive buffer is ever held that nobody wants. It
 * owns what it holds; {@link #release} lets go of it.
 */
final class Intake {
    /** Who takes what arrives. */
    interface Taker {
        /** Takes some of {@code in}, which stays the intake's; returns whether there is a point in going on. */
        boolean take(ByteBuf in);

        /** The peer sends no more, and everything it sent has been taken. */
        void inputEnded();

        /** The peer sends no more, and part of what it sent has not been taken. May be said more than once. */
        default void inputEnding() {}
    }

    private final Channel channel;
    private final Taker taker;
    private @Nullable ByteBuf held;
    private boolean paused;
    private boolean working;
    private boolean ended;
    private boolean ending;

    Intake(Channel channel, Taker taker) {
        this.channel = channel;
        this.taker = taker;
    }

    /** Takes ownership of what has just been read, and hands it on. */
    void arrived(ByteBuf data) {
        boolean unasked = paused;
        ByteBuf before = held;
        held = before == null ? data : Unpooled.wrappedBuffer(before, data);
        work();
        // Epoll and io_uring read once more when the peer has ended its side, whether anybody wants it or not.
        if (unasked && held != null && ending()) {
            taker.inputEnding();
        }
    }

    /** Hands on what is held, as far as it is taken. A call from within the taker does nothing: the outer one goes on. */
    void work() {
        if (working) {
            return;
        }
        working = true;
        try {
            ByteBuf in;
            while ((in = held) != null) {
                boolean more = in.isReadable() && taker.take(in);
                if (held == in && !in.isReadable()) {
                    held = null;
                    in.release();
                } else if (!more) {
                    break;
                }
            }
        } finally {
            working = false;
        }
        if (held != null) {
            read(false);
        } else {
            read(true);
            if (ended) {
                taker.inputEnded();
            }
        }
    }

    private void read(boolean wanted) {
        if (paused == wanted) {
            paused = !wanted;
            channel.config().setAutoRead(wanted);
        }
    }

    /** The peer sends no more; the taker is told when it has taken all. */
    void end() {
        ended = true;
        if (held == null) {
            taker.inputEnded();
        } else {
            taker.inputEnding();
        }
    }

    /**
     * Whether the peer sends no more, as far as can be seen: also while the end of what it sent is still in the kernel,
     * which is asked if bytes are held, for only then is nothing read.
     */
    boolean ending() {
        if (!ended && !ending && hasBytes()) {
            ending = Transport.peerEnded(channel);
        }
        return ended || ending;
    }

    /** Whether the peer sends no more. */
    boolean ended() {
        return ended;
    }

    /** The channel is gone, whatever is still held. */
    void gone() {
        ended = true;
    }

    /** Whether nothing is held. */
    boolean empty() {
        return held == null;
    }

    /** Whether bytes are held that nobody took yet. */
    boolean hasBytes() {
        ByteBuf in = held;
        return in != null && in.isReadable();
    }

    /** Lets go of what is held. */
    void release() {
        ByteBuf in = held;
        if (in != null) {
            held = null;
            in.release();
        }
    }
}
