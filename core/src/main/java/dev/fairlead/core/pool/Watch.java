package dev.fairlead.core.pool;

import dev.fairlead.core.fail.Outcome;

/** Is told of every use of a backend: the port through which real traffic reaches the watchdog. */
@FunctionalInterface
public interface Watch {
    /** Nobody watches. */
    Watch NONE = (backend, outcome, now) -> {};

    /** A use has ended. Called on event loops, so: no lock, no allocation, no blocking. */
    void closed(Backend backend, Outcome outcome, long now);
}
