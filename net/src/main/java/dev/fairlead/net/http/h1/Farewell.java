package dev.fairlead.net.http.h1;

import dev.fairlead.core.time.Timers;
import dev.fairlead.net.http.ClientPolicy;
import dev.fairlead.net.transport.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;

/**
 * Ends a client connection so that the last answer arrives whole, or is seen not to be. Confined to its event loop.
 *
 * <p>Closing with bytes unread would reset the connection and lose the answer, and nobody knows what is still on its
 * way: so our side is ended first and the rest thrown away for a while (RFC 9112 section 9.6).
 */
final class Farewell {
    /** After the last answer, how long and how much is still read. */
    private static final long LINGER_NANOS = 2_000_000_000L;

    private static final long LINGER_BYTES = 16L << 20;

    private final Loop loop;
    private final Channel channel;
    private final H1Out out;
    private final AnswerWriter answers;
    private final Timers.Timer deadline;
    private final long writeNanos;
    private final long least;
    private boolean lastFlush;
    private long lingered;
    private long lookedAt;

    Farewell(Loop loop, Channel channel, H1Out out, AnswerWriter answers, Timers.Timer deadline, ClientPolicy policy) {
        this.loop = loop;
        this.channel = channel;
        this.out = out;
        this.answers = answers;
        this.deadline = deadline;
        this.writeNanos = policy.writeNanos();
        this.least = Math.max(1, Reading.least(policy.writeRate(), policy.writeNanos()));
    }

    /** Ends our side behind what was written; the client may go on sending for a while. */
    void begin() {
        out.shutdown();
        awaitLast();
    }

    private void awaitLast() {
        out.mark();
        lookedAt = loop.now();
        loop.timers().arm(deadline, lookedAt + LINGER_NANOS);
    }

    /** Throws away what the client still sends. */
    void swallow(ByteBuf in) {
        lingered += in.readableBytes();
        in.skipBytes(in.readableBytes());
        if (lingered > LINGER_BYTES) {
            closeOrFlush();
        }
    }

    /** Closes behind what was written. */
    void closeWhenFlushed() {
        lastFlush = true;
        out.flushNow();
        awaitLast();
        out.close();
    }

    /** Nothing more is to be read; what the client has not taken yet must still reach it. */
    void closeOrFlush() {
        if (out.pending() == 0) {
            close();
        } else if (!lastFlush) {
            closeWhenFlushed();
        }
    }

    /** Closes now, in good order unless that would look like a whole answer. */
    void close() {
        if (answers.untilClose() && out.pending() > 0) {
            reset();
        } else {
            channel.close();
        }
    }

    /** Where a body ends with the connection, an orderly end would look like a whole answer. */
    void reset() {
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        // Not through the pipeline: TLS would say in good order that this is the end.
        channel.unsafe().close(channel.voidPromise());
    }

    /** The deadline has come: whoever takes enough of what waits gets more time. */
    void late(long now) {
        boolean enough = true;
        if (now - lookedAt >= writeNanos) {
            enough = out.took() >= least;
            out.mark();
            lookedAt = now;
        }
        if (out.pending() == 0 || !enough) {
            close();
        } else {
            loop.timers().arm(deadline, now + LINGER_NANOS);
        }
    }
}
