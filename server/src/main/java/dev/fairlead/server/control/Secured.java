package dev.fairlead.server.control;

import dev.fairlead.core.config.TlsConfig;
import dev.fairlead.core.config.TlsConfig.CertificateConfig;
import dev.fairlead.core.time.Seeds;
import dev.fairlead.core.time.WallClock;
import dev.fairlead.core.tls.Authority;
import dev.fairlead.core.tls.Pair;
import dev.fairlead.net.tls.CertStore;
import dev.fairlead.net.tls.TicketKeys;
import dev.fairlead.net.tls.TlsCounters;
import dev.fairlead.net.tls.TlsDoor;
import dev.fairlead.net.tls.TlsProvider;
import dev.fairlead.net.transport.Loop;
import dev.fairlead.net.transport.Loops;
import dev.fairlead.server.load.CertificateFiles;
import dev.fairlead.server.state.AuthorityFile;
import java.io.IOException;
import java.util.ArrayList;
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

    /** A file that could not be used is read again even if it looks the same: it may have been seen half written. */
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** Days left at which the log says so. */
    private static final long[] WARN_DAYS = {30, 7, 0};

    /**
     * What it needs of its surroundings. Immutable.
     *
     * @param provider who does TLS
     * @param authority where this machine's own authority is kept; {@code null} for nowhere
     */
    record World(
            TlsProvider provider,
            Loops loops,
            Seeds seeds,
            WallClock wall,
            @Nullable AuthorityFile authority) {}

    /**
     * A certificate as it stands.
     *
     * @param file where it was read; {@code internal} where it was made here
     * @param problem why what is in its files now is not in force; {@code null} when it is
     */
    record Certificate(String file, Pair pair, @Nullable String problem) {}

    private static final class Watched {
        private final CertificateConfig files;
        private String stamp;
        private Pair pair;
        private @Nullable String problem;
        private long triedAt;
        private long warnedDays = Long.MAX_VALUE;

        Watched(CertificateConfig files, String stamp, Pair pair, long now) {
            this.files = files;
            this.stamp = stamp;
            this.pair = pair;
            this.triedAt = now;
        }
    }

    private final String listener;
    private final TlsConfig config;
    private final World world;
    private final List<Watched> all;

    /** Makes certificates; {@code null} where they are in files. */
    private final @Nullable Internal internal;

    private List<Pair> own;
    private long madeAt;
    private final AtomicReference<CertStore> store;
    private TicketKeys keys;
    private long keyedAt;
    private boolean closed;

    private Secured(
            String listener, TlsConfig config, World world, List<Watched> all, @Nullable Internal internal, long now) {
        this.listener = listener;
        this.config = config;
        this.world = world;
        this.all = all;
        this.keys = TicketKeys.fresh(world.seeds());
        this.keyedAt = now;
        this.internal = internal;
        this.madeAt = now;
        this.own = internal == null ? List.of() : List.of(internal.own());
        this.store = new AtomicReference<>(made(listener, config, world, all, own, internal, keys));
    }

    /**
     * Reads the certificates.
     *
     * @param listener for messages
     * @throws IOException when one cannot be used; the message says which and why
     */
    static Secured open(String listener, TlsConfig config, World world, long now) throws IOException {
        List<Watched> all = new ArrayList<>();
        for (CertificateConfig files : config.certificates()) {
            String stamp = CertificateFiles.stamp(files);
            try {
                all.add(new Watched(files, stamp, CertificateFiles.read(files), now));
            } catch (CertificateFiles.Unusable e) {
                throw new IOException("listener " + listener + ": " + e.file() + ": " + e.getMessage(), e);
            }
        }
        try {
            return new Secured(listener, config, world, all, config.internal() ? internal(listener, world) : null, now);
        } catch (IllegalStateException e) {
            throw new IOException("listener " + listener + ": " + e.getMessage(), e);
        }
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

    private static CertStore made(
            String listener,
            TlsConfig config,
            World world,
            List<Watched> all,
            List<Pair> own,
            @Nullable Internal internal,
            TicketKeys keys) {
        List<Pair> pairs = new ArrayList<>(own);
        all.forEach(watched -> pairs.add(watched.pair));
        return CertStore.of(listener, config, pairs, internal, world.provider(), keys);
    }

    TlsConfig config() {
        return config;
    }

    TlsProvider provider() {
        return world.provider();
    }

    /** For the connections of its listener. */
    TlsDoor door(TlsCounters counters, long handshakeNanos, int most) {
        return new TlsDoor(store, counters, handshakeNanos, most);
    }

    /** The certificates, in the order of the configuration. */
    synchronized List<Certificate> certificates() {
        List<Certificate> certificates = new ArrayList<>();
        own.forEach(pair -> certificates.add(new Certificate("internal", pair, null)));
        all.forEach(watched ->
                certificates.add(new Certificate(watched.files.cert().path(), watched.pair, watched.problem)));
        return certificates;
    }

    /** Brings into force what has changed. */
    synchronized void look(long now) {
        if (closed) {
            return;
        }
        boolean renewed = false;
        for (Watched watched : all) {
            renewed |= renew(watched, now);
            warn(watched);
        }
        if (internal != null && now - madeAt >= MADE_ANEW_NANOS) {
            madeAt = now;
            own = List.of(internal.own());
            renewed = true;
        }
        if (renewed) {
            publish();
        }
        if (now - keyedAt >= KEY_LASTS_NANOS) {
            keyedAt = now;
            keys = keys.next(world.seeds());
            store.get().tickets(keys);
        }
    }

    private boolean renew(Watched watched, long now) {
        String stamp = CertificateFiles.stamp(watched.files);
        boolean again = watched.problem != null && now - watched.triedAt >= AGAIN_NANOS;
        if (stamp.equals(watched.stamp) && !again) {
            return false;
        }
        watched.stamp = stamp;
        watched.triedAt = now;
        try {
            Pair pair = CertificateFiles.read(watched.files);
            watched.problem = null;
            if (pair.equals(watched.pair)) {
                return false;
            }
            watched.pair = pair;
            watched.warnedDays = Long.MAX_VALUE;
            LOG.info("listener {}: {} is renewed: {}, {}", listener, watched.files.cert(), pair, left(pair));
            return true;
        } catch (CertificateFiles.Unusable e) {
            String problem = e.file() + ": " + e.getMessage();
            if (!problem.equals(watched.problem)) {
                watched.problem = problem;
                LOG.warn("listener {}: what changed is not used, the certificate before stays: {}", listener, problem);
            }
            return false;
        }
    }

    private String left(Pair pair) {
        long millis = pair.notAfter() - world.wall().epochMillis();
        return millis <= 0 ? "expired" : TimeUnit.MILLISECONDS.toDays(millis) + " days left";
    }

    /** Once for each of the days at which it is time. */
    private void warn(Watched watched) {
        long millis = watched.pair.notAfter() - world.wall().epochMillis();
        long due = Long.MAX_VALUE;
        for (long days : WARN_DAYS) {
            if (millis <= TimeUnit.DAYS.toMillis(days)) {
                due = days;
            }
        }
        if (due < watched.warnedDays) {
            LOG.warn("listener {}: {}, {}: {}", listener, watched.files.cert(), watched.pair, left(watched.pair));
        }
        watched.warnedDays = Math.min(due, watched.warnedDays);
    }

    private void publish() {
        try {
            retire(store.getAndSet(made(listener, config, world, all, own, internal, keys)));
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
            retire(store.get());
        }
    }
}
