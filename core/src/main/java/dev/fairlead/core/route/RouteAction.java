package dev.fairlead.core.route;

import dev.fairlead.core.config.RouteConfig.BufferConfig;
import org.jspecify.annotations.Nullable;

/** What is done with a request that a route matched. */
public sealed interface RouteAction permits RouteAction.Forward, Redirect {
    /** What {@link #limit} is for a route without a rate limit. */
    int UNLIMITED = -1;

    /** The route's place among those of the configuration that have a rate limit, or {@link #UNLIMITED}. */
    int limit();

    /**
     * It goes to a pool. Immutable.
     *
     * @param index the pool's place in the list of names the table was built with
     * @param buffer what must be there before a backend is asked; {@code null} for the head only
     */
    record Forward(
            String pool, int index, int limit, @Nullable BufferConfig buffer) implements RouteAction {}
}
