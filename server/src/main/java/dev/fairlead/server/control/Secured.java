package dev.fairlead.server.control;

import dev.fairlead.core.config.FilePath;
import dev.fairlead.core.config.TlsConfig;
import dev.fairlead.core.config.TlsConfig.CertificateConfig;
import dev.fairlead.core.config.TlsConfig.ClientsConfig;
import dev.fairlead.core.time.Seeds;
import dev.fairlead.core.time.WallClock;
import dev.fairlead.core.tls.Authority;
import dev.fairlead.core.tls.Pair;
import dev.fairlead.core.tls.PassTable;
import dev.fairlead.net.tls.CertStore;
import dev.fairlead.net.tls.ClientTrust;
import dev.fairlead.net.tls.KeyLog;
import dev.fairlead.net.tls.TicketKeys;
import dev.fairlead.net.tls.TlsCounters;
import dev.fairlead.net.tls.TlsDoor;
import dev.fairlead.net.tls.TlsProvider;
import dev.fairlead.net.tls.TlsTerms;
import dev.fairlead.net.transport.Loop;
import dev.fairlead.net.transport.Loops;
import dev.fairlead.server.load.CertificateFiles;
import dev.fairlead.server.load.CertificateFiles.Trusted;
import dev.fairlead.server.load.CertificateFiles.Unusable;
import dev.fairlead.server.ocsp.StaplePicture;
import dev.fairlead.server.ocsp.Staples;
import dev.fairlead.server.state.AuthorityFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificates of one listener as they are in their files: what has changed there is in force with the next
 * {@link #look}, and what cannot be used there changes nothing. Thread-safe; reads files, so not for event loops.
 */
final class Secured {
    private static final Logger LOG = LoggerFactory.getLogger(Secured.class);
    private static final long KEY_LASTS_NANOS = TimeUnit.HOURS.toNanos(12);

    /** Certificates of our own last a week, and this machine's names and addresses change. */
    private static final long MADE_ANEW_NANOS = TimeUnit.DAYS.toNanos(1);

    /** Days left at which the log says so. */
    private static final long[] WARN_DAYS = {30, 7, 0};

    /**
     * What it needs of its surroundings. Immutable.
     *
     * @param provider who does TLS
     * @param staples what responders say of certificates
     * @param authority where this machine's own authority is kept; {@code null} for nowhere
     */
    record World(
            TlsProvider provider,
            Loops loops,
            Seeds seeds,
            WallClock wall,
            Staples staples,
            @Nullable AuthorityFile authority) {}

    /**
     * A certificate as it stands.
     *
     * @param file where it was read; {@code internal} where it was made here
     * @param problem why what is in its files now is not in force; {@code null} when it is
     * @param ocsp how it stands with its OCSP answers; {@code null} where it names no responder
     */
    record Certificate(
            String file,
            Pair pair,
            @Nullable String problem,
            @Nullable StaplePicture ocsp) {}

    private final String listener;
    private final TlsConfig config;
    private final World world;
    private final List<Watched<Pair>> pairs = new ArrayList<>();

    /** Which clients are believed; {@code null} where nobody is asked. */
    private final @Nullable Watched<Trusted> trusted;

    /** Keys that others have, too; {@code null} where they are our own. */
    private final @Nullable Watched<TicketKeys> shared;

    /** Makes certificates; {@code null} where they are in files. */
    private final @Nullable Internal internal;

    private final Stapling stapling;
    private final long[] warnedDays;
    private final AtomicReference<CertStore> store;
    private List<Pair> own;
    private long madeAt;
    private TicketKeys keys;
    private long keyedAt;
    private boolean closed;

    private Secured(String listener, TlsConfig config, World world, long now) throws IOException, Unusable {
        this.listener = listener;
        this.config = config;
        this.world = world;
        for (CertificateConfig files : config.certificates()) {
            pairs.add(new Watched<>(
                    listener,
                    files.cert().path(),
                    () -> CertificateFiles.stamp(files.cert(), files.keyFile()),
                    () -> CertificateFiles.read(files),
                    now));
        }
        this.warnedDays = new long[pairs.size()];
        Arrays.fill(warnedDays, Long.MAX_VALUE);
        this.trusted = trusted(listener, config.clients(), now);
        this.shared = shared(listener, config.ticketKeys(), now);
        this.keys = shared == null ? TicketKeys.fresh(world.seeds()) : shared.value();
        this.keyedAt = now;
        this.internal = config.internal() ? internal(listener, world) : null;
        this.madeAt = now;
        this.own = internal == null ? List.of() : List.of(internal.own());
        this.stapling = new Stapling(
                listener, config.ocsp() == TlsConfig.Ocsp.ON, world.provider().staples(), world.staples());
        try {
            this.store = new AtomicReference<>(CertStore.of(terms(), stapling.shown(all(own, pairs)), internal, keys));
        } catch (RuntimeException e) {
            stapling.only(List.of());
            throw e;
        }
    }

    private static @Nullable Watched<Trusted> trusted(String listener, @Nullable ClientsConfig clients, long now)
            throws Unusable {
        return clients == null
                ? null
                : new Watched<>(
                        listener,
                        clients.ca().path(),
                        () -> CertificateFiles.stamp(clients.ca(), clients.crl()),
                        () -> CertificateFiles.read(clients),
                        now);
    }

    private static @Nullable Watched<TicketKeys> shared(String listener, @Nullable FilePath file, long now)
            throws Unusable {
        return file == null
                ? null
                : new Watched<>(
                        listener,
                        file.path(),
                        () -> CertificateFiles.stamp(file),
                        () -> new TicketKeys(CertificateFiles.tickets(file, TicketKeys.Key.SIZE).stream()
                                .map(TicketKeys.Key::new)
                                .toList()),
                        now);
    }

    /**
     * Reads the certificates.
     *
     * @param listener for messages
     * @throws IOException when one cannot be used; the message says which and why
     */
    static Secured open(String listener, TlsConfig config, World world, long now) throws IOException {
        FilePath log = config.keyLog();
        if (log != null && world.provider() != TlsProvider.BORINGSSL) {
            throw new IOException("listener " + listener + ": tls.key-log needs BoringSSL");
        }
        try {
            Secured opened = new Secured(listener, config, world, now);
            if (log != null) {
                LOG.warn(
                        "listener {}: THE KEYS OF ALL SESSIONS ARE WRITTEN TO {}: for debugging only (tls.key-log)",
                        listener,
                        log.path());
            }
            return opened;
        } catch (Unusable e) {
            throw new IOException("listener " + listener + ": " + e.file() + ": " + e.getMessage(), e);
        } catch (IllegalStateException e) {
            throw new IOException("listener " + listener + ": " + e.getMessage(), e);
        }
    }

    private TlsTerms terms() {
        Watched<Trusted> from = trusted;
        ClientsConfig clients = config.clients();
        FilePath log = config.keyLog();
        return new TlsTerms(
                listener,
                config,
                world.provider(),
                from == null || clients == null
                        ? null
                        : ClientTrust.of(
                                from.value().authorities(),
                                from.value().revoked(),
                                clients.verify() == TlsConfig.Verify.REQUIRED,
                                from.value().digest()),
                log == null ? null : KeyLog.to(Path.of(log.path())));
    }

    private static Internal internal(String listener, World world) throws IOException {
        AuthorityFile file = world.authority();
        long now = world.wall().epochMillis();
        if (file == null) {
            LOG.warn(
                    "listener {}: there is no state directory, so its authority is a new one at each start and nobody can"
                            + " trust it",
                    listener);
            return new Internal(AuthorityFile.fresh(now, world.seeds()), world.seeds(), world.wall());
        }
        try {
            Authority authority = file.open(now, world.seeds());
            LOG.info(
                    "listener {}: certificates of this machine's own authority, {}; `fairlead certs trust` says how to"
                            + " trust it",
                    listener,
                    file.certificate());
            return new Internal(authority, world.seeds(), world.wall());
        } catch (IOException e) {
            throw new IOException("listener " + listener + ": tls.internal: " + e.getMessage(), e);
        }
    }

    private static List<Pair> all(List<Pair> own, List<Watched<Pair>> pairs) {
        List<Pair> all = new ArrayList<>(own);
        pairs.forEach(watched -> all.add(watched.value()));
        return all;
    }

    TlsConfig config() {
        return config;
    }

    TlsProvider provider() {
        return world.provider();
    }

    /** For the connections of its listener. */
    TlsDoor door(TlsCounters counters, long handshakeNanos, int most) {
        return new TlsDoor(store, new PassTable(config.passthrough()), counters, handshakeNanos, most);
    }

    /** The certificates, in the order of the configuration. */
    synchronized List<Certificate> certificates() {
        List<Certificate> certificates = new ArrayList<>();
        own.forEach(pair -> certificates.add(new Certificate("internal", pair, null, null)));
        pairs.forEach(watched -> certificates.add(new Certificate(
                watched.file(), watched.value(), watched.problem(), stapling.picture(watched.value()))));
        return certificates;
    }

    /** Brings into force what has changed. */
    synchronized void look(long now) {
        if (closed) {
            return;
        }
        boolean renewed = false;
        for (int i = 0; i < pairs.size(); i++) {
            if (pairs.get(i).look(now)) {
                warnedDays[i] = Long.MAX_VALUE;
                renewed = true;
            }
            warn(i);
        }
        renewed |= trusted != null && trusted.look(now);
        if (internal != null && now - madeAt >= MADE_ANEW_NANOS) {
            madeAt = now;
            own = List.of(internal.own());
            renewed = true;
        }
        if (renewed) {
            publish();
        }
        if (shared == null ? now - keyedAt >= KEY_LASTS_NANOS : shared.look(now)) {
            keyedAt = now;
            keys = shared == null ? keys.next(world.seeds()) : shared.value();
            store.get().tickets(keys);
        }
    }

    /** Once for each of the days at which it is time. */
    private void warn(int index) {
        Pair pair = pairs.get(index).value();
        long millis = pair.notAfter() - world.wall().epochMillis();
        long due = Long.MAX_VALUE;
        for (long days : WARN_DAYS) {
            if (millis <= TimeUnit.DAYS.toMillis(days)) {
                due = days;
            }
        }
        if (due < warnedDays[index]) {
            String left = millis <= 0 ? "has expired" : "has " + TimeUnit.MILLISECONDS.toDays(millis) + " days left";
            LOG.warn("listener {}: {}, {}, {}", listener, pairs.get(index).file(), pair, left);
        }
        warnedDays[index] = Math.min(due, warnedDays[index]);
    }

    private void publish() {
        List<Pair> now = all(own, pairs);
        try {
            retire(store.getAndSet(CertStore.of(terms(), stapling.shown(now), internal, keys)));
            stapling.only(now);
        } catch (IllegalStateException e) {
            LOG.warn("listener {}: the certificates before stay: {}", listener, e.getMessage());
        }
    }

    /** No loop uses what it asked for longer than one event, so after one more event on each nobody does. */
    private void retire(CertStore old) {
        var left = new AtomicInteger(world.loops().count());
        for (Loop loop : world.loops().all()) {
            Runnable passed = () -> {
                if (left.decrementAndGet() == 0) {
                    old.release();
                }
            };
            try {
                loop.executor().execute(passed);
            } catch (RejectedExecutionException e) {
                passed.run();
            }
        }
    }

    /** Nobody begins a handshake with it any more. */
    synchronized void close() {
        if (!closed) {
            closed = true;
            stapling.only(List.of());
            retire(store.get());
        }
    }
}
