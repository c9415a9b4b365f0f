package dev.fairlead.net.tls;

import dev.fairlead.core.config.TlsConfig;
import dev.fairlead.core.tls.ClientHello;
import dev.fairlead.core.tls.KeyKind;
import dev.fairlead.core.tls.Pair;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    /** Whoever asks for more names is shown the certificate for none. */
    private static final int MOST_ISSUED = 100;

    /**
     * A certificate that clients are shown.
     *
     * @param staple what is shown beside it; {@code null} for nothing, now and later
     */
    public record Shown(Pair pair, @Nullable Staple staple) {}

    /** One with what engines are made of. */
    record Entry(Pair pair, SslContext context, @Nullable Staple staple) {}

    private final List<Entry> entries = new ArrayList<>();
    private final Map<String, List<Entry>> exact = new HashMap<>();
    private final Map<String, List<Entry>> wildcards = new HashMap<>();
    private final List<Entry> fallback = new ArrayList<>();

    /** Guarded by this. */
    private final Map<String, List<Entry>> issued = new HashMap<>();

    /** Guarded by this. */
    private TicketKeys keys;

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

    private record Demand(Issuer issuer, Contexts contexts) {}

    private CertStore(boolean strict, @Nullable Demand demand, TicketKeys keys) {
        this.strict = strict;
        this.demand = demand;
        this.keys = keys;
    }

    /**
     * Makes one.
     *
     * @param shown the first is for clients that ask for no name; none where nobody is answered here
     * @param issuer makes more, up to {@value #MOST_ISSUED}; {@code null} for none
     * @param keys of session tickets
     * @throws IllegalStateException when a certificate cannot be used; the message says which and why
     */
    public static CertStore of(TlsTerms terms, List<Shown> shown, @Nullable Issuer issuer, TicketKeys keys) {
        var contexts = new Contexts(terms);
        Demand demand = issuer == null ? null : new Demand(issuer, contexts);
        var store = new CertStore(terms.config().unknownName() == TlsConfig.UnknownName.REFUSE, demand, keys);
        try {
            for (Shown one : shown) {
                store.add(new Entry(one.pair(), contexts.of(one.pair(), one.staple() != null), one.staple()));
            }
        } catch (IllegalStateException e) {
            store.release();
            throw e;
        }
        store.tickets(keys);
        return store;
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

    /** With what its tickets are made and read from now on; Java's own makes its keys itself. */
    public synchronized void tickets(TicketKeys with) {
        keys = with;
        entries.forEach(entry -> Contexts.tickets(entry.context(), with));
        issued.values().forEach(more -> more.forEach(entry -> Contexts.tickets(entry.context(), with)));
    }

    /** Who answers this client; {@code null} when nobody does. */
    @Nullable
    Entry answers(ClientHello hello) {
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
        if (named.isEmpty()) {
            // No certificate at all: every name there is is passed on.
            return null;
        }
        return best(named, hello);
    }

    /** For development only, so that a lock and the time it takes to sign are no matter. */
    private synchronized @Nullable List<Entry> issued(String name, Demand from) {
        List<Entry> known = issued.get(name);
        if (known == null && !released && issued.size() < MOST_ISSUED) {
            Pair pair = from.issuer().issue(name);
            Entry fresh = new Entry(pair, from.contexts().of(pair, false), null);
            Contexts.tickets(fresh.context(), keys);
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
