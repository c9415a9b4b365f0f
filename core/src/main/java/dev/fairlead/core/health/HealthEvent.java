package dev.fairlead.core.health;

import dev.fairlead.core.pool.BackendKey;
import dev.fairlead.core.pool.BackendState.Health;

/**
 * One change of a backend's measured health, with its evidence, for a log or a timeline. Immutable.
 *
 * @param when in milliseconds since 1970
 * @param before the same as {@code after} when something worth telling changed nothing, such as a refused ejection
 */
public record HealthEvent(long when, BackendKey backend, Health before, Health after, String why) {
    @Override
    public String toString() {
        return backend + " " + before + " -> " + after + ": " + why;
    }
}
