package dev.fairlead.net.transport;

import dev.fairlead.core.time.Seeds;
import dev.fairlead.core.time.Ticker;
import dev.fairlead.core.time.WallClock;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The event loops of the data plane. Thread-safe; whoever made it stops it with {@link #close}. */
public final class Loops {
    /** How finely deadlines are kept. */
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Transport transport;
    private final EventLoopGroup group;
    private final Buffers buffers;
    private final InWork inWork;
    private final List<Loop> all;
    private final IdentityHashMap<EventExecutor, Loop> byExecutor;

    private Loops(Transport transport, EventLoopGroup group, Buffers buffers, InWork inWork, List<Loop> all) {
        this.transport = transport;
        this.group = group;
        this.buffers = buffers;
        this.inWork = inWork;
        this.all = List.copyOf(all);
        this.byExecutor = new IdentityHashMap<>();
        for (Loop loop : all) {
            byExecutor.put(loop.executor(), loop);
        }
    }

    /**
     * How much all loops together may have at once.
     *
     * @param held bytes in buffers; see {@link Buffers}
     * @param heldEach bytes that may wait on one connection, 2..16 MiB
     * @param inWork requests; see {@link InWork}
     */
    public record Most(long held, int heldEach, int inWork) {}

    /** Starts {@code count} loops. */
    public static Loops start(Transport transport, int count, Most most, Ticker ticker, WallClock wall, Seeds seeds) {
        var group = new MultiThreadIoEventLoopGroup(
                count, new DefaultThreadFactory("fairlead-loop", true), transport.handlers());
        // Pooled rather than Netty's adaptive default, which keeps much more memory after a peak.
        var allocator = PooledByteBufAllocator.DEFAULT;
        var buffers = new Buffers(allocator, most.held(), most.heldEach());
        var inWork = new InWork(count, most.inWork());
        var loops = new ArrayList<Loop>();
        for (EventExecutor executor : group) {
            loops.add(new Loop(
                    loops.size(),
                    (EventLoop) executor,
                    transport,
                    allocator,
                    buffers,
                    ticker,
                    wall,
                    seeds.generator(),
                    inWork,
                    TICK_NANOS));
        }
        for (Loop loop : loops) {
            // Allocates one task a tick at most, whatever the number of connections.
            var _ = loop.executor().scheduleAtFixedRate(loop::tick, TICK_NANOS, TICK_NANOS, TimeUnit.NANOSECONDS);
        }
        Runnable looks = () -> {
            buffers.look();
            inWork.look();
        };
        var _ = loops.getFirst().executor().scheduleAtFixedRate(looks, TICK_NANOS, TICK_NANOS, TimeUnit.NANOSECONDS);
        return new Loops(transport, group, buffers, inWork, loops);
    }

    public Transport transport() {
        return transport;
    }

    /** How much their connections hold. */
    public Buffers buffers() {
        return buffers;
    }

    /** How many requests they have in work. */
    public InWork inWork() {
        return inWork;
    }

    /** All loops, by lane. */
    public List<Loop> all() {
        return all;
    }

    public int count() {
        return all.size();
    }

    /** The loop that runs on this executor. */
    public Loop of(EventExecutor executor) {
        Loop loop = byExecutor.get(executor);
        if (loop == null) {
            throw new IllegalStateException("not one of our loops: " + executor);
        }
        return loop;
    }

    /** For listeners and probes. */
    public EventLoopGroup group() {
        return group;
    }

    /** Stops the loops; what still runs on them is cut. */
    public Future<?> close() {
        return group.shutdownGracefully(0, 2, TimeUnit.SECONDS);
    }
}
