package dev.fairlead.net.tls;

import dev.fairlead.core.config.TlsConfig;
import dev.fairlead.core.config.TlsConfig.CustomConfig;
import dev.fairlead.core.tls.Pair;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.internal.tcnative.SSLContext;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;

/** Makes what engines are made of, one for each certificate of a listener. Immutable. */
final class Contexts {
    private static final List<String> TLS13 =
            List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");
    private static final List<String> TLS12 = List.of(
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");
    private static final List<String> GROUPS = List.of("X25519MLKEM768", "X25519", "P-256", "P-384");

    /** A day: who comes back later does a full handshake. */
    private static final long SESSION_SECONDS = 24 * 3600;

    private final TlsTerms terms;
    private final byte[] scope;

    Contexts(TlsTerms terms) {
        this.terms = terms;
        this.scope = scope(terms);
    }

    /**
     * Sessions go on with any certificate of the listener, now and later, but with no other listener's, and not when it has
     * changed who is let in.
     */
    private static byte[] scope(TlsTerms terms) {
        ClientTrust clients = terms.clients();
        String whole = terms.listener() + (clients == null ? "" : "\n" + clients.required() + "\n" + clients.digest());
        try {
            return MessageDigest.getInstance("SHA-256").digest(whole.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    /**
     * Makes one.
     *
     * @param stapled whether engines can be given an OCSP answer; with BoringSSL only
     * @throws IllegalStateException when the certificate cannot be used; the message says which and why
     */
    SslContext of(Pair pair, boolean stapled) {
        try {
            SslContext context = built(pair, stapled);
            if (context.sessionContext() instanceof OpenSslServerSessionContext sessions) {
                sessions.setSessionIdContext(scope);
            }
            logKeys(context);
            return context;
        } catch (SSLException | IllegalArgumentException e) {
            throw new IllegalStateException(pair + ": " + e.getMessage(), e);
        }
    }

    /** Netty has no door to the library's callback: what it shows is another pointer than the library takes. */
    private void logKeys(SslContext context) {
        KeyLog log = terms.keyLog();
        if (log == null || !(context instanceof ReferenceCountedOpenSslContext boring)) {
            return;
        }
        try {
            Field pointer = ReferenceCountedOpenSslContext.class.getDeclaredField("ctx");
            pointer.setAccessible(true);
            SSLContext.setKeyLogCallback(pointer.getLong(boring), log);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("tls.key-log cannot be had with this version of Netty", e);
        }
    }

    private SslContext built(Pair pair, boolean stapled) throws SSLException {
        TlsConfig config = terms.config();
        boolean newest = config.profile() == TlsConfig.Profile.MODERN;
        List<String> suites = new ArrayList<>(TLS13);
        List<String> groups = GROUPS;
        CustomConfig custom = config.custom();
        if (custom != null) {
            newest = custom.from() == TlsConfig.Version.TLS13;
            suites.addAll(custom.ciphers().isEmpty() ? TLS12 : custom.ciphers());
            groups = custom.groups().isEmpty() ? groups : custom.groups();
        } else if (!newest) {
            suites.addAll(TLS12);
        }
        SslContextBuilder builder = SslContextBuilder.forServer(pair.key(), pair.chain())
                .sslProvider(terms.provider().netty())
                .protocols(newest ? List.of("TLSv1.3") : List.of("TLSv1.3", "TLSv1.2"))
                .ciphers(newest ? TLS13 : suites, SupportedCipherSuiteFilter.INSTANCE)
                .sessionTimeout(SESSION_SECONDS)
                .enableOcsp(stapled)
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        Protocol.ALPN,
                        SelectorFailureBehavior.NO_ADVERTISE,
                        SelectedListenerFailureBehavior.ACCEPT,
                        CertStore.PROTOCOLS));
        if (terms.provider() == TlsProvider.BORINGSSL) {
            builder.option(OpenSslContextOption.GROUPS, groups.toArray(new String[0]));
        }
        ClientTrust clients = terms.clients();
        if (clients != null) {
            builder.clientAuth(clients.required() ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL)
                    .trustManager(clients.manager());
        }
        return builder.build();
    }

    /** With what tickets are made and read; Java's own makes its keys itself. */
    static void tickets(SslContext context, TicketKeys keys) {
        if (context.sessionContext() instanceof OpenSslServerSessionContext sessions) {
            sessions.setTicketKeys(
                    keys.keys().stream().map(TicketKeys.Key::netty).toArray(OpenSslSessionTicketKey[]::new));
            // Tickets are kept by clients; a memory of sessions of our own would be one more thing to fill.
            sessions.setSessionCacheEnabled(false);
        }
    }
}
