package dev.fairlead.net.http;

import dev.fairlead.core.config.ListenerConfig;
import dev.fairlead.core.http.HeadLimits;

/**
 * The numbers of one listener as the data plane needs them: durations in nanoseconds. Immutable.
 *
 * @param maxBody most bytes in a request body; {@link Long#MAX_VALUE} for no limit
 * @param bodyRate fewest bytes a second of a request body; 0 for no limit
 * @param writeRate fewest bytes a second that a client takes of what waits for it; 0 for no limit
 */
public record ClientPolicy(
        HeadLimits heads,
        long maxBody,
        int requestsPerConnection,
        long headNanos,
        long idleNanos,
        long bodyNanos,
        long bodyRate,
        long writeNanos,
        long writeRate) {

    /** The policy a configuration asks for. */
    public static ClientPolicy of(ListenerConfig config) {
        var limits = config.limits();
        var timeouts = config.timeouts();
        return new ClientPolicy(
                new HeadLimits(limits.requestLine().clampedInt(), limits.head().clampedInt(), limits.fields()),
                limits.body().bytes() == 0 ? Long.MAX_VALUE : limits.body().bytes(),
                limits.requestsPerConnection(),
                timeouts.head().toNanos(),
                timeouts.idle().toNanos(),
                timeouts.body().toNanos(),
                timeouts.bodyRate().bytes(),
                timeouts.write().toNanos(),
                timeouts.writeRate().bytes());
    }
}
