package dev.fairlead.core.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Peak-sensitive exponentially weighted moving average of a backend's time to first byte.
 *
 * <p>Thread-safe without a lock: value and stamp are written by whichever loop finishes a request; a lost update loses
 * one sample, which an average forgives. A sample above the average replaces it at once, one below decays towards it
 * with a time constant of {@value #TAU_NANOS} ns: slow to trust, quick to distrust.
 *
 * <p>After Finagle's {@code PeakEwma} (Twitter, 2015).
 */
public final class Latency {
    private static final long TAU_NANOS = 10_000_000_000L;
    private static final VarHandle AVERAGE;
    private static final VarHandle STAMP;

    static {
        try {
            var lookup = MethodHandles.lookup();
            AVERAGE = lookup.findVarHandle(Latency.class, "average", double.class);
            STAMP = lookup.findVarHandle(Latency.class, "stamp", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("unused") // through AVERAGE
    private double average;

    @SuppressWarnings("unused") // through STAMP
    private long stamp;

    /** Takes in one sample; less than a nanosecond counts as one, for 0 means that there is none. */
    public void observe(long nanos, long now) {
        long sample = Math.max(nanos, 1);
        double old = (double) AVERAGE.getOpaque(this);
        long before = (long) STAMP.getOpaque(this);
        double next;
        if (sample >= old) {
            next = sample;
        } else {
            long elapsed = Math.max(now - before, 0);
            double keep = StrictMath.exp(-(double) elapsed / TAU_NANOS);
            next = old * keep + sample * (1 - keep);
        }
        STAMP.setOpaque(this, now);
        AVERAGE.setOpaque(this, next);
    }

    /** The average in nanoseconds; 0 before the first sample. */
    public double nanos() {
        return (double) AVERAGE.getOpaque(this);
    }
}
