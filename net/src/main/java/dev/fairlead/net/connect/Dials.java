package dev.fairlead.net.connect;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.Fault;
import dev.fairlead.net.http.Connector.Dialling;
import dev.fairlead.net.http.PoolPolicy;
import dev.fairlead.net.transport.Listener;
import dev.fairlead.net.transport.Loop;
import dev.fairlead.net.transport.OwnFault;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.net.ConnectException;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Makes connections to backends, and knows those that are used by one client alone. Confined to its loop. */
final class Dials {
    private final Loop loop;
    private final IdentityHashMap<Backend, Map<Channel, Dialling>> open = new IdentityHashMap<>();

    Dials(Loop loop) {
        this.loop = loop;
    }

    /** A connection as all to backends are. */
    static Bootstrap bootstrap(Loop loop, Backend backend, PoolPolicy policy) {
        Bootstrap bootstrap = new Bootstrap()
                .group(loop.executor())
                .channel(loop.transport().channel())
                .option(ChannelOption.ALLOCATOR, loop.allocator())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                // A backend that has answered early and closed must be heard although it takes no more.
                .option(ChannelOption.AUTO_CLOSE, false)
                .option(ChannelOption.RECVBUF_ALLOCATOR, loop.receiveSizes())
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, loop.buffers().plenty())
                .option(
                        ChannelOption.CONNECT_TIMEOUT_MILLIS,
                        Math.clamp(TimeUnit.NANOSECONDS.toMillis(policy.connectNanos()), 1, Integer.MAX_VALUE));
        ChannelOption<Long> unsent = loop.transport().unsent();
        if (unsent != null) {
            bootstrap.option(unsent, Listener.UNSENT);
        }
        loop.transport().unpaced(bootstrap, backend.address());
        return bootstrap;
    }

    /** What a failed connection is called. */
    static Failure failure(Throwable cause) {
        if (cause instanceof ConnectTimeoutException || cause instanceof SslHandshakeTimeoutException) {
            return Failure.CONNECT_TIMEOUT;
        }
        if (OwnFault.is(cause)) {
            return Failure.NO_SOCKET;
        }
        if (cause instanceof SSLException) {
            return Failure.BACKEND_TLS;
        }
        boolean refused = cause instanceof ConnectException
                && String.valueOf(cause.getMessage()).contains("refused");
        return refused ? Failure.CONNECT_REFUSED : Failure.CONNECT_FAILED;
    }

    /** Makes a connection for one client alone. */
    void dial(Backend backend, PoolPolicy policy, ChannelHandler handler, Dialling dialling) {
        switch (backend.fault()) {
            case null -> connect(backend, policy, handler, dialling);
            case Fault.Refuse _ -> later(0, () -> dialling.failed(Failure.CONNECT_REFUSED));
            case Fault.Blackhole _ -> later(policy.connectNanos(), () -> dialling.failed(Failure.CONNECT_TIMEOUT));
            case Fault.Slow slow -> later(slow.by().toNanos(), () -> connect(backend, policy, handler, dialling));
            case Fault.Errors errors -> {
                // There is no answer here that could say so.
                if (loop.random().nextDouble() < errors.share()) {
                    later(0, () -> dialling.failed(Failure.CONNECT_REFUSED));
                } else {
                    connect(backend, policy, handler, dialling);
                }
            }
        }
    }

    private void later(long nanos, Runnable what) {
        var _ = loop.executor()
                .schedule(
                        () -> {
                            loop.refresh();
                            what.run();
                        },
                        nanos,
                        TimeUnit.NANOSECONDS);
    }

    private void connect(Backend backend, PoolPolicy policy, ChannelHandler handler, Dialling dialling) {
        bootstrap(loop, backend, policy)
                .handler(handler)
                .connect(backend.address())
                .addListener((ChannelFuture done) -> connected(backend, done.channel(), done.cause(), dialling));
    }

    private void connected(Backend backend, Channel channel, @Nullable Throwable cause, Dialling dialling) {
        if (!loop.executor().inEventLoop()) {
            // A channel that could not even be made has no loop, and tells of it on a thread of Netty's own.
            loop.executor().execute(() -> connected(backend, channel, cause, dialling));
            return;
        }
        loop.refresh();
        if (cause != null || !channel.isActive()) {
            dialling.failed(cause == null ? Failure.CONNECT_FAILED : failure(cause));
            return;
        }
        backend.tally().connected(loop.lane());
        open.computeIfAbsent(backend, b -> new LinkedHashMap<>()).put(channel, dialling);
        channel.closeFuture().addListener(closed -> forget(backend, channel));
        dialling.connected(channel);
    }

    private void forget(Backend backend, Channel channel) {
        Map<Channel, Dialling> of = open.get(backend);
        if (of != null && of.remove(channel) != null) {
            backend.tally().disconnected(loop.lane());
            if (of.isEmpty()) {
                open.remove(backend);
            }
        }
    }

    /** The backend's time to finish is over. */
    void cut(Backend backend) {
        Map<Channel, Dialling> of = open.get(backend);
        if (of != null) {
            loop.refresh();
            List.copyOf(of.values()).forEach(Dialling::cut);
        }
    }
}
