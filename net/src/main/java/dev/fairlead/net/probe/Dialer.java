package dev.fairlead.net.probe;

import dev.fairlead.core.health.CheckResult;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.time.Ticker;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/** Makes the connections for checks, each within its own {@link Attempt}. Thread-safe. */
final class Dialer {
    private final EventLoopGroup group;
    private final Class<? extends Channel> channel;
    private final Aim aim;
    private final Duration timeout;
    private final Ticker ticker;

    Dialer(EventLoopGroup group, Class<? extends Channel> channel, Aim aim, Duration timeout, Ticker ticker) {
        this.aim = aim;
        this.group = group;
        this.channel = channel;
        this.timeout = timeout;
        this.ticker = ticker;
    }

    Aim aim() {
        return aim;
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
                    .handler(talk.apply(attempt))
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
