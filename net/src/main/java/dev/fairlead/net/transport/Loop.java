package dev.fairlead.net.transport;

import dev.fairlead.core.http.HeadWriter;
import dev.fairlead.core.time.Ticker;
import dev.fairlead.core.time.Timers;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.util.random.RandomGenerator;

/**
 * One event loop and everything that belongs to it alone: timers, scratch memory, randomness.
 *
 * <p>Everything here is confined to the loop's thread; a client connection, its exchanges and their backend connections
 * all live on one loop, so none of them needs a lock.
 */
public final class Loop {
    private final int lane;
    private final EventLoop executor;
    private final Transport transport;
    private final ByteBufAllocator allocator;
    private final Ticker ticker;
    private final Timers timers;
    private final RandomGenerator random;
    private final HeadPool heads = new HeadPool();
    private final HeadWriter writer = new HeadWriter();

    Loop(
            int lane,
            EventLoop executor,
            Transport transport,
            ByteBufAllocator allocator,
            Ticker ticker,
            RandomGenerator random,
            long tickNanos) {
        this.lane = lane;
        this.executor = executor;
        this.transport = transport;
        this.allocator = allocator;
        this.ticker = ticker;
        this.timers = new Timers(ticker.nanos(), tickNanos);
        this.random = random;
    }

    /** Number of this loop, 0..{@link Loops#count()}-1; where its counters are. */
    public int lane() {
        return lane;
    }

    public EventLoop executor() {
        return executor;
    }

    public Transport transport() {
        return transport;
    }

    public ByteBufAllocator allocator() {
        return allocator;
    }

    /** Monotonic nanoseconds. */
    public long now() {
        return ticker.nanos();
    }

    public Timers timers() {
        return timers;
    }

    public RandomGenerator random() {
        return random;
    }

    /** Heads to borrow. */
    public HeadPool heads() {
        return heads;
    }

    /** The scratch encoder; what it wrote holds until its next use on this loop. */
    public HeadWriter writer() {
        return writer;
    }
}
