package dev.fairlead.net.probe;

import dev.fairlead.core.health.CheckResult;
import dev.fairlead.core.pool.Backend;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.function.Consumer;

/**
 * Passes when a connection and the TLS handshake that requests begin with succeed: what connecting is for plain text.
 * Thread-safe.
 */
final class HandshakeProbe implements Probe {
    private final Dialer dialer;

    /** @param dialer one that speaks TLS */
    HandshakeProbe(Dialer dialer) {
        this.dialer = dialer;
    }

    @Override
    public void probe(Backend backend, Consumer<CheckResult> done) {
        dialer.dial(backend, done, Talk::new);
    }

    /** One handshake; why it failed is said by the dialer. Confined to its connection's loop. */
    private static final class Talk extends ChannelInboundHandlerAdapter {
        private final Attempt attempt;

        private Talk(Attempt attempt) {
            this.attempt = attempt;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            attempt.awaits("no handshake");
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()) {
                attempt.pass("connected, with a TLS handshake");
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            attempt.silent("closed within the handshake");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            attempt.broken(cause);
        }
    }
}
