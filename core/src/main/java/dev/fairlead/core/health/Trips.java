package dev.fairlead.core.health;

import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.pool.Backend;

/** The port through which event loops tell the control thread that a backend failed too often in a row. */
@FunctionalInterface
public interface Trips {
    /**
     * Called on an event loop, once for each trip, so it only hands over: the control thread calls
     * {@link Watchdog#onTrip}, which alone makes further trips of this backend possible.
     */
    void tripped(Backend backend, Outcome last, long now);
}
