package dev.fairlead.net.http;

/**
 * How many retries one loop may make for one pool, or how many requests it may send twice: a share of its requests, so that
 * neither can multiply an outage.
 *
 * <p>Confined to its loop. A token bucket: each request pays in its share, each retry takes one out; the bucket starts
 * full and holds at least {@value #FLOOR}, so that a quiet pool can retry too.
 */
public final class RetryBudget {
    /** Retries in a burst that are always allowed. */
    private static final double FLOOR = 10;

    /** Most seconds' worth of saving up, in retries. */
    private static final double CEILING = 100;

    /** Regained by time alone, in retries a second. */
    private static final double TRICKLE_PER_NANO = 1e-9;

    private final double share;
    private double tokens = FLOOR;
    private long last;

    /** @param share retries for each request, 0..1 */
    public RetryBudget(double share, long now) {
        this.share = share;
        this.last = now;
    }

    /** A request has come. */
    public void request() {
        tokens = Math.min(tokens + share, CEILING);
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
        if (tokens < FLOOR) {
            tokens = Math.min(tokens + elapsed * TRICKLE_PER_NANO, FLOOR);
        }
        return tokens >= 1;
    }
}
