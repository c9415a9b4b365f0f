package dev.fairlead.net.tls;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The handshakes of one listener: how they ended, and how many are under way.
 *
 * <p>Each {@link Lane} has a single writer, its loop; readers on any thread see whole numbers, soon.
 */
public final class TlsCounters {
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

    private final Lane[] lanes;
    private final AtomicInteger underWay = new AtomicInteger();

    /** @param lanes how many event loops will count on it */
    public TlsCounters(int lanes) {
        this.lanes = new Lane[lanes];
        for (int i = 0; i < lanes; i++) {
            this.lanes[i] = new Lane();
        }
    }

    /** One loop's counts. Written by that loop only. */
    private static final class Lane {
        private final long[] cells = new long[HandshakeResult.values().length];
    }

    /** One more is under way, unless there are {@code most} already. Any loop. */
    boolean begins(int most) {
        if (underWay.incrementAndGet() <= most) {
            return true;
        }
        underWay.decrementAndGet();
        return false;
    }

    /** One that was under way has ended so. */
    void ended(int lane, HandshakeResult result) {
        underWay.decrementAndGet();
        count(lane, result);
    }

    /** Counts one that was never begun. */
    void count(int lane, HandshakeResult result) {
        long[] cells = lanes[lane].cells;
        CELL.setOpaque(cells, result.ordinal(), (long) CELL.getOpaque(cells, result.ordinal()) + 1);
    }

    /** How many are under way. */
    public int underWay() {
        return underWay.get();
    }

    /** How many ended so, on all loops. */
    public long sum(HandshakeResult result) {
        long sum = 0;
        for (Lane lane : lanes) {
            sum += (long) CELL.getOpaque(lane.cells, result.ordinal());
        }
        return sum;
    }
}
