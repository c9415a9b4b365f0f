package dev.fairlead.net.probe;

import dev.fairlead.core.health.CheckResult;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.time.Ticker;
import dev.fairlead.net.tls.BackendTls;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes the connections for checks, each within its own {@link Attempt}. Thread-safe. */
final class Dialer {
    private final EventLoopGroup group;
    private final Class<? extends Channel> channel;
    private final Aim aim;
    private final Duration timeout;
    private final Ticker ticker;
    private final @Nullable BackendTls tls;

    Dialer(EventLoopGroup group, Class<? extends Channel> channel, Aim aim, Duration timeout, Ticker ticker) {
        this(group, channel, aim, timeout, ticker, null);
    }

    /** @param tls how checks are made; {@code null} for plain text */
    Dialer(
            EventLoopGroup group,
            Class<? extends Channel> channel,
            Aim aim,
            Duration timeout,
            Ticker ticker,
            @Nullable BackendTls tls) {
        this.tls = tls;
        this.aim = aim;
        this.group = group;
        this.channel = channel;
        this.timeout = timeout;
        this.ticker = ticker;
    }

    Aim aim() {
        return aim;
    }

    private ChannelHandler handler(Backend backend, Attempt attempt, ChannelHandler talk) {
        BackendTls with = tls;
        return with == null
                ? talk
                : new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel made) {
                        made.pipeline().addLast(with.handler(made, aim.text(backend), 0), new Refusals(attempt), talk);
                    }
                };
    }

    /** Says why a handshake failed, before anyone else can. */
    private static final class Refusals extends ChannelInboundHandlerAdapter {
        private final Attempt attempt;

        private Refusals(Attempt attempt) {
            this.attempt = attempt;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
                // Nothing can be asked of it, which is less than a bad answer.
                attempt.silent(BackendTls.reason(handshake.cause()));
            }
            context.fireUserEventTriggered(event);
        }
    }

    /** Connects to where the backend is checked; {@code talk} makes the handler that is told when the connection is there. */
    void dial(Backend backend, Consumer<CheckResult> done, Function<Attempt, ChannelHandler> talk) {
        EventLoop loop = group.next();
        var attempt = new Attempt(timeout, ticker, done);
        try {
            // The timer first: whatever happens to the connection, it ends the attempt.
            attempt.timer(loop.schedule(attempt::timeOut, timeout.toNanos(), TimeUnit.NANOSECONDS));
            ChannelFuture connect = new Bootstrap()
                    .group(loop)
                    .channel(channel)
                    .disableResolver()
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                    .handler(handler(backend, attempt, talk.apply(attempt)))
                    .connect(aim.at(backend));
            attempt.channel(connect.channel());
            connect.addListener(future -> {
                if (!future.isSuccess()) {
                    attempt.broken(future.cause());
                }
            });
        } catch (RuntimeException e) {
            // The loops are being stopped, or the address is of another kind than the channel.
            attempt.broken(e);
        }
    }
}
