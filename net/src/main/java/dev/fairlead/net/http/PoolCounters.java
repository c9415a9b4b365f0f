package dev.fairlead.net.http;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What clients have seen of one pool, one lane for each event loop, added up when read.
 *
 * <p>Each {@link Lane} has a single writer, its loop; readers on any thread see whole numbers, soon.
 */
public final class PoolCounters {
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int REQUESTS = 0;
    private static final int ERRORS = 1;
    private static final int RETRIES = 2;

    /** Two cache lines, so that no lane shares one with another. */
    private static final int CELLS = 16;

    private final Lane[] lanes;

    /** @param lanes how many event loops will count on it */
    public PoolCounters(int lanes) {
        this.lanes = new Lane[lanes];
        for (int i = 0; i < lanes; i++) {
            this.lanes[i] = new Lane();
        }
    }

    /** The lane of one loop. */
    public Lane lane(int lane) {
        return lanes[lane];
    }

    /** One loop's counts. Written by that loop only. */
    public static final class Lane {
        private final long[] cells = new long[CELLS];

        /** One more request or connection was meant for it. */
        public void request() {
            add(REQUESTS);
        }

        /** One of them failed. */
        public void error() {
            add(ERRORS);
        }

        /** One more try. */
        public void retry() {
            add(RETRIES);
        }

        private void add(int index) {
            CELL.setOpaque(cells, index, (long) CELL.getOpaque(cells, index) + 1);
        }
    }

    /** Requests that were meant for it, each counted once however many backends it took. */
    public long requests() {
        return sum(REQUESTS);
    }

    /** Those of them that clients saw fail: answered 500 or more, or broken off by a backend. */
    public long errors() {
        return sum(ERRORS);
    }

    /** Further tries. */
    public long retries() {
        return sum(RETRIES);
    }

    private long sum(int index) {
        long sum = 0;
        for (Lane lane : lanes) {
            sum += (long) CELL.getOpaque(lane.cells, index);
        }
        return sum;
    }
}
