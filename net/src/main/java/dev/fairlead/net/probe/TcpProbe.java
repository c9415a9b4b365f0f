package dev.fairlead.net.probe;

import dev.fairlead.core.health.CheckResult;
import dev.fairlead.core.pool.Backend;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.function.Consumer;

/**
 * Passes when a connection can be made. Thread-safe.
 *
 * <p>The kernel makes connections for a process that hangs, too, until its backlog is full; only a check that asks for an
 * answer notices that.
 */
final class TcpProbe implements Probe {
    private final Dialer dialer;

    TcpProbe(Dialer dialer) {
        this.dialer = dialer;
    }

    @Override
    public void probe(Backend backend, Consumer<CheckResult> done) {
        dialer.dial(backend, done, attempt -> new ChannelInboundHandlerAdapter() {
            @Override
            public void channelActive(ChannelHandlerContext context) {
                attempt.pass("connected");
            }
        });
    }
}
