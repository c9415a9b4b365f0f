package dev.fairlead.core.health;

import dev.fairlead.core.config.HealthConfig;
import java.util.random.RandomGenerator;

/**
 * When to check next, so that checks of many backends never fall on one moment.
 *
 * <p>Confined to the control thread. Times are {@link dev.fairlead.core.time.Ticker} nanoseconds. First checks come at
 * once, spread over {@value #FIRST_SPREAD_NANOS} ns for each backend that starts with it, and over no more than the fast
 * interval. The second check falls anywhere within one interval, which spreads a pool evenly for good; each later one is
 * moved by up to a tenth either way, so that nothing can stay in step.
 */
final class Schedule {
    private static final long FIRST_SPREAD_NANOS = 2_000_000;

    /** Shortest interval whatever the configuration says. */
    private static final long MIN_INTERVAL_NANOS = 1_000_000;

    private static final double JITTER = 0.1;

    private final RandomGenerator random;
    private final long interval;
    private final long fastInterval;
    private final long slowInterval;

    Schedule(HealthConfig config, RandomGenerator random) {
        this.random = random;
        this.interval = Math.max(config.interval().toNanos(), MIN_INTERVAL_NANOS);
        // At most half: an operator who checks every 500 ms wants a change of verdict confirmed sooner than that.
        this.fastInterval = Math.max(Math.min(config.fastInterval().toNanos(), interval / 2), MIN_INTERVAL_NANOS);
        this.slowInterval = Math.max(config.intervalWhileDown().toNanos(), MIN_INTERVAL_NANOS);
    }

    /** The first check of one of {@code batch} backends that start together. */
    long first(long now, int batch) {
        return now + within(Math.min(batch * FIRST_SPREAD_NANOS, fastInterval));
    }

    /** The check after the first: anywhere within an interval. */
    long anywhere(long now) {
        return now + within(interval);
    }

    /** Anywhere within a fast interval. */
    long soon(long now) {
        return now + within(fastInterval);
    }

    /**
     * The check after one that began at {@code began}; intervals count from start to start, a late one follows at once.
     *
     * @param fast whether there is a reason to hurry; that comes before {@code down}
     * @param down whether the backend is
     */
    long next(long began, long now, boolean fast, boolean down) {
        long base = fast ? fastInterval : down ? slowInterval : interval;
        long due = began + base + (long) (base * JITTER * (2 * random.nextDouble() - 1));
        return due - now < 0 ? now : due;
    }

    private long within(long span) {
        return (long) (span * random.nextDouble());
    }
}
