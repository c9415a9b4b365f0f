package dev.fairlead.net.http;

import dev.fairlead.core.config.PoolConfig;
import dev.fairlead.core.config.StatusRanges;
import dev.fairlead.net.tls.BackendTls;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of one pool as the data plane needs them: durations in nanoseconds. Immutable.
 *
 * @param exchangeNanos for a whole exchange; 0 for no limit
 * @param queueNanos how long a request may wait for a place
 * @param maxRetries further tries of one exchange
 * @param retryStatuses answers after which another backend is asked
 * @param backOffNanos most time before the first further try; doubled for each one after
 * @param replay most bytes of a body that are kept to be sent again
 * @param keptNanos how long an idle connection is kept while the backend's own limit is not known
 * @param mostKeptNanos how long at most when it is
 * @param tls how backends are spoken to; {@code null} for plain text
 */
public record PoolPolicy(
        long connectNanos,
        long firstByteNanos,
        long idleNanos,
        long tunnelNanos,
        long exchangeNanos,
        long queueNanos,
        int maxRetries,
        StatusRanges retryStatuses,
        long backOffNanos,
        int replay,
        int keptConnections,
        long keptNanos,
        long mostKeptNanos,
        @Nullable BackendTls tls) {

    /** The policy a configuration asks for. */
    public static PoolPolicy of(PoolConfig config, @Nullable BackendTls tls) {
        return new PoolPolicy(
                config.timeouts().connect().toNanos(),
                config.timeouts().firstByte().toNanos(),
                config.timeouts().idle().toNanos(),
                config.timeouts().tunnel().toNanos(),
                config.timeouts().exchange().toNanos(),
                config.limits().queueTimeout().toNanos(),
                config.retries().max(),
                config.retries().statuses(),
                config.retries().backOff().toNanos(),
                config.retries().replay().clampedInt(),
                config.keepAlive().connections(),
                config.keepAlive().idle().toNanos(),
                Math.max(
                        config.keepAlive().mostIdle().toNanos(),
                        config.keepAlive().idle().toNanos()),
                tls);
    }
}
