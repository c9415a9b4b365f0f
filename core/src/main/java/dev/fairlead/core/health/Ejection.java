package dev.fairlead.core.health;

import dev.fairlead.core.config.PoolConfig.EjectConfig;
import java.time.Duration;

/**
 * Whether one backend is ejected, until when, and how often it was.
 *
 * <p>Confined to the control thread. The n-th ejection in a row lasts n times the configured time, up to the longest.
 * Each stretch of the longest time spent outside an ejection takes one off the count, so old sins are forgotten.
 */
final class Ejection {
    private boolean active;
    private long until;
    private long ended;
    private int count;

    boolean active() {
        return active;
    }

    /** When it ends, while it is active. */
    long until() {
        return until;
    }

    /** How many in a row, the present one included. */
    int count() {
        return count;
    }

    /** Begins one; returns how long it lasts. */
    Duration begin(EjectConfig config, long now) {
        long longest = Math.max(config.maxTime().toNanos(), 1);
        if (count > 0) {
            count = (int) Math.max(count - (now - ended) / longest, 0);
        }
        count++;
        long first = config.time().toNanos();
        // Compared by division: a long time by a large count may not fit.
        long lasts = first > longest / count ? longest : first * count;
        active = true;
        until = now + lasts;
        return Duration.ofNanos(lasts);
    }

    /** Goes on with one that began before a restart. */
    void resume(long untilThen) {
        active = true;
        count = Math.max(count, 1);
        until = untilThen;
    }

    /** Whether it is active and its time has passed. */
    boolean over(long now) {
        return active && until - now <= 0;
    }

    /** Ends it and keeps the count. */
    void end(long now) {
        active = false;
        ended = now;
    }

    /** Ends it and forgets the count. */
    void forget(long now) {
        end(now);
        count = 0;
    }
}
