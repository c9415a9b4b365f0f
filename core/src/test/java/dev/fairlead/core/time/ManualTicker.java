package dev.fairlead.core.time;

import java.time.Duration;

/** A clock that stands still until it is told otherwise. Confined to one thread, or to what its test orders. */
public final class ManualTicker implements Ticker {
    private volatile long nanos;

    /** Starts just before the counter wraps, so that every test crosses it. */
    public ManualTicker() {
        this(Long.MAX_VALUE - Duration.ofSeconds(1).toNanos());
    }

    public ManualTicker(long nanos) {
        this.nanos = nanos;
    }

    @Override
    public long nanos() {
        return nanos;
    }

    /** Moves on; returns the new time. */
    public long advance(Duration duration) {
        return advance(duration.toNanos());
    }

    /** Moves on; returns the new time. */
    public long advance(long by) {
        if (by < 0) {
            throw new IllegalArgumentException("by: " + by + " (expected: >= 0)");
        }
        long now = nanos + by;
        nanos = now;
        return now;
    }
}
