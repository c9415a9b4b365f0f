package dev.fairlead.net.http;

/**
 * How many retries one loop may make for one pool, or how many requests it may send twice: a share of its requests, so that
 * neither can multiply an outage.
 *
 * <p>Confined to its loop. A token bucket: each request pays in its share, each retry takes one out. It starts full, and time
 * alone fills it again up to the loop's part of {@value #FLOOR}, but to 1 at least, so that a quiet pool can retry too.
 */
public final class RetryBudget {
    /** Retries in a burst that are always allowed, of all loops together. */
    private static final double FLOOR = 10;

    /** Most that is saved up, in retries of all loops together. */
    private static final double CEILING = 100;

    /** Regained by time alone, one a second for all loops together. */
    private static final double TRICKLE_PER_NANO = 1e-9;

    private final double share;
    private final double floor;
    private final double ceiling;
    private final double trickle;
    private double tokens;
    private long last;

    /**
     * @param share retries for each request, 0..1
     * @param loops how many have such a budget each
     */
    public RetryBudget(double share, int loops, long now) {
        this.share = share;
        this.floor = Math.max(1, FLOOR / loops);
        this.ceiling = Math.max(floor, CEILING / loops);
        this.trickle = TRICKLE_PER_NANO / loops;
        this.tokens = floor;
        this.last = now;
    }

    /** A request has come. */
    public void request() {
        tokens = Math.min(tokens + share, ceiling);
    }

    /** Takes one retry out, if there is one. */
    public boolean take(long now) {
        if (!left(now)) {
            return false;
        }
        tokens -= 1;
        return true;
    }

    /** Whether there is one to take. */
    boolean left(long now) {
        if (share <= 0) {
            return false;
        }
        long elapsed = Math.max(now - last, 0);
        last = now;
        if (tokens < floor) {
            tokens = Math.min(tokens + elapsed * trickle, floor);
        }
        return tokens >= 1;
    }
}
