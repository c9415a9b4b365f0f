package dev.fairlead.core.health;

import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.Watch;

/**
 * Watches real traffic for backends that fail many times in a row, however their checks answer.
 *
 * <p>Thread-safe: called on every event loop at the end of each use, without lock or allocation. It only counts (in the
 * backend's {@link dev.fairlead.core.pool.Streak}) and reports; whether the backend goes is for {@link Watchdog}.
 *
 * <p>Outcomes that blame the backend lengthen the row and {@link Outcome#OK} breaks it. A kept connection that was
 * closed, a client that left and a use that sent nothing say nothing about the backend and do neither.
 */
public final class Ejector implements Watch {
    private final Trips trips;

    /** Written by the control thread, read by event loops. */
    private volatile int consecutive;

    /** @param consecutive failures in a row that trip; 0 for never */
    public Ejector(int consecutive, Trips trips) {
        this.trips = trips;
        this.consecutive = requireConsecutive(consecutive);
    }

    /** Changes how many failures in a row trip; 0 for never. */
    public void consecutive(int newConsecutive) {
        this.consecutive = requireConsecutive(newConsecutive);
    }

    @Override
    public void closed(Backend backend, Outcome outcome, long now) {
        int limit = consecutive;
        if (limit == 0) {
            return;
        }
        if (outcome == Outcome.OK) {
            backend.streak().good();
            backend.passedTrial();
        } else if (outcome.blamesBackend() && backend.streak().bad(backend.onTrial() ? 1 : limit)) {
            trips.tripped(backend, outcome, now);
        }
    }

    private static int requireConsecutive(int consecutive) {
        if (consecutive < 0) {
            throw new IllegalArgumentException("consecutive: " + consecutive + " (expected: >= 0)");
        }
        return consecutive;
    }
}
