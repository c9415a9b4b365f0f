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
    /** What fits beside a full receive buffer, so that a peer who keeps up never stops its connection. */
    private static final int BESIDE = 64 * 1024;

    private static final WriteBufferWaterMark TIGHT = new WriteBufferWaterMark(8 * 1024, 32 * 1024);

    private final PooledByteBufAllocator allocator;
    private final WriteBufferWaterMark plenty;
    private final int each;
    private final long limit;
    private volatile long held;

    /**
     * @param limit bytes in buffers at which no new request is taken; from half of it on, each connection holds little
     * @param each bytes that wait on one connection, and in one receive buffer, while there is plenty
     */
    Buffers(PooledByteBufAllocator allocator, long limit, int each) {
        this.allocator = allocator;
        this.limit = limit;
        this.each = each;
        this.plenty = new WriteBufferWaterMark(Math.min(BESIDE, each / 2), each + BESIDE);
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

    /** Largest receive buffer. */
    int each() {
        return each;
    }

    /**
     * Waiting bytes at which a connection stops and starts to take more, while there is plenty; with one receive buffer, all
     * it can hold.
     */
    public WriteBufferWaterMark plenty() {
        return plenty;
    }

    /** The marks that go with what {@link #tight} has said; it may say otherwise by now. */
    public WriteBufferWaterMark marks(boolean tight) {
        return tight ? TIGHT : plenty;
    }
}
