package dev.fairlead.net.http;

import dev.fairlead.core.pool.Lease;

/** Opens backend streams; one for each event loop. The port through which an exchange reaches its backend. */
public interface Connector {
    /**
     * Opens a stream to the leased backend for {@code exchange}, which is told by {@link Exchange#onBackendReady} or
     * {@link Exchange#onConnectFailed}, at once or later, on this loop.
     *
     * @param fresh whether a kept connection must not be used
     */
    void open(Lease lease, PoolPolicy policy, Exchange exchange, boolean fresh);

    /** The exchange no longer wants the stream it is waiting for. */
    void abandon(Exchange exchange);
}
