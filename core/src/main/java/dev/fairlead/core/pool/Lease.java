package dev.fairlead.core.pool;

import dev.fairlead.core.fail.Outcome;

/**
 * One use of a backend. Whoever acquired it closes it, exactly once.
 *
 * <p>Confined to the event loop that acquired it. {@link #close} is the one place that feeds the in-flight count,
 * latency, counters and the watchdog, so nothing is half-counted.
 */
public final class Lease implements Acquired {
    /** A latency of which we ourselves may be so large a part is not believed: a quarter. */
    private static final int OWN_SHARE = 4;

    private final Pool pool;
    private final Backend backend;
    private final int lane;
    private final boolean trial;
    private long begun;

    /** Whether it counts as one that waits for its answer. */
    private boolean counted = true;

    private boolean answered;
    private boolean closed;

    Lease(Pool pool, Backend backend, int lane, long now) {
        this.pool = pool;
        this.backend = backend;
        this.lane = lane;
        this.begun = now;
        this.trial = backend.onTrial();
        backend.tally().leased(lane);
    }

    public Backend backend() {
        return backend;
    }

    /** The pool it came from. */
    public Pool pool() {
        return pool;
    }

    /**
     * The request's body is still on its way: until {@link #sent} its slowness is the client's, so it holds no place under
     * a cap that is learnt from the backend's.
     */
    public void sending() {
        if (counted) {
            counted = false;
            pool.answered(backend);
        }
    }

    /** The request is whole: its latency counts from now. Does nothing unless {@link #sending} was called before. */
    public void sent(long now) {
        if (!counted && !answered) {
            counted = true;
            begun = now;
            backend.asked();
        }
    }

    /** The answer has begun: takes in its latency. At most once, before {@link #close}. */
    public void firstByte(long now) {
        firstByte(now, false, 0);
    }

    /**
     * The answer has begun. See {@link #firstByte(long)}.
     *
     * @param failed whether it says that the backend could not do the work
     * @param lag how late this event loop was lately, in nanoseconds; a latency that may be our own teaches no cap
     */
    public void firstByte(long now, boolean failed, long lag) {
        answered = true;
        long took = now - begun;
        if (counted) {
            counted = false;
            if (lag <= took / OWN_SHARE) {
                backend.learn(took, failed, now);
            }
            pool.answered(backend);
        }
        backend.latency().observe(took, now);
        backend.tally().latency(lane, took);
    }

    /** Ends the use. A second call is a bug and throws. */
    public void close(Outcome outcome, long now) {
        if (closed) {
            throw new IllegalStateException("lease on " + backend.key() + " closed twice");
        }
        closed = true;
        backend.tally().closed(lane, outcome);
        if (!answered) {
            backend.tally().unanswered(lane);
        }
        if (outcome == Outcome.TIMED_OUT && !answered) {
            // Without this sample a hung backend would look as quick as ever.
            backend.latency().observe(now - begun, now);
            if (counted) {
                backend.learn(now - begun, true, now);
            }
        }
        if ((outcome == Outcome.OVERTAKEN || outcome == Outcome.DROPPED)
                && !answered
                && now - begun > backend.latency().nanos()) {
            // It would have taken longer still: a lower bound may make it look slower than it did, never quicker.
            backend.latency().observe(now - begun, now);
        }
        switch (outcome) {
            case OK -> backend.trust();
            case CONNECT_FAILED, TIMED_OUT, BROKEN, STALE -> backend.doubt(now);
            case SERVER_ERROR, CLIENT_GONE, OVERTAKEN, DROPPED, UNUSED -> {}
        }
        // What was begun before an ejection says nothing about the trial that came after it.
        if (trial || !backend.onTrial()) {
            pool.watch().closed(backend, outcome, now);
        }
        // Last: whoever gets the place sees everything this use has shown.
        pool.free(backend, !counted);
    }
}
