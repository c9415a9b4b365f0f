package dev.fairlead.net.http;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.pool.Lease;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;

/** Opens backend streams; one for each event loop. The port through which requests reach their backends. */
public interface Connector {
    /**
     * Opens a stream to the leased backend for {@code asker}, which is told by {@link Asker#onBackendReady} or
     * {@link Asker#onConnectFailed}, at once or later, on this loop.
     *
     * @param fresh whether a kept connection must not be used
     */
    void open(Lease lease, PoolPolicy policy, Asker asker, boolean fresh);

    /** Who wants a connection of its own, for bytes as they are. */
    interface Dialling {
        /** It is there. Whoever no longer wants it closes it. */
        void connected(Channel channel);

        /** It cannot be had. */
        void failed(Failure why);

        /** The backend's time to finish is over. */
        void cut();
    }

    /**
     * Makes a connection of its own to the leased backend; {@code dialling} is told, never at once, on this loop.
     *
     * @param handler handles the connection from its beginning
     */
    void dial(Lease lease, PoolPolicy policy, ChannelHandler handler, Dialling dialling);

    /** What {@code from} is waiting for goes to {@code to}, which waits for nothing yet. */
    void pass(Asker from, Asker to);

    /** Who asked no longer wants the stream it is waiting for. */
    void abandon(Asker asker);
}
