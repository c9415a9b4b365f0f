package dev.fairlead.core.pool;

import dev.fairlead.core.fail.Outcome;

/**
 * One use of a backend. Whoever acquired it closes it, exactly once.
 *
 * <p>Confined to the event loop that acquired it. {@link #close} is the one place that feeds the in-flight count,
 * latency, counters and the watchdog, so nothing is half-counted.
 */
public final class Lease implements Acquired {
    private final Pool pool;
    private final Backend backend;
    private final int lane;
    private final long begun;
    private final boolean trial;
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

    /** The answer has begun: takes in its latency. At most once, before {@link #close}. */
    public void firstByte(long now) {
        firstByte(now, false);
    }

    /** The answer has begun, and says {@code failed} that the backend could not do the work. See {@link #firstByte(long)}. */
    public void firstByte(long now, boolean failed) {
        answered = true;
        long took = now - begun;
        backend.learn(took, failed, now);
        pool.answered(backend);
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
            backend.learn(now - begun, true, now);
        }
        // What was begun before an ejection says nothing about the trial that came after it.
        if (trial || !backend.onTrial()) {
            pool.watch().closed(backend, outcome, now);
        }
        // Last: whoever gets the place sees everything this use has shown.
        pool.free(backend, answered);
    }
}
