package dev.fairlead.net.connect;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.Fault;
import dev.fairlead.core.pool.Lease;
import dev.fairlead.net.http.Asker;
import dev.fairlead.net.http.Connector;
import dev.fairlead.net.http.PoolPolicy;
import dev.fairlead.net.http.h1.H1Backend;
import dev.fairlead.net.tls.BackendTls;
import dev.fairlead.net.transport.Loop;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of one event loop to all backends: those in use, and those kept for the next exchange, youngest first.
 * Confined to its loop.
 */
public final class BackendPools implements Connector {
    private static final Logger LOG = LoggerFactory.getLogger(BackendPools.class);

    /** The same is not said again sooner. */
    private static final long TELL_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Loop loop;
    private final IdentityHashMap<Backend, PerBackend> backends = new IdentityHashMap<>();
    private final IdentityHashMap<Asker, Connecting> connecting = new IdentityHashMap<>();

    private final Dials dials;

    public BackendPools(Loop loop) {
        this.loop = loop;
        this.dials = new Dials(loop);
    }

    /** One connection that is being made, and who waits for it. */
    private static final class Connecting {
        private @Nullable Asker waiting;

        private Connecting(@Nullable Asker waiting) {
            this.waiting = waiting;
        }
    }

    /** The connections to one backend. */
    private final class PerBackend {
        private final Backend backend;
        private final ArrayDeque<H1Backend> kept = new ArrayDeque<>();
        private final ArrayList<H1Backend> all = new ArrayList<>();
        private Stay stay;

        /** What held before; who has it still began before it was changed. */
        private @Nullable PoolPolicy former;

        private int connecting;

        /** Why the last handshake that failed did, as it was said. */
        private String told = "";

        private long toldAt;

        /** Whether it takes no more traffic, and is forgotten with its last connection. */
        private boolean leaving;

        private PerBackend(Backend backend, PoolPolicy policy) {
            this.backend = backend;
            this.stay = new Stay(policy);
        }

        /** From now on connections are kept as {@code policy} says; those made under another one go when they are idle. */
        private void under(PoolPolicy policy) {
            if (stay.policy != policy && former != policy && !stay.policy.equals(policy)) {
                former = stay.policy;
                stay = new Stay(policy);
                List.copyOf(kept).forEach(H1Backend::closeIfIdle);
            }
        }

        /** Where a connection made under {@code policy} lives; under a former one it serves once. */
        private Stay home(PoolPolicy policy) {
            return stay.policy.equals(policy) ? stay : new Stay(policy);
        }

        /** Says why a handshake failed, once in a while. */
        private void refusal(Throwable cause) {
            String why = BackendTls.reason(cause);
            long now = loop.refresh();
            if (!why.equals(told) || now - toldAt > TELL_NANOS) {
                told = why;
                toldAt = now;
                LOG.warn("backend {}: {}", backend.key(), why);
            }
        }

        private int most() {
            return stay.policy.keptConnections();
        }

        /** Where connections live that were made under one policy. */
        private final class Stay implements H1Backend.Home {
            private final PoolPolicy policy;

            private Stay(PoolPolicy policy) {
                this.policy = policy;
            }

            @Override
            public void keep(H1Backend connection) {
                if (this == stay && kept.size() < most()) {
                    kept.addLast(connection);
                } else {
                    connection.closeIfIdle();
                }
            }

            @Override
            public void gone(H1Backend connection) {
                PerBackend.this.gone(connection);
            }
        }

        private void forgetIfEmpty() {
            if (leaving && all.isEmpty() && connecting == 0) {
                backends.remove(backend, this);
            }
        }

        private void gone(H1Backend connection) {
            kept.remove(connection);
            int slot = connection.slot;
            if (slot < 0) {
                return;
            }
            H1Backend last = all.remove(all.size() - 1);
            if (last != connection) {
                all.set(slot, last);
                last.slot = slot;
            }
            connection.slot = -1;
            backend.tally().disconnected(loop.lane());
            forgetIfEmpty();
        }

        private void add(H1Backend connection) {
            connection.slot = all.size();
            all.add(connection);
            backend.tally().connected(loop.lane());
        }
    }

    @Override
    public void open(Lease lease, PoolPolicy policy, Asker asker, boolean fresh) {
        Fault fault = lease.backend().fault();
        if (fault == null) {
            reach(lease.backend(), policy, asker, fresh);
        } else {
            act(fault, lease.backend(), policy, asker, fresh);
        }
    }

    /** Acts a fault out. */
    private void act(Fault fault, Backend backend, PoolPolicy policy, Asker asker, boolean fresh) {
        switch (fault) {
            case Fault.Refuse _ -> later(asker, 0, to -> to.onConnectFailed(Failure.CONNECT_REFUSED));
            case Fault.Blackhole _ ->
                later(asker, policy.connectNanos(), to -> to.onConnectFailed(Failure.CONNECT_TIMEOUT));
            case Fault.Slow(Duration by) ->
                later(asker, by.toNanos(), to -> {
                    H1Backend kept = reach(backend, policy, to, fresh);
                    if (kept != null) {
                        // No event of a connection is being handled, at whose end it would be.
                        kept.flush();
                    }
                });
            case Fault.Errors(double share) -> {
                if (loop.random().nextDouble() < share) {
                    later(asker, 0, to -> to.onBackendReady(new FaultStream(loop, to), false));
                } else {
                    reach(backend, policy, asker, fresh);
                }
            }
        }
    }

    /** Does it after a while, unless who asked has given up by then. */
    private void later(Asker asker, long nanos, Consumer<Asker> what) {
        var attempt = new Connecting(asker);
        connecting.put(asker, attempt);
        Runnable then = () -> {
            loop.refresh();
            Asker waiting = attempt.waiting;
            if (waiting != null) {
                connecting.remove(waiting);
                what.accept(waiting);
            }
        };
        if (nanos == 0) {
            loop.executor().execute(then);
        } else {
            var _ = loop.executor().schedule(then, nanos, TimeUnit.NANOSECONDS);
        }
    }

    /** Gives it a connection; returns one that was kept, which has still to be flushed. */
    private @Nullable H1Backend reach(Backend backend, PoolPolicy policy, Asker asker, boolean fresh) {
        PerBackend to = to(backend, policy);
        to.leaving = false;
        H1Backend connection;
        while (!fresh && (connection = to.kept.pollLast()) != null) {
            if (connection.usable()) {
                connection.start(asker);
                return connection;
            }
        }
        connect(backend, policy, asker, to);
        return null;
    }

    private PerBackend to(Backend backend, PoolPolicy policy) {
        PerBackend to = backends.get(backend);
        if (to == null) {
            to = new PerBackend(backend, policy);
            backends.put(backend, to);
        } else {
            to.under(policy);
        }
        return to;
    }

    private void connect(Backend backend, PoolPolicy policy, @Nullable Asker asker, PerBackend to) {
        H1Backend.Home home = to.home(policy);
        var attempt = new Connecting(asker);
        if (asker != null) {
            connecting.put(asker, attempt);
        }
        to.connecting++;
        Bootstrap bootstrap = Dials.bootstrap(loop, backend, policy).handler(new ChannelInitializer<SocketChannel>() {
            @Override
            protected void initChannel(SocketChannel channel) {
                BackendTls tls = policy.tls();
                if (tls != null) {
                    channel.pipeline()
                            .addLast(tls.handler(channel, backend.key().address(), policy.connectNanos()));
                }
                channel.pipeline().addLast(new H1Backend(loop, backend, policy, home, channel, tls != null));
            }
        });
        boolean secure = policy.tls() != null;
        bootstrap.connect(backend.address()).addListener((ChannelFuture done) -> {
            SslHandler tls =
                    secure && done.isSuccess() ? done.channel().pipeline().get(SslHandler.class) : null;
            if (tls == null) {
                connected(done.channel(), done.cause(), attempt, to);
            } else {
                tls.handshakeFuture().addListener(shaken -> {
                    Throwable cause = shaken.cause();
                    if (cause != null) {
                        to.refusal(cause);
                    }
                    connected(done.channel(), inHandshake(cause), attempt, to);
                });
            }
        });
    }

    /** Whatever ended a handshake, it ended the handshake. */
    private static @Nullable Throwable inHandshake(@Nullable Throwable cause) {
        return cause == null || cause instanceof SSLException ? cause : new SSLException(cause);
    }

    private void connected(Channel channel, @Nullable Throwable cause, Connecting attempt, PerBackend to) {
        if (!loop.executor().inEventLoop()) {
            // A channel that could not even be made has no loop, and tells of it on a thread of Netty's own.
            loop.executor().execute(() -> connected(channel, cause, attempt, to));
            return;
        }
        loop.refresh();
        to.connecting--;
        Asker asker = attempt.waiting;
        if (asker != null) {
            connecting.remove(asker);
        }
        if (cause != null) {
            to.forgetIfEmpty();
            if (asker != null) {
                asker.onConnectFailed(Dials.failure(cause));
            }
            return;
        }
        H1Backend connection = channel.pipeline().get(H1Backend.class);
        if (!connection.usable()) {
            to.forgetIfEmpty();
            if (asker != null) {
                asker.onConnectFailed(Failure.CONNECT_FAILED);
            }
            return;
        }
        to.add(connection);
        if (asker == null) {
            connection.keep();
            return;
        }
        connection.start(asker);
        connection.flush();
    }

    @Override
    public void dial(Lease lease, PoolPolicy policy, ChannelHandler handler, Dialling dialling) {
        dials.dial(lease.backend(), policy, handler, dialling);
    }

    @Override
    public void pass(Asker from, Asker to) {
        Connecting attempt = connecting.remove(from);
        if (attempt != null) {
            attempt.waiting = to;
            connecting.put(to, attempt);
        }
    }

    @Override
    public void abandon(Asker asker) {
        Connecting attempt = connecting.remove(asker);
        if (attempt != null) {
            attempt.waiting = null;
        }
    }

    /** The backend takes no more traffic: idle connections close, and exchanges that wait and may move, move. */
    public void leave(Backend backend) {
        PerBackend at = backends.get(backend);
        if (at == null) {
            return;
        }
        loop.refresh();
        for (H1Backend connection : List.copyOf(at.all)) {
            connection.closeIfIdle();
            connection.moveIfWaiting();
        }
        at.leaving = true;
        at.forgetIfEmpty();
    }

    /** Closes the idle connections to this backend; those in use go on. */
    public void closeIdle(Backend backend) {
        PerBackend at = backends.get(backend);
        if (at != null) {
            List.copyOf(at.all).forEach(H1Backend::closeIfIdle);
        }
    }

    /** The backend's time to finish is over: every connection to it ends. */
    public void cut(Backend backend) {
        dials.cut(backend);
        PerBackend at = backends.get(backend);
        if (at != null) {
            loop.refresh();
            List.copyOf(at.all).forEach(H1Backend::cutNow);
        }
    }

    /** Makes {@code count} connections in advance and keeps them, as far as the pool's policy keeps any. */
    public void prepare(Backend backend, PoolPolicy policy, int count) {
        PerBackend to = to(backend, policy);
        for (int i = to.kept.size() + to.connecting; i < Math.min(count, to.most()); i++) {
            connect(backend, policy, null, to);
        }
    }

    /** Idle connections, for status. */
    public int kept() {
        int kept = 0;
        for (PerBackend at : backends.values()) {
            kept += at.kept.size();
        }
        return kept;
    }

    /** Closes every idle connection. */
    public void closeIdle() {
        for (PerBackend at : List.copyOf(backends.values())) {
            for (H1Backend connection : List.copyOf(at.all)) {
                connection.closeIfIdle();
            }
        }
    }
}
