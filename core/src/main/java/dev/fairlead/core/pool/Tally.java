package dev.fairlead.core.pool;

import dev.fairlead.core.fail.Outcome;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Counters of one backend, one lane for each event loop, added up when read.
 *
 * <p>Each lane has a single writer, its loop, so counting is a plain add with an opaque store; readers on any thread see
 * every count soon, and never a torn one.
 */
public final class Tally {
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int OUTCOMES = Outcome.values().length;

    /** Latency buckets: 16 for each power of two of microseconds, so at most 6.25 % wide. */
    private static final int SUB_BITS = 4;

    private static final int BUCKETS = (40 - SUB_BITS) << SUB_BITS;

    /** How many classes of the time to first byte there are. */
    static final int CLASSES = BUCKETS;

    private static final int LEASES = OUTCOMES;
    private static final int LATENCY_SUM = OUTCOMES + 1;
    private static final int LATENCY_COUNT = OUTCOMES + 2;
    private static final int UNANSWERED = OUTCOMES + 3;
    private static final int CONNECTIONS = OUTCOMES + 4;
    private static final int HISTOGRAM = OUTCOMES + 5;

    private final long[][] lanes;

    Tally(int lanes) {
        this.lanes = new long[lanes][HISTOGRAM + BUCKETS];
    }

    void leased(int lane) {
        add(lanes[lane], LEASES, 1);
    }

    void closed(int lane, Outcome outcome) {
        add(lanes[lane], outcome.ordinal(), 1);
    }

    void unanswered(int lane) {
        add(lanes[lane], UNANSWERED, 1);
    }

    void latency(int lane, long nanos) {
        long[] cells = lanes[lane];
        add(cells, LATENCY_SUM, nanos);
        add(cells, LATENCY_COUNT, 1);
        add(cells, HISTOGRAM + bucket(nanos / 1000), 1);
    }

    /** A connection to it is open. The lane's own loop. */
    public void connected(int lane) {
        add(lanes[lane], CONNECTIONS, 1);
    }

    /** One is open no more. The lane's own loop. */
    public void disconnected(int lane) {
        add(lanes[lane], CONNECTIONS, -1);
    }

    private static void add(long[] cells, int index, long amount) {
        CELL.setOpaque(cells, index, (long) CELL.getOpaque(cells, index) + amount);
    }

    private long sum(int index) {
        long sum = 0;
        for (long[] cells : lanes) {
            sum += (long) CELL.getOpaque(cells, index);
        }
        return sum;
    }

    /** Uses begun. */
    public long leases() {
        return sum(LEASES);
    }

    /** Connections that are open, idle ones among them. */
    public long connections() {
        return sum(CONNECTIONS);
    }

    /** Uses that ended so. */
    public long count(Outcome outcome) {
        return sum(outcome.ordinal());
    }

    /** Uses that ended before an answer began. */
    public long unanswered() {
        return sum(UNANSWERED);
    }

    /** Sum of times to first byte, in nanoseconds. */
    public long latencySumNanos() {
        return sum(LATENCY_SUM);
    }

    /** How many times to first byte were measured. */
    public long latencyCount() {
        return sum(LATENCY_COUNT);
    }

    /** How many answers began within {@code micros}, to the bucket's precision. */
    public long answeredWithinMicros(long micros) {
        int last = bucket(micros);
        long sum = 0;
        for (int i = 0; i < last; i++) {
            sum += sum(HISTOGRAM + i);
        }
        return sum;
    }

    /** For each of these bounds, in ascending order, the same; all in one pass. */
    public void answeredWithinMicros(long[] bounds, long[] into, int from) {
        long sum = 0;
        int next = 0;
        for (int i = 0; next < bounds.length; i++) {
            while (next < bounds.length && bucket(bounds[next]) == i) {
                into[from + next++] = sum;
            }
            sum += sum(HISTOGRAM + i);
        }
    }

    /** Adds for each class of the time to first byte how many answers it has. */
    void addLatencies(long[] into) {
        for (int i = 0; i < CLASSES; i++) {
            into[i] += sum(HISTOGRAM + i);
        }
    }

    /** Below how many microseconds the times of a class are. */
    static long endOfClass(int index) {
        if (index < 1 << SUB_BITS) {
            return index + 1L;
        }
        int shift = (index >>> SUB_BITS) - 1;
        return ((1L << SUB_BITS) + (index & ((1 << SUB_BITS) - 1)) + 1) << shift;
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
