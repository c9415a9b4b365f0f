package dev.fairlead.net.transport;

import dev.fairlead.core.http.HeadWriter;
import dev.fairlead.core.time.Ticker;
import dev.fairlead.core.time.Timers;
import dev.fairlead.core.time.WallClock;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.RecvByteBufAllocator;
import java.util.ArrayList;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event loop and everything that belongs to it alone: timers, scratch memory, randomness.
 *
 * <p>Everything here is confined to the loop's thread; a client connection, its exchanges and their backend connections
 * all live on one loop, so none of them needs a lock.
 */
public final class Loop {
    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

    private final int lane;
    private final EventLoop executor;
    private final Transport transport;
    private final ByteBufAllocator allocator;
    private final Buffers buffers;
    private final Portion portion = new Portion();
    private final ReceiveSizes receiveSizes;
    private final Ticker ticker;
    private final WallClock wall;
    private final Timers timers;
    private final RandomGenerator random;
    private final InWork inWork;
    private final Lag lag;
    private final HeadPool heads = new HeadPool();
    private final HeadWriter writer = new HeadWriter();
    private final ArrayList<Flushable> toFlush = new ArrayList<>();
    private final Runnable flushing = this::flushAll;
    private long now;
    private long wallNanos;
    private long wallMillis;

    Loop(
            int lane,
            EventLoop executor,
            Transport transport,
            ByteBufAllocator allocator,
            Buffers buffers,
            Ticker ticker,
            WallClock wall,
            RandomGenerator random,
            InWork inWork,
            long tickNanos) {
        this.lane = lane;
        this.executor = executor;
        this.transport = transport;
        this.allocator = allocator;
        this.buffers = buffers;
        this.receiveSizes = new ReceiveSizes(buffers, portion);
        this.ticker = ticker;
        this.wall = wall;
        this.now = ticker.nanos();
        this.timers = new Timers(now, tickNanos);
        this.random = random;
        this.inWork = inWork;
        this.lag = new Lag(now, tickNanos);
        setWall();
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

    /** How much the connections of all loops hold. */
    public Buffers buffers() {
        return buffers;
    }

    /** Sizes of receive buffers, for connections of this loop. */
    public RecvByteBufAllocator receiveSizes() {
        return receiveSizes;
    }

    /**
     * Monotonic nanoseconds, as of the event that is being handled. Reading the clock costs about as much as parsing a
     * short head, so it is read once an event; whoever begins one calls {@link #refresh}.
     */
    public long now() {
        return now;
    }

    /** Reads the clock for the event that begins now. */
    public long refresh() {
        now = ticker.nanos();
        return now;
    }

    /** Time of day in milliseconds since 1970, to within the clock's drift in one tick. */
    public long epochMillis() {
        return wallMillis + (now - wallNanos) / 1_000_000;
    }

    /** Something that holds bytes for the kernel. */
    public interface Flushable {
        /** Hands them over. */
        void flushNow();
    }

    /**
     * Flushes {@code what} when the events of this turn have been handled. One write after another wakes each peer once
     * a turn instead of once an event, which is most of what a small request costs.
     */
    public void flushSoon(Flushable what) {
        assert executor.inEventLoop() : "not on the loop's own thread";
        if (toFlush.isEmpty()) {
            executor.execute(flushing);
        }
        toFlush.add(what);
    }

    private void flushAll() {
        // By index: a flush may make a peer writable again and so add to the list.
        for (int i = 0; i < toFlush.size(); i++) {
            try {
                toFlush.get(i).flushNow();
            } catch (RuntimeException | OutOfMemoryError e) {
                // One connection's failure must not be the end of all flushing on this loop.
                LOG.error("flushing a connection failed", e);
            }
        }
        toFlush.clear();
    }

    /** What a loop does every tick. */
    void tick() {
        refresh();
        lag.ticked(now);
        portion.ticked();
        setWall();
        try {
            timers.advance(now);
        } catch (RuntimeException | OutOfMemoryError e) {
            // A periodic task that throws is never run again, and with it every deadline of this loop would be gone.
            LOG.error("a timer failed", e);
        }
    }

    private void setWall() {
        wallMillis = wall.epochMillis();
        wallNanos = now;
    }

    /** How late it is; may be asked from any thread. */
    public Lag lag() {
        return lag;
    }

    /** A request begins; whether it is one more than all loops together may have. Each is ended with {@link #ended}. */
    public boolean begins() {
        return inWork.begins(lane);
    }

    /** A request has ended. */
    public void ended() {
        inWork.ended(lane);
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
