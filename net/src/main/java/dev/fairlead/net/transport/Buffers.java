package dev.fairlead.net.transport;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;

/**
 * How much the connections hold, and how much each may: plenty while there is plenty, little when those who do not read
 * together hold much.
 *
 * <p>Thread-safe: one loop looks at the allocator every tick, all read what it found. Between two looks the level may be
 * passed by what arrives in one tick, so the configured limit belongs well below the memory there is.
 */
public final class Buffers {
    /**
     * Waiting bytes at which a connection stops and starts to take more; with one receive buffer, all it can hold. A full
     * receive buffer stays below, so that a peer who keeps up never stops it.
     */
    public static final WriteBufferWaterMark PLENTY = new WriteBufferWaterMark(64 * 1024, Portion.MOST + 64 * 1024);

    private static final WriteBufferWaterMark TIGHT = new WriteBufferWaterMark(8 * 1024, 32 * 1024);

    private final PooledByteBufAllocator allocator;
    private final long limit;
    private volatile long held;

    /** @param limit bytes in buffers at which no new request is taken; from half of it on, each connection holds little */
    Buffers(PooledByteBufAllocator allocator, long limit) {
        this.allocator = allocator;
        this.limit = limit;
    }

    /** Looks how much is held. */
    void look() {
        held = allocator.pinnedDirectMemory();
    }

    /** Bytes in buffers that someone holds, as of the last tick. */
    public long held() {
        return held;
    }

    /** Most that may be held. */
    public long limit() {
        return limit;
    }

    /** Whether each connection must do with little. */
    public boolean tight() {
        return held > limit >> 1;
    }

    /** Whether no new work may be taken. */
    public boolean full() {
        return held > limit;
    }

    /** The marks that go with what {@link #tight} has said; it may say otherwise by now. */
    public static WriteBufferWaterMark marks(boolean tight) {
        return tight ? TIGHT : PLENTY;
    }
}
