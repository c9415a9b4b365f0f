package dev.fairlead.net.http;

import dev.fairlead.core.config.ListenerConfig;
import dev.fairlead.core.http.HeadLimits;

/**
 * The numbers of one listener as the data plane needs them: durations in nanoseconds. Immutable.
 *
 * @param maxBody most bytes in a request body; {@link Long#MAX_VALUE} for no limit
 */
public record ClientPolicy(
        HeadLimits heads,
        long maxBody,
        int requestsPerConnection,
        int maxConnections,
        long headNanos,
        long idleNanos,
        long bodyNanos,
        long writeNanos) {

    /** The policy a configuration asks for. */
    public static ClientPolicy of(ListenerConfig config) {
        var limits = config.limits();
        var timeouts = config.timeouts();
        return new ClientPolicy(
                new HeadLimits(limits.requestLine().clampedInt(), limits.head().clampedInt(), limits.fields()),
                limits.body().bytes() == 0 ? Long.MAX_VALUE : limits.body().bytes(),
                limits.requestsPerConnection(),
                limits.connections(),
                timeouts.head().toNanos(),
                timeouts.idle().toNanos(),
                timeouts.body().toNanos(),
                timeouts.write().toNanos());
    }
}
