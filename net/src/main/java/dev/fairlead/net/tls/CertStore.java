package dev.fairlead.net.tls;

import dev.fairlead.core.config.TlsConfig;
import dev.fairlead.core.tls.ClientHello;
import dev.fairlead.core.tls.KeyKind;
import dev.fairlead.core.tls.Pair;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The certificates of one listener, and which of them a client is shown. Immutable but for ticket keys; any thread.
 *
 * <p>It owns memory outside the heap: {@link #release} gives it back once nobody asks it any more. Connections that were
 * begun with it keep what they need.
 */
public final class CertStore {
    /** What we speak with clients. */
    static final List<String> PROTOCOLS = List.of("http/1.1");

    private static final List<String> MODERN =
            List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");
    private static final List<String> INTERMEDIATE = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");
    private static final String[] GROUPS = {"X25519MLKEM768", "X25519", "P-256", "P-384"};

    /** Whoever asks for more names is shown the certificate for none. */
    private static final int MOST_ISSUED = 100;

    /** A day: who comes back later does a full handshake. */
    private static final long SESSION_SECONDS = 24 * 3600;

    private record Entry(Pair pair, SslContext context) {}

    private final List<Entry> entries = new ArrayList<>();
    private final Map<String, List<Entry>> exact = new HashMap<>();
    private final Map<String, List<Entry>> wildcards = new HashMap<>();
    private final List<Entry> fallback = new ArrayList<>();

    /** Guarded by this. */
    private final Map<String, List<Entry>> issued = new HashMap<>();

    /** Guarded by this. */
    private boolean released;

    private final boolean strict;

    /** Certificates made on demand, and who makes them; {@code null} where nobody does. */
    private final @Nullable Demand demand;

    /** Makes a certificate for a name that none is for. Any thread; slow as a handshake. */
    public interface Issuer {
        /** A certificate for a {@link #good} name. */
        Pair issue(String name);

        /** Whether a name is one that certificates can be for. */
        static boolean good(String name) {
            return name.matches("[a-z0-9_]([a-z0-9_.-]{0,250}[a-z0-9_])?|[0-9a-f:]+");
        }
    }

    private record Demand(Issuer issuer, TlsConfig config, TlsProvider provider, TicketKeys keys, byte[] scope) {}

    private CertStore(boolean strict, @Nullable Demand demand) {
        this.strict = strict;
        this.demand = demand;
    }

    /**
     * Makes one.
     *
     * @param listener the name of whose they are
     * @param pairs at least one; the first is for clients that ask for no name
     * @param issuer makes more, up to {@value #MOST_ISSUED}; {@code null} for none
     * @param keys of session tickets
     * @throws IllegalStateException when a certificate cannot be used; the message says which and why
     */
    public static CertStore of(
            String listener,
            TlsConfig config,
            List<Pair> pairs,
            @Nullable Issuer issuer,
            TlsProvider provider,
            TicketKeys keys) {
        byte[] scope = scope(listener);
        Demand demand = issuer == null ? null : new Demand(issuer, config, provider, keys, scope);
        var store = new CertStore(config.unknownName() == TlsConfig.UnknownName.REFUSE, demand);
        try {
            for (Pair pair : pairs) {
                store.add(entry(config, pair, provider, scope));
            }
        } catch (IllegalStateException e) {
            store.release();
            throw e;
        }
        store.tickets(keys);
        return store;
    }

    private static Entry entry(TlsConfig config, Pair pair, TlsProvider provider, byte[] scope) {
        try {
            SslContext context = context(config, pair, provider);
            // Sessions go on with any certificate of the listener, now and later, but with no other listener's.
            if (context.sessionContext() instanceof OpenSslServerSessionContext sessions) {
                sessions.setSessionIdContext(scope);
            }
            return new Entry(pair, context);
        } catch (SSLException | IllegalArgumentException e) {
            throw new IllegalStateException(pair + ": " + e.getMessage(), e);
        }
    }

    private void add(Entry entry) {
        entries.add(entry);
        List<String> first = entries.getFirst().pair().names();
        // The others for the same names are for clients that have no use for the first one's key.
        if (entries.size() == 1 || entry.pair().names().stream().anyMatch(first::contains)) {
            fallback.add(entry);
        }
        for (String name : entry.pair().names()) {
            if (name.startsWith("*.")) {
                wildcards
                        .computeIfAbsent(name.substring(2), n -> new ArrayList<>())
                        .add(entry);
            } else {
                exact.computeIfAbsent(name, n -> new ArrayList<>()).add(entry);
            }
        }
    }

    private static SslContext context(TlsConfig config, Pair pair, TlsProvider provider) throws SSLException {
        boolean modern = config.profile() == TlsConfig.Profile.MODERN;
        SslContextBuilder builder = SslContextBuilder.forServer(pair.key(), pair.chain())
                .sslProvider(provider.netty())
                .protocols(modern ? List.of("TLSv1.3") : List.of("TLSv1.3", "TLSv1.2"))
                .ciphers(modern ? MODERN : INTERMEDIATE, SupportedCipherSuiteFilter.INSTANCE)
                .sessionTimeout(SESSION_SECONDS)
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        Protocol.ALPN,
                        SelectorFailureBehavior.NO_ADVERTISE,
                        SelectedListenerFailureBehavior.ACCEPT,
                        PROTOCOLS));
        if (provider == TlsProvider.BORINGSSL) {
            builder.option(OpenSslContextOption.GROUPS, GROUPS);
        }
        return builder.build();
    }

    private static byte[] scope(String listener) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(listener.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    /** With what its tickets are made and read from now on; Java's own makes its keys itself. */
    public void tickets(TicketKeys keys) {
        tickets(entries, keys);
    }

    private static void tickets(List<Entry> entries, TicketKeys keys) {
        OpenSslSessionTicketKey[] all =
                keys.keys().stream().map(TicketKeys.Key::netty).toArray(OpenSslSessionTicketKey[]::new);
        for (Entry entry : entries) {
            if (entry.context().sessionContext() instanceof OpenSslServerSessionContext sessions) {
                sessions.setTicketKeys(all);
                // Tickets are kept by clients; a memory of sessions of our own would be one more thing to fill.
                sessions.setSessionCacheEnabled(false);
            }
        }
    }

    /** Who answers this client; {@code null} when nobody does. */
    @Nullable
    SslContext answers(ClientHello hello) {
        String name = hello.serverName();
        List<Entry> named = name == null ? fallback : named(name);
        if (named == null && name != null && demand != null && Issuer.good(name)) {
            named = issued(name, demand);
        }
        if (named == null) {
            if (strict) {
                return null;
            }
            named = fallback;
        }
        return best(named, hello).context();
    }

    /** For development only, so that a lock and the time it takes to sign are no matter. */
    private synchronized @Nullable List<Entry> issued(String name, Demand from) {
        List<Entry> known = issued.get(name);
        if (known == null && !released && issued.size() < MOST_ISSUED) {
            Entry fresh = entry(from.config(), from.issuer().issue(name), from.provider(), from.scope());
            tickets(List.of(fresh), from.keys());
            known = List.of(fresh);
            issued.put(name, known);
        }
        return known;
    }

    private @Nullable List<Entry> named(String name) {
        List<Entry> own = exact.get(name);
        int dot = name.indexOf('.');
        return own != null || dot < 0 ? own : wildcards.get(name.substring(dot + 1));
    }

    /** One that the client has a use for; where it has the choice not RSA, which costs us many times as much. */
    private static Entry best(List<Entry> named, ClientHello hello) {
        Entry rsa = null;
        for (Entry entry : named) {
            KeyKind kind = entry.pair().kind();
            if (!hello.takes(kind)) {
                continue;
            }
            if (kind != KeyKind.RSA) {
                return entry;
            }
            rsa = rsa == null ? entry : rsa;
        }
        // Where none will do the handshake says so in the client's own terms.
        return rsa == null ? named.getFirst() : rsa;
    }

    /** Its certificates, in the order of the configuration. */
    public List<Pair> pairs() {
        return Collections.unmodifiableList(entries.stream().map(Entry::pair).toList());
    }

    /** Gives its memory back; whoever may still ask it must have stopped to. */
    public synchronized void release() {
        released = true;
        entries.forEach(entry -> ReferenceCountUtil.release(entry.context()));
        issued.values().forEach(more -> more.forEach(entry -> ReferenceCountUtil.release(entry.context())));
        issued.clear();
    }
}
