package dev.fairlead.sim;

import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.pool.Backend;
import java.util.ArrayDeque;

/** What stands behind a {@link Backend}: workers and a queue. Confined to its run. */
final class Station {
    private static final long FAILS_AFTER = 500_000;

    private final Backend backend;
    private final VirtualTime time;
    private final int workers;
    private final ArrayDeque<Request> queue = new ArrayDeque<>();
    private int busy;
    private int slowness = 1;
    private boolean fails;
    private boolean hangs;

    Station(Backend backend, VirtualTime time, int workers) {
        this.backend = backend;
        this.time = time;
        this.workers = workers;
    }

    Backend backend() {
        return backend;
    }

    int workers() {
        return workers;
    }

    /** From now on everything takes {@code factor} times as long. */
    void slowDown(int factor) {
        slowness = factor;
    }

    /** From now on it answers 500 at once. */
    void fail() {
        fails = true;
    }

    /** From now on it takes requests and answers none, not even those in work. */
    void hang() {
        hangs = true;
    }

    void take(Request request) {
        if (fails) {
            time.in(FAILS_AFTER, () -> request.end(Outcome.SERVER_ERROR));
        } else if (busy < workers) {
            work(request);
        } else {
            queue.add(request);
        }
    }

    private void work(Request request) {
        busy++;
        time.in(request.demand() * slowness, () -> {
            if (!hangs) {
                busy--;
                request.end(Outcome.OK);
                workOnTheNext();
            }
        });
    }

    private void workOnTheNext() {
        Request next = queue.poll();
        // Those that timed out while waiting are not worked on.
        while (next != null && next.ended()) {
            next = queue.poll();
        }
        if (next != null) {
            work(next);
        }
    }
}
