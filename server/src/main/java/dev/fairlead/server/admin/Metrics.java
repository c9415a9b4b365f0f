package dev.fairlead.server.admin;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.core.pool.BackendState.Wish;
import dev.fairlead.server.control.RouteLimit;
import dev.fairlead.server.control.Status;
import dev.fairlead.server.control.Status.BackendStatus;
import dev.fairlead.server.control.Status.CertificateStatus;
import dev.fairlead.server.control.Status.HedgeStatus;
import dev.fairlead.server.control.Status.ListenerStatus;
import dev.fairlead.server.control.Status.PoolStatus;
import dev.fairlead.server.control.Status.TlsStatus;
import dev.fairlead.server.control.Versions;
import dev.fairlead.server.ocsp.StaplePicture;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Turns a picture of the whole into the text that Prometheus reads. Confined to one thread; used once. */
final class Metrics {
    private static final double NANOS = 1e9;
    private static final double MICROS = 1e6;
    private static final double MILLIS = 1e3;
    private static final double PERCENT = 100;

    private final Map<Series, List<DataPointSnapshot>> points = new EnumMap<>(Series.class);

    private Metrics() {}

    /**
     * The exposition.
     *
     * @param type its media type
     */
    record Text(String type, byte[] bytes) {}

    /**
     * Writes everything.
     *
     * @param unauthorized requests to the admin side that were refused for want of the token
     * @param accept the field's value or empty: which form is asked for
     */
    static Text write(
            Status status, List<RouteLimit> limits, Versions versions, Jvm jvm, long unauthorized, String accept) {
        var metrics = new Metrics();
        metrics.whole(status, versions);
        status.listeners().forEach(listener -> metrics.listener(listener, status.now()));
        limits.forEach(metrics::rateLimit);
        status.pools().forEach(metrics::pool);
        metrics.add(Series.ADMIN_REFUSED, unauthorized);
        jvm.readings().forEach((reading, value) -> metrics.add(reading.series(), value, reading.labels()));
        var openMetrics = OpenMetricsTextFormatWriter.create();
        ExpositionFormatWriter writer = openMetrics.accepts(accept) ? openMetrics : PrometheusTextFormatWriter.create();
        var out = new ByteArrayOutputStream(16 * 1024);
        try {
            writer.write(out, metrics.snapshots());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Text(writer.getContentType(), out.toByteArray());
    }

    private void whole(Status status, Versions versions) {
        point(
                Series.BUILD,
                new InfoDataPointSnapshot(
                        Labels.of("version", versions.fairlead(), "netty", versions.netty(), "java", versions.java())));
        add(Series.START_TIME, status.startedAt() / MILLIS);
        add(Series.DRAINING, status.draining() ? 1 : 0);
        add(Series.EVENT_LOOPS, status.loops().size(), status.transport());
        for (int i = 0; i < status.loops().size(); i++) {
            String loop = String.valueOf(i);
            add(Series.LOOP_LAG, status.loops().get(i).lagNanos() / NANOS, loop, "1s");
            add(Series.LOOP_LAG, status.loops().get(i).minuteLagNanos() / NANOS, loop, "1m");
        }
        add(Series.BUFFERS_HELD, status.buffers().now());
        add(Series.SPILL_HELD, status.spill().now());
        add(Series.ACCESS_LOG_DROPPED, status.accessLogDropped());
        status.ocsp().forEach((result, times) -> add(Series.OCSP_QUESTIONS, times, result));
        status.reloads().counts().forEach((ending, count) -> add(Series.RELOADS, count, word(ending)));
        add(Series.LEAVING, status.reloads().leaving());
    }

    private void listener(ListenerStatus listener, long now) {
        String name = listener.name();
        add(Series.CONNECTIONS_ACCEPTED, listener.accepted(), name);
        add(Series.CONNECTIONS_REFUSED, listener.refused(), name, "connections");
        add(Series.CONNECTIONS_REFUSED, listener.refusedClient(), name, "connections-per-client");
        listener.closed().forEach((cause, times) -> add(Series.CONNECTIONS_CLOSED, times, name, cause));
        add(Series.CONNECTIONS_UNREAD, listener.unread(), name);
        add(Series.CONNECTIONS_OPEN, listener.open(), name);
        TlsStatus tls = listener.tls();
        if (tls != null) {
            tls(tls, name, now);
        }
        add(Series.REQUESTS, listener.requests(), name);
        add(Series.REQUESTS_ACTIVE, listener.active(), name);
        for (int i = 0; i < listener.answers().size(); i++) {
            add(Series.RESPONSES, listener.answers().get(i), name, i + 1 + "xx");
        }
        add(Series.RETRIES, listener.retries(), name);
        // All of them, also those that have not happened: a counter that appears with 1 has no rate.
        for (Failure failure : Failure.values()) {
            add(
                    Series.FAILURES,
                    listener.failures().getOrDefault(failure, 0L),
                    name,
                    failure.code(),
                    word(failure.side()));
        }
        add(Series.RECEIVED, listener.bytesIn(), name);
        add(Series.SENT, listener.bytesOut(), name);
        histogram(
                Series.REQUEST_DURATION,
                listener.durationBuckets(),
                listener.durationCount(),
                listener.durationSumMicros(),
                name);
    }

    private void tls(TlsStatus tls, String name, long now) {
        tls.handshakes().forEach((result, times) -> add(Series.TLS_HANDSHAKES, times, name, result));
        add(Series.TLS_UNDER_WAY, tls.underWay(), name);
        // The same file may be named twice.
        Set<String> seen = new HashSet<>();
        for (CertificateStatus certificate : tls.certificates()) {
            if (seen.add(certificate.file())) {
                add(Series.CERTIFICATE_EXPIRES, certificate.notAfter() / MILLIS, name, certificate.file());
                add(Series.CERTIFICATE_REFUSED, certificate.problem() == null ? 0 : 1, name, certificate.file());
                StaplePicture ocsp = certificate.ocsp();
                if (ocsp != null) {
                    add(Series.CERTIFICATE_STAPLED, Math.max(0, ocsp.until() - now) / MILLIS, name, certificate.file());
                }
            }
        }
    }

    private void rateLimit(RouteLimit limit) {
        add(Series.RATE_LIMITED, limit.refused(), limit.route());
        add(Series.RATE_LIMIT_KEYS, limit.keysInUse(), limit.route());
    }

    private void pool(PoolStatus pool) {
        add(Series.POOL_BACKENDS, pool.members(), pool.name());
        add(Series.POOL_ELIGIBLE, pool.eligible(), pool.name());
        add(Series.POOL_PANIC, pool.panic() ? 1 : 0, pool.name());
        add(Series.POOL_WAITING, pool.waiting(), pool.name());
        add(Series.RETRIES_REFUSED, pool.retriesRefused(), pool.name());
        HedgeStatus hedge = pool.hedge();
        if (hedge != null) {
            add(Series.HEDGE_AFTER, hedge.afterNanos() / NANOS, pool.name());
            hedge.results().forEach((result, times) -> add(Series.HEDGES, times, pool.name(), result));
        }
        pool.backends().forEach(backend -> backend(pool.name(), backend));
    }

    private void backend(String pool, BackendStatus backend) {
        String address = backend.address();
        add(Series.BACKEND_TAKES_NEW, backend.takesNew() ? 1 : 0, pool, address);
        for (Health health : Health.values()) {
            add(Series.BACKEND_HEALTH, backend.state().health() == health ? 1 : 0, pool, address, word(health));
        }
        for (Wish wish : Wish.values()) {
            add(Series.BACKEND_WISH, backend.state().wish() == wish ? 1 : 0, pool, address, word(wish));
        }
        add(Series.BACKEND_CHANGED, backend.state().since() / MILLIS, pool, address);
        add(Series.BACKEND_WEIGHT, backend.state().weight(), pool, address);
        add(Series.BACKEND_SHARE, backend.state().share() / PERCENT, pool, address);
        add(Series.BACKEND_INFLIGHT, backend.inflight(), pool, address);
        add(Series.BACKEND_CONNECTIONS, backend.connections(), pool, address);
        add(Series.BACKEND_CAP, backend.cap(), pool, address);
        add(Series.BACKEND_REQUESTS, backend.requests(), pool, address);
        for (Outcome outcome : Outcome.values()) {
            add(Series.BACKEND_OUTCOMES, backend.outcomes().getOrDefault(outcome, 0L), pool, address, word(outcome));
        }
        add(Series.BACKEND_LATENCY, backend.latencyMicros() / MICROS, pool, address);
        histogram(
                Series.BACKEND_FIRST_BYTE,
                backend.firstByteBuckets(),
                backend.firstByteCount(),
                backend.firstByteSumMicros(),
                pool,
                address);
    }

    /** The word for a constant, as it stands in labels, logs and JSON. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private void add(Series series, double value, String... labels) {
        Labels at = labels(series, labels);
        point(
                series,
                series.kind() == Series.Kind.COUNTER
                        ? new CounterDataPointSnapshot(value, at, null, 0)
                        : new GaugeDataPointSnapshot(value, at, null));
    }

    private void add(Series series, double value, List<String> labels) {
        add(series, value, labels.toArray(new String[0]));
    }

    private void histogram(Series series, List<Long> within, long count, long sumMicros, String... labels) {
        List<Double> bounds = new ArrayList<>();
        List<Long> counts = new ArrayList<>();
        long below = 0;
        for (int i = 0; i < within.size(); i++) {
            // Loops count while we read, so a later reading may show less than it should.
            long upTo = Math.max(below, within.get(i));
            bounds.add(Status.BUCKETS_MICROS.get(i) / MICROS);
            counts.add(upTo - below);
            below = upTo;
        }
        bounds.add(Double.POSITIVE_INFINITY);
        counts.add(Math.max(0, count - below));
        point(
                series,
                new HistogramDataPointSnapshot(
                        ClassicHistogramBuckets.of(bounds, counts),
                        sumMicros / MICROS,
                        labels(series, labels),
                        Exemplars.EMPTY,
                        0));
    }

    private static Labels labels(Series series, String... values) {
        return Labels.of(series.labels().toArray(new String[0]), values);
    }

    private void point(Series series, DataPointSnapshot point) {
        points.computeIfAbsent(series, s -> new ArrayList<>()).add(point);
    }

    private MetricSnapshots snapshots() {
        List<MetricSnapshot> all = new ArrayList<>();
        points.forEach((series, list) -> all.add(snapshot(series, list)));
        return new MetricSnapshots(all);
    }

    private static MetricSnapshot snapshot(Series series, List<DataPointSnapshot> points) {
        var about = new MetricMetadata(series.stem(), series.help());
        return switch (series.kind()) {
            case COUNTER -> new CounterSnapshot(about, cast(points, CounterDataPointSnapshot.class));
            case GAUGE -> new GaugeSnapshot(about, cast(points, GaugeDataPointSnapshot.class));
            case HISTOGRAM -> new HistogramSnapshot(about, cast(points, HistogramDataPointSnapshot.class));
            case INFO -> new InfoSnapshot(about, cast(points, InfoDataPointSnapshot.class));
        };
    }

    private static <T> List<T> cast(List<DataPointSnapshot> points, Class<T> type) {
        return points.stream().map(type::cast).toList();
    }
}
