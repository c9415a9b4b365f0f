package dev.fairlead.net.http;

import java.util.concurrent.atomic.LongAdder;

/** The retry budget of one pool, a part for each event loop, and how often it was empty. Thread-safe but for the parts. */
public final class RetryBudgets {
    private final RetryBudget[] lanes;
    private final LongAdder refused;

    private RetryBudgets(double share, int loops, long now, LongAdder refused) {
        this.lanes = new RetryBudget[loops];
        for (int i = 0; i < loops; i++) {
            lanes[i] = new RetryBudget(share, loops, now);
        }
        this.refused = refused;
    }

    /** @param share retries for each request, 0..1 */
    public RetryBudgets(double share, int loops, long now) {
        this(share, loops, now, new LongAdder());
    }

    /** Full ones with another share, which go on counting. */
    public RetryBudgets withShare(double share, long now) {
        return new RetryBudgets(share, lanes.length, now, refused);
    }

    /** A request has come, on that loop. */
    public void request(int lane) {
        lanes[lane].request();
    }

    /** The part of one loop, which is confined to it. */
    RetryBudget lane(int lane) {
        return lanes[lane];
    }

    /** Takes a retry out of a loop's part, if there is one, and counts it if not. On that loop. */
    public boolean take(int lane, long now) {
        return counted(lanes[lane].take(now));
    }

    /** Whether there is one to take; counts it if not. On that loop. */
    boolean allows(int lane, long now) {
        return counted(lanes[lane].left(now));
    }

    private boolean counted(boolean allowed) {
        if (!allowed) {
            refused.increment();
        }
        return allowed;
    }

    /** How many retries there were none left for. */
    public long refused() {
        return refused.sum();
    }
}
