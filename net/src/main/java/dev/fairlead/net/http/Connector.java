package dev.fairlead.net.http;

import dev.fairlead.core.pool.Lease;

/** Opens backend streams; one for each event loop. The port through which requests reach their backends. */
public interface Connector {
    /**
     * Opens a stream to the leased backend for {@code asker}, which is told by {@link Asker#onBackendReady} or
     * {@link Asker#onConnectFailed}, at once or later, on this loop.
     *
     * @param fresh whether a kept connection must not be used
     */
    void open(Lease lease, PoolPolicy policy, Asker asker, boolean fresh);

    /** What {@code from} is waiting for goes to {@code to}, which waits for nothing yet. */
    void pass(Asker from, Asker to);

    /** Who asked no longer wants the stream it is waiting for. */
    void abandon(Asker asker);
}
