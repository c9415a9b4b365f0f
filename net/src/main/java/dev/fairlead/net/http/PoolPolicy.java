package dev.fairlead.net.http;

import dev.fairlead.core.config.PoolConfig;

/**
 * The numbers of one pool as the data plane needs them: durations in nanoseconds. Immutable.
 *
 * @param maxRetries further tries of one exchange
 */
public record PoolPolicy(
        long connectNanos,
        long firstByteNanos,
        long idleNanos,
        long tunnelNanos,
        int maxRetries,
        int keptConnections,
        long keptNanos) {

    /** The policy a configuration asks for. */
    public static PoolPolicy of(PoolConfig config) {
        return new PoolPolicy(
                config.timeouts().connect().toNanos(),
                config.timeouts().firstByte().toNanos(),
                config.timeouts().idle().toNanos(),
                config.timeouts().tunnel().toNanos(),
                config.retries().max(),
                config.keepAlive().connections(),
                config.keepAlive().idle().toNanos());
    }
}
