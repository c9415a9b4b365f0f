package dev.fairlead.server.control;

import dev.fairlead.core.config.HealthConfig;
import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.health.Grade;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendState;
import dev.fairlead.core.tls.Pair;
import dev.fairlead.net.http.AccessLog;
import dev.fairlead.net.http.Hedges;
import dev.fairlead.net.http.HttpCounters;
import dev.fairlead.net.http.HttpCounters.Count;
import dev.fairlead.net.http.SpillSpace;
import dev.fairlead.net.tls.HandshakeResult;
import dev.fairlead.net.transport.Loops;
import dev.fairlead.server.ocsp.StaplePicture;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A picture of the whole at one moment, as {@code /status} shows it and metrics are made of. Immutable.
 *
 * <p>Moments are milliseconds since 1970; counts are since the start.
 *
 * @param ocsp how often responders of certificates answered how, by word; all there are
 */
public record Status(
        long now,
        long startedAt,
        boolean draining,
        String transport,
        List<LoopStatus> loops,
        Use exchanges,
        Use buffers,
        Use spill,
        List<ListenerStatus> listeners,
        List<PoolStatus> pools,
        long accessLogDropped,
        Map<String, Long> ocsp,
        Reloads.Picture reloads) {

    /** Upper ends of the latency buckets that are shown, in microseconds. */
    public static final List<Long> BUCKETS_MICROS = List.of(
            250L,
            500L,
            1_000L,
            2_500L,
            5_000L,
            10_000L,
            25_000L,
            50_000L,
            100_000L,
            250_000L,
            500_000L,
            1_000_000L,
            2_500_000L,
            5_000_000L,
            10_000_000L,
            30_000_000L,
            60_000_000L);

    /**
     * The time within which a {@code share} (0..1) of {@code count} events stayed, estimated from their buckets; 0 when
     * there were none. Between two bounds the events are taken to be spread evenly.
     */
    public static double quantileMicros(List<Long> buckets, long count, double share) {
        double wanted = count * share;
        long below = 0;
        double from = 0;
        for (int i = 0; i < buckets.size(); i++) {
            long upTo = buckets.get(i);
            double to = BUCKETS_MICROS.get(i);
            if (upTo >= wanted && upTo > below) {
                return from + (to - from) * Math.max(0, wanted - below) / (upTo - below);
            }
            below = Math.max(below, upTo);
            from = to;
        }
        return count == 0 ? 0 : from;
    }

    /**
     * One event loop.
     *
     * @param lagNanos how late it got to its work at worst, in this second and the one before
     * @param minuteLagNanos the same for the last minute
     */
    public record LoopStatus(long lagNanos, long minuteLagNanos) {}

    /** How much of something is in use, and how much may be. */
    public record Use(long now, long limit) {}

    private static final List<Count> ANSWERS =
            List.of(Count.STATUS_1XX, Count.STATUS_2XX, Count.STATUS_3XX, Count.STATUS_4XX, Count.STATUS_5XX);

    /**
     * One listener.
     *
     * @param open connections that are open
     * @param most connections that may be open: as configured, or less where the process may not open enough files
     * @param mostOfOne connections of one client that may be open; 0 for any number
     * @param refused connections closed because there were too many
     * @param refusedClient connections closed because their client had too many
     * @param closed connections closed because nothing came, or after as many requests as there may be; by that
     * @param unread connections where as much waits for the client as may
     * @param active requests that are in work
     * @param answers how many were given, by hundred of the status: 1xx to 5xx
     * @param failures how often each failure was answered or cut with; only those that happened
     * @param durationSumMicros how long all ended requests took together
     * @param durationBuckets for each of {@link #BUCKETS_MICROS}, how many requests took at most that long
     * @param tls {@code null} where it speaks plain text
     */
    public record ListenerStatus(
            String name,
            InetSocketAddress address,
            boolean draining,
            long accepted,
            long open,
            long most,
            long mostOfOne,
            long refused,
            long refusedClient,
            Map<String, Long> closed,
            long unread,
            long requests,
            long active,
            long retries,
            long bytesIn,
            long bytesOut,
            List<Long> answers,
            Map<Failure, Long> failures,
            long durationCount,
            long durationSumMicros,
            List<Long> durationBuckets,
            Bottleneck bottleneck,
            @Nullable TlsStatus tls) {}

    /**
     * How a listener speaks TLS.
     *
     * @param provider who does it
     * @param underWay handshakes that are not done
     * @param handshakes how many ended how, by word; all there are
     */
    public record TlsStatus(
            String provider, int underWay, Map<String, Long> handshakes, List<CertificateStatus> certificates) {}

    /**
     * A certificate in force.
     *
     * @param file where it was read
     * @param names whom it is for
     * @param notAfter until when it is valid
     * @param problem why what is in its files now is not in force; {@code null} when it is
     * @param ocsp how it stands with its OCSP answers; {@code null} where it names no responder
     */
    public record CertificateStatus(
            String file,
            List<String> names,
            String issuer,
            String key,
            String serial,
            long notBefore,
            long notAfter,
            @Nullable String problem,
            @Nullable StaplePicture ocsp) {
        /** Whole days until it is no longer valid; negative when it is not. */
        public long daysLeft(long now) {
            return Math.floorDiv(notAfter - now, TimeUnit.DAYS.toMillis(1));
        }
    }

    /**
     * One pool.
     *
     * @param panic whether some backends only get work because too few are well
     * @param waiting requests that wait for a place at a backend
     * @param retriesRefused retries that the budget did not allow
     * @param tls how its backends are verified: {@code verified}, {@code pinned} or {@code not-verified}; {@code null} for plain text
     * @param checkedBy what kind of check it has: {@code http}, {@code tcp}, {@code tls}, {@code exec} or {@code off}
     * @param hedge of requests that are sent twice; {@code null} where none are
     */
    public record PoolStatus(
            String name,
            int members,
            int eligible,
            boolean panic,
            int waiting,
            long retriesRefused,
            Bottleneck bottleneck,
            String checkedBy,
            @Nullable String tls,
            @Nullable CheckGrade check,
            @Nullable HedgeStatus hedge,
            List<BackendStatus> backends) {}

    /**
     * Requests that were sent to a second backend as well.
     *
     * @param afterNanos after how long without an answer; 0 while that is not known
     * @param results how often it came to what: {@code won}, {@code lost}, {@code failed}
     */
    public record HedgeStatus(long afterNanos, Map<String, Long> results) {}

    /**
     * How far a pool's health check can be believed.
     *
     * @param mark A, C, D or F
     * @param basis what it was judged by
     * @param findings each with what shows it, such as {@code catch-all}
     */
    public record CheckGrade(String mark, String basis, Map<String, String> findings) {}

    /**
     * One backend.
     *
     * @param member what operators did to it
     * @param keepAlive how long it keeps idle connections
     * @param latencyMicros decayed peak average of the time to first byte
     * @param firstByteBuckets for each of {@link #BUCKETS_MICROS}, how many answers began within that time
     */
    public record BackendStatus(
            String address,
            BackendState state,
            Member member,
            boolean takesNew,
            int inflight,
            long connections,
            int cap,
            boolean capLearnt,
            KeepAlive keepAlive,
            long requests,
            Map<Outcome, Long> outcomes,
            long latencyMicros,
            long firstByteCount,
            long firstByteSumMicros,
            List<Long> firstByteBuckets) {}

    /** How long a backend keeps idle connections, by its word and by its closes, in nanoseconds; 0 for not known. */
    public record KeepAlive(long announced, long observed) {}

    static Status of(
            Engine engine,
            Map<String, RunningPool> pools,
            Map<String, RunningListener> listeners,
            Loops loops,
            SpillSpace spill,
            AccessLog log,
            Map<String, Long> ocsp,
            long startedAt,
            long now) {
        List<LoopStatus> lags = loops.all().stream()
                .map(loop -> new LoopStatus(
                        loop.lag().recent(engine.nanos()), loop.lag().minute(engine.nanos())))
                .toList();
        var ours = new Bottleneck.Pressure(
                lags.stream().mapToLong(LoopStatus::lagNanos).max().orElse(0),
                loops.inWork().all(),
                loops.inWork().limit(),
                loops.buffers().held(),
                loops.buffers().limit());
        List<PoolStatus> seen = pools.values().stream()
                .map(pool -> pool(pool, ours, engine.operator(), engine.grade(pool.name())))
                .toList();
        List<Bottleneck> theirs = seen.stream().map(PoolStatus::bottleneck).toList();
        return new Status(
                now,
                startedAt,
                engine.draining(),
                engine.transport(),
                lags,
                new Use(ours.exchanges(), ours.mostExchanges()),
                new Use(ours.held(), ours.mostHeld()),
                new Use(spill.used(), spill.most()),
                listeners.values().stream()
                        .map(listener -> listener(listener, ours, theirs))
                        .toList(),
                seen,
                log.dropped(),
                ocsp,
                engine.reloads().picture());
    }

    private static ListenerStatus listener(
            RunningListener listener, Bottleneck.Pressure ours, List<Bottleneck> theirs) {
        HttpCounters counters = listener.counters();
        Map<Failure, Long> failures = new EnumMap<>(Failure.class);
        for (Failure failure : Failure.values()) {
            long times = counters.sum(failure);
            if (times > 0) {
                failures.put(failure, times);
            }
        }
        // What ended is read before what began, so that no difference is ever negative.
        long closed = counters.sum(Count.CONNECTIONS_CLOSED);
        long active = Math.max(0, counters.sum(Count.ACTIVE));
        long unread = Math.max(0, counters.sum(Count.UNREAD));
        return new ListenerStatus(
                listener.name(),
                listener.address(),
                listener.draining(),
                counters.sum(Count.CONNECTIONS_ACCEPTED),
                Math.max(0, counters.sum(Count.CONNECTIONS_ACCEPTED) - closed),
                listener.room().connections(),
                listener.room().perClient(),
                counters.sum(Count.CONNECTIONS_REFUSED),
                counters.sum(Count.CONNECTIONS_REFUSED_CLIENT),
                closed(counters),
                unread,
                counters.sum(Count.REQUESTS),
                active,
                counters.sum(Count.RETRIES),
                counters.sum(Count.BYTES_IN),
                counters.sum(Count.BYTES_OUT),
                ANSWERS.stream().map(counters::sum).toList(),
                failures,
                counters.within(Long.MAX_VALUE),
                counters.sum(Count.DURATION_MICROS),
                BUCKETS_MICROS.stream().map(counters::within).toList(),
                Bottleneck.ofListener(ours, active, unread, theirs),
                tls(listener));
    }

    private static @Nullable TlsStatus tls(RunningListener listener) {
        Secured secured = listener.secured();
        if (secured == null) {
            return null;
        }
        Map<String, Long> handshakes = new LinkedHashMap<>();
        for (HandshakeResult result : HandshakeResult.values()) {
            handshakes.put(result.word(), listener.handshakes().sum(result));
        }
        return new TlsStatus(
                secured.provider().title(),
                listener.handshakes().underWay(),
                handshakes,
                secured.certificates().stream().map(Status::certificate).toList());
    }

    private static CertificateStatus certificate(Secured.Certificate certificate) {
        Pair pair = certificate.pair();
        return new CertificateStatus(
                certificate.file(),
                pair.names(),
                pair.issuer(),
                pair.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                pair.certificate().getSerialNumber().toString(16),
                pair.notBefore(),
                pair.notAfter(),
                certificate.problem(),
                certificate.ocsp());
    }

    private static Map<String, Long> closed(HttpCounters counters) {
        Map<String, Long> closed = new LinkedHashMap<>();
        closed.put("silent", counters.sum(Count.CLOSED_SILENT));
        closed.put("idle", counters.sum(Count.CLOSED_IDLE));
        closed.put("requests", counters.sum(Count.CLOSED_REQUESTS));
        return closed;
    }

    private static String checkedBy(HealthConfig health) {
        if (health.http() != null) {
            return "http";
        } else if (health.tcp() != null) {
            return "tcp";
        } else if (health.tls() != null) {
            return "tls";
        }
        return health.exec() != null ? "exec" : "off";
    }

    private static @Nullable CheckGrade check(@Nullable Grade grade) {
        if (grade == null) {
            return null;
        }
        Map<String, String> findings = new LinkedHashMap<>();
        grade.findings().forEach(finding -> findings.put(finding.kind().word(), finding.evidence()));
        return new CheckGrade(grade.mark().name(), grade.basis(), findings);
    }

    private static PoolStatus pool(
            RunningPool pool, Bottleneck.Pressure ours, Operator operator, @Nullable Grade grade) {
        var roster = pool.pool().roster();
        int waiting = pool.pool().line().waiting();
        int full = (int) roster.eligible().stream()
                .filter(backend -> backend.inflight() >= backend.cap())
                .count();
        Set<Backend> eligible = Set.copyOf(roster.eligible());
        return new PoolStatus(
                pool.name(),
                roster.all().size(),
                roster.eligible().size(),
                roster.panic(),
                waiting,
                pool.target().budgets().refused(),
                Bottleneck.ofPool(ours, roster.all().size(), roster.eligible().size(), full, waiting),
                checkedBy(pool.config().health()),
                BackendTrusts.words(pool.config().tls()),
                check(grade),
                hedge(pool.target().hedges()),
                roster.all().stream()
                        .map(backend -> backend(backend, operator.member(backend.key()), eligible.contains(backend)))
                        .toList());
    }

    private static @Nullable HedgeStatus hedge(@Nullable Hedges hedges) {
        if (hedges == null) {
            return null;
        }
        Map<String, Long> results = new LinkedHashMap<>();
        for (Hedges.Result result : Hedges.Result.values()) {
            results.put(result.word(), hedges.sum(result));
        }
        return new HedgeStatus(hedges.afterNanos(), results);
    }

    /** @param eligible whether the pool picks it: its state says so a moment before it is */
    private static BackendStatus backend(Backend backend, Member member, boolean eligible) {
        Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
        for (Outcome outcome : Outcome.values()) {
            outcomes.put(outcome, backend.tally().count(outcome));
        }
        BackendState state = backend.state();
        return new BackendStatus(
                backend.key().address(),
                state,
                member,
                eligible && state.takesNew(),
                backend.inflight(),
                backend.tally().connections(),
                backend.cap(),
                backend.fixedCap() == 0,
                new KeepAlive(
                        backend.idleLimit().announced(), backend.idleLimit().observed()),
                backend.tally().leases(),
                outcomes,
                (long) backend.latency().nanos() / 1000,
                backend.tally().latencyCount(),
                backend.tally().latencySumNanos() / 1000,
                BUCKETS_MICROS.stream()
                        .map(backend.tally()::answeredWithinMicros)
                        .toList());
    }
}
