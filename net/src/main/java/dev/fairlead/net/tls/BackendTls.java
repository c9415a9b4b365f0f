package dev.fairlead.net.tls;

import dev.fairlead.core.config.BackendTlsConfig;
import dev.fairlead.core.time.WallClock;
import dev.fairlead.core.tls.Pair;
import io.netty.channel.Channel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * How a pool speaks TLS with its backends. Immutable; any thread. Sessions with each backend are resumed.
 *
 * <p>It is one for a pool and lives as long as its settings, so its memory is left to the garbage collector.
 */
public final class BackendTls {
    private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");
    private static final int SESSIONS = 1024;
    private static final long SESSION_SECONDS = 3600;

    private final SslContext context;
    private final @Nullable String name;

    private BackendTls(SslContext context, @Nullable String name) {
        this.context = context;
        this.name = name;
    }

    /**
     * Makes it.
     *
     * @param trusted whom to trust; {@code null} for those that this machine's Java trusts
     * @param own shown to backends that ask; {@code null} for none
     * @throws IllegalStateException when something of it cannot be used; the message says what and why
     */
    public static BackendTls of(
            BackendTlsConfig config,
            @Nullable List<X509Certificate> trusted,
            @Nullable Pair own,
            TlsProvider provider,
            WallClock wall) {
        try {
            SslContextBuilder builder = SslContextBuilder.forClient()
                    .sslProvider(provider == TlsProvider.BORINGSSL ? SslProvider.OPENSSL : SslProvider.JDK)
                    .protocols(PROTOCOLS)
                    // Names are looked at by the manager itself, which has better words.
                    .endpointIdentificationAlgorithm("")
                    .trustManager(BackendTrust.of(config, trusted, wall))
                    .sessionCacheSize(SESSIONS)
                    .sessionTimeout(SESSION_SECONDS)
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            Protocol.ALPN,
                            SelectorFailureBehavior.NO_ADVERTISE,
                            SelectedListenerFailureBehavior.ACCEPT,
                            CertStore.PROTOCOLS));
            if (own != null) {
                builder.keyManager(own.key(), own.chain());
            }
            SslContext context = builder.build();
            if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
                sessions.setSessionCacheEnabled(true);
            }
            return new BackendTls(context, config.name());
        } catch (SSLException | IllegalArgumentException e) {
            throw new IllegalStateException("TLS to backends: " + e.getMessage(), e);
        }
    }

    /**
     * What encrypts a connection that is about to be made.
     *
     * @param address of the backend, as {@code host:port}
     * @param nanos how long the handshake may take; 0 where someone else looks after that
     */
    public SslHandler handler(Channel channel, String address, long nanos) {
        int colon = address.lastIndexOf(':');
        String host = colon < 0 ? address : address.substring(0, colon);
        String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        String digits = colon < 0 ? "" : address.substring(colon + 1);
        int port = digits.matches("[0-9]{1,5}") ? Integer.parseInt(digits) : -1;
        SslHandler handler = context.newHandler(channel.alloc(), name == null ? bare : name, port);
        handler.setHandshakeTimeout(nanos, TimeUnit.NANOSECONDS);
        return handler;
    }

    /** Why a handshake failed, for people; it names the certificate where that is why. */
    public static String reason(Throwable cause) {
        for (Throwable inner = cause; inner != null; inner = inner.getCause()) {
            if (inner instanceof CertificateException && inner.getMessage() != null) {
                return inner.getMessage();
            }
        }
        if (cause instanceof ClosedChannelException) {
            return "closed within the TLS handshake";
        }
        Throwable inner = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
        return inner instanceof NotSslRecordException
                ? "no TLS is spoken there"
                : "the TLS handshake failed: " + inner.getMessage();
    }
}
