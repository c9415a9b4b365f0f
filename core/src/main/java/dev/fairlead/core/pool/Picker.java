package dev.fairlead.core.pool;

import org.jspecify.annotations.Nullable;

/**
 * Picks one backend for one try. Called from any event loop at once: no I/O, no lock, no allocation.
 *
 * <p>A pure function of its roster, the key and the tried set (round robin's position aside). It returns {@code null}
 * only when {@code tried} skips every eligible backend: a picker that gives up early loses requests.
 */
@FunctionalInterface
public interface Picker {
    /**
     * @param key hash of what the request is keyed by, or 64 random bits where the algorithm has no key
     * @param tried which backends not to pick
     */
    @Nullable
    Backend pick(long key, Tried tried);
}
