package dev.fairlead.net.probe;

import dev.fairlead.core.config.HealthConfig.TlsCheck;
import dev.fairlead.core.health.CheckResult;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.time.WallClock;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.nio.channels.ClosedChannelException;
import java.security.cert.Certificate;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Passes when a TLS handshake succeeds, with a certificate that is valid, trusted and for the right name unless told not
 * to verify it. Thread-safe.
 *
 * <p>The work of a handshake is done on virtual threads of its own, so that the event loops only move its bytes. What does
 * not speak TLS is silent; what speaks it and is refused, or refuses us, is sick.
 */
final class TlsProbe implements Probe {
    private final Dialer dialer;
    private final @Nullable String serverName;
    private final boolean verify;
    private final SslContext context;
    private final WallClock wall;

    /** @param trust whom to trust; {@code null} for those that the machine's Java trusts */
    TlsProbe(Dialer dialer, TlsCheck check, @Nullable TrustManagerFactory trust, WallClock wall) {
        this.dialer = dialer;
        this.serverName = check.serverName();
        this.verify = check.verify();
        this.wall = wall;
        try {
            this.context = SslContextBuilder.forClient()
                    .sslProvider(SslProvider.JDK)
                    .trustManager(check.verify() ? trust : InsecureTrustManagerFactory.INSTANCE)
                    .endpointIdentificationAlgorithm(check.verify() ? "HTTPS" : "")
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("health check: TLS cannot be used: " + e.getMessage(), e);
        }
    }

    @Override
    public void probe(Backend backend, Consumer<CheckResult> done) {
        String host = serverName == null ? dialer.aim().host(backend) : serverName;
        dialer.dial(backend, done, attempt -> new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                SslHandler handler = context.newHandler(channel.alloc(), host, -1, Thread::startVirtualThread);
                // The attempt has its own timer.
                handler.setHandshakeTimeout(0, TimeUnit.MILLISECONDS);
                channel.pipeline().addLast(handler, new Talk(attempt, handler));
            }
        });
    }

    /** One handshake. Confined to its connection's loop. */
    private final class Talk extends ChannelInboundHandlerAdapter {
        private final Attempt attempt;
        private final SslHandler handler;

        Talk(Attempt attempt, SslHandler handler) {
            this.attempt = attempt;
            this.handler = handler;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            attempt.awaits("no handshake");
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (!(event instanceof SslHandshakeCompletionEvent handshake)) {
                return;
            }
            if (handshake.isSuccess()) {
                judge();
            } else {
                refuse(handshake.cause());
            }
        }

        private void judge() {
            X509Certificate certificate = certificate();
            if (certificate == null) {
                attempt.pass("handshake, without a certificate");
                return;
            }
            long left = certificate.getNotAfter().toInstant().toEpochMilli() - wall.epochMillis();
            String validity = validity(left);
            // Java does not ask how old a certificate is that is itself among the trusted ones.
            if (verify && left < 0) {
                attempt.sick(validity);
            } else {
                attempt.pass("handshake, " + validity);
            }
        }

        private @Nullable X509Certificate certificate() {
            try {
                Certificate[] chain = handler.engine().getSession().getPeerCertificates();
                return chain.length > 0 && chain[0] instanceof X509Certificate first ? first : null;
            } catch (SSLPeerUnverifiedException e) {
                return null;
            }
        }

        private void refuse(Throwable cause) {
            if (has(cause, NotSslRecordException.class)) {
                attempt.silent("no TLS answer");
            } else if (has(cause, ClosedChannelException.class) || words(cause).startsWith("Connection closed")) {
                attempt.silent("closed within the handshake");
            } else if (has(cause, SSLException.class)) {
                attempt.sick(reason(cause));
            } else {
                attempt.broken(cause);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            // Netty wraps what decoding ran into.
            refuse(cause.getCause() instanceof SSLException inner ? inner : cause);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            attempt.silent("closed within the handshake");
        }
    }

    static String validity(long millis) {
        long days = Math.abs(millis) / TimeUnit.DAYS.toMillis(1);
        String span = days == 0 ? "less than a day" : days + (days == 1 ? " day" : " days");
        return millis > 0 ? "certificate valid for " + span : "certificate expired " + span + " ago";
    }

    private static String reason(Throwable cause) {
        if (has(cause, CertificateExpiredException.class)) {
            return "certificate expired";
        }
        if (has(cause, CertificateNotYetValidException.class)) {
            return "certificate not valid yet";
        }
        String words = words(cause);
        if (words.contains("unable to find valid certification path")) {
            return "certificate not trusted";
        }
        return words.startsWith("No name matching") || words.startsWith("No subject alternative")
                ? "certificate for another name: " + words
                : "handshake failed: " + words;
    }

    /** The words of the innermost cause that has any. */
    private static String words(Throwable cause) {
        String words = "";
        for (Throwable inner = cause; inner != null; inner = inner.getCause()) {
            words = inner.getMessage() == null ? words : inner.getMessage();
        }
        return words;
    }

    private static boolean has(Throwable cause, Class<? extends Throwable> type) {
        for (Throwable inner = cause; inner != null; inner = inner.getCause()) {
            if (type.isInstance(inner)) {
                return true;
            }
        }
        return false;
    }
}
