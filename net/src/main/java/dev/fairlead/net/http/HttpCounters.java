package dev.fairlead.net.http;

import dev.fairlead.core.fail.Failure;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What one listener has done, one lane for each event loop, added up when read.
 *
 * <p>Each {@link Lane} has a single writer, its loop; readers on any thread see whole numbers, soon.
 */
public final class HttpCounters {
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int FAILURES = Failure.values().length;
    private static final int SUB_BITS = 3;
    private static final int BUCKETS = (36 - SUB_BITS) << SUB_BITS;

    /** The plain counts. */
    public enum Count {
        CONNECTIONS_ACCEPTED,
        CONNECTIONS_CLOSED,
        CONNECTIONS_REFUSED,
        CONNECTIONS_REFUSED_CLIENT,
        CLOSED_SILENT,
        CLOSED_IDLE,
        CLOSED_REQUESTS,
        UNREAD,
        REQUESTS,
        STATUS_1XX,
        STATUS_2XX,
        STATUS_3XX,
        STATUS_4XX,
        STATUS_5XX,
        RETRIES,
        BYTES_IN,
        BYTES_OUT,
        ACTIVE,
        DURATION_MICROS
    }

    private static final int COUNTS = Count.values().length;
    private static final int HISTOGRAM = COUNTS + FAILURES;

    private final Lane[] lanes;

    /** @param lanes how many event loops will count on it */
    public HttpCounters(int lanes) {
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
        private final long[] cells = new long[HISTOGRAM + BUCKETS];

        /** Adds {@code amount}, which may be negative for what goes up and down. */
        public void add(Count count, long amount) {
            add(count.ordinal(), amount);
        }

        /** One request or connection has failed. */
        public void failed(Failure failure) {
            add(COUNTS + failure.ordinal(), 1);
        }

        /** One request has ended. */
        void finished(int status, long nanos) {
            int hundred = status / 100;
            if (hundred >= 1 && hundred <= 5) {
                add(Count.STATUS_1XX.ordinal() + hundred - 1, 1);
            }
            long micros = nanos / 1000;
            add(Count.DURATION_MICROS.ordinal(), micros);
            add(HISTOGRAM + bucket(micros), 1);
        }

        private void add(int index, long amount) {
            CELL.setOpaque(cells, index, (long) CELL.getOpaque(cells, index) + amount);
        }
    }

    /** The sum over all loops. */
    public long sum(Count count) {
        return sum(count.ordinal());
    }

    /** How many exchanges ended so. */
    public long sum(Failure failure) {
        return sum(COUNTS + failure.ordinal());
    }

    /** How many requests took at most {@code micros}, to the bucket's precision of 12.5 %. */
    public long within(long micros) {
        int last = bucket(micros);
        long sum = 0;
        for (int i = 0; i <= last; i++) {
            sum += sum(HISTOGRAM + i);
        }
        return sum;
    }

    private long sum(int index) {
        long sum = 0;
        for (Lane lane : lanes) {
            sum += (long) CELL.getOpaque(lane.cells, index);
        }
        return sum;
    }

    private static int bucket(long micros) {
        if (micros < 1 << SUB_BITS) {
            return (int) Math.max(micros, 0);
        }
        int shift = 63 - Long.numberOfLeadingZeros(micros) - SUB_BITS;
        int index = ((shift + 1) << SUB_BITS) + (int) ((micros >>> shift) & ((1 << SUB_BITS) - 1));
        return Math.min(index, BUCKETS - 1);
    }
}
