package dev.fairlead.net.http.h1;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.net.http.HttpCounters;
import dev.fairlead.net.http.HttpCounters.Count;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * Whether a client takes what waits for it, and enough of it. Confined to its event loop.
 *
 * <p>Looked at when a deadline comes, over the time since the look before: the kernel tells of what a peer takes in steps
 * of some 64 KiB, so nothing finer is to be had.
 */
final class Reading {
    private final Channel channel;
    private final H1Out out;
    private final HttpCounters.Lane counters;
    private final long rate;
    private boolean behind;

    /** @param rate fewest bytes a second; 0 where any byte is enough */
    Reading(Channel channel, H1Out out, HttpCounters.Lane counters, long rate) {
        this.channel = channel;
        this.out = out;
        this.counters = counters;
        this.rate = rate;
    }

    /** Looks how much has been taken so far. */
    void look() {
        out.mark();
    }

    /** What is wrong with how it takes what waits, {@code nanos} after the last look; {@code null} when nothing is. */
    @Nullable
    Failure wrong(long nanos) {
        long took = out.took();
        if (took <= 0) {
            return Failure.ANSWER_NOT_READ;
        }
        return took < least(rate, nanos) ? Failure.ANSWER_READ_TOO_SLOW : null;
    }

    /** How many bytes are enough. */
    static long least(long rate, long nanos) {
        return rate * (nanos / 1_000_000) / 1_000;
    }

    /** The channel has become writable, or is not any more. */
    void changed() {
        behind(!channel.isWritable());
    }

    /** The connection is over. */
    void over() {
        behind(false);
    }

    private void behind(boolean is) {
        if (is != behind) {
            behind = is;
            counters.add(Count.UNREAD, is ? 1 : -1);
        }
    }
}
