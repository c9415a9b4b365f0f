package dev.fairlead.server.admin;

import dev.fairlead.server.control.Bottleneck;
import dev.fairlead.server.control.DeployStatus;
import dev.fairlead.server.control.LeavingListener;
import dev.fairlead.server.control.Member;
import dev.fairlead.server.control.Operator.Left;
import dev.fairlead.server.control.Reloads;
import dev.fairlead.server.control.RouteLimit;
import dev.fairlead.server.control.Status;
import dev.fairlead.server.control.Status.BackendStatus;
import dev.fairlead.server.control.Status.CertificateStatus;
import dev.fairlead.server.control.Status.CheckGrade;
import dev.fairlead.server.control.Status.HedgeStatus;
import dev.fairlead.server.control.Status.ListenerStatus;
import dev.fairlead.server.control.Status.PoolStatus;
import dev.fairlead.server.control.Status.TlsStatus;
import dev.fairlead.server.control.Timeline.Entry;
import dev.fairlead.server.control.Versions;
import dev.fairlead.server.ocsp.StaplePicture;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes a picture of the whole as JSON. Names are stable; new ones may appear. Thread-safe. */
final class StatusJson {
    private final JsonMapper mapper = JsonMapper.shared();

    byte[] write(Status status, List<RouteLimit> limits, Versions versions, boolean pretty) {
        ObjectNode root = mapper.createObjectNode();
        root.put("now", moment(status.now()));
        root.put("started", moment(status.startedAt()));
        root.put("version", versions.fairlead());
        root.put("draining", status.draining());
        root.put("transport", status.transport());
        root.put("event_loops", status.loops().size());
        var loops = root.putArray("loops");
        for (Status.LoopStatus loop : status.loops()) {
            loops.addObject()
                    .put("lag_ms", rounded(loop.lagNanos() / 1e3))
                    .put("lag_minute_ms", rounded(loop.minuteLagNanos() / 1e3));
        }
        use(root.putObject("exchanges"), status.exchanges());
        use(root.putObject("buffers"), status.buffers());
        use(root.putObject("spill"), status.spill());
        root.put("access_log_dropped", status.accessLogDropped());
        ObjectNode ocsp = root.putObject("ocsp_questions");
        status.ocsp().forEach(ocsp::put);
        reloads(root.putObject("reloads"), status.reloads());
        var listeners = root.putArray("listeners");
        status.listeners().forEach(listener -> listener(listeners.addObject(), listener, status.now()));
        var pools = root.putArray("pools");
        status.pools().forEach(pool -> pool(pools.addObject(), pool));
        var rateLimits = root.putArray("rate_limits");
        limits.forEach(limit -> rateLimit(rateLimits.addObject(), limit));
        return bytes(root, pretty);
    }

    private static void reloads(ObjectNode node, Reloads.Picture reloads) {
        for (Reloads.Ending ending : Reloads.Ending.values()) {
            node.put(Metrics.word(ending), reloads.counts().getOrDefault(ending, 0L));
        }
        node.put("leaving", reloads.leaving());
        var listeners = node.putArray("leaving_listeners");
        for (LeavingListener listener : reloads.listeners()) {
            listeners
                    .addObject()
                    .put("name", listener.name())
                    .put("address", text(listener.address()))
                    .put("open", listener.open())
                    .put("cut_in_ms", listener.millisLeft());
        }
        Reloads.Last last = reloads.last();
        if (last == null) {
            node.putNull("last");
        } else {
            ObjectNode one = node.putObject("last");
            one.put("time", moment(last.when()));
            one.put("result", Metrics.word(last.ending()));
            one.put("detail", last.detail());
        }
    }

    private static void rateLimit(ObjectNode node, RouteLimit limit) {
        node.put("route", limit.route());
        node.put("rate", limit.rate());
        node.put("burst", limit.burst());
        node.put("by", limit.by());
        node.put("keys", limit.keys());
        node.put("keys_in_use", limit.keysInUse());
        node.put("bytes", limit.bytes());
        node.put("refused", limit.refused());
    }

    ObjectNode object() {
        return mapper.createObjectNode();
    }

    Answer.Whole answer(int status, ObjectNode node, boolean pretty) {
        return new Answer.Whole(status, Answer.JSON, bytes(node, pretty));
    }

    /** On one line. */
    String line(ObjectNode node) {
        return mapper.writeValueAsString(node);
    }

    private byte[] bytes(ObjectNode node, boolean pretty) {
        return pretty
                ? mapper.writerWithDefaultPrettyPrinter().writeValueAsBytes(node)
                : mapper.writeValueAsBytes(node);
    }

    /** A problem in the form of RFC 9457; what is wrong with single keys also stands in a list. */
    Answer.Whole problem(Refusal refusal) {
        ObjectNode node = object();
        node.put("title", HttpResponseStatus.valueOf(refusal.status()).reasonPhrase());
        node.put("status", refusal.status());
        node.put("detail", refusal.detail());
        if (!refusal.findings().isEmpty()) {
            var problems = node.putArray("problems");
            for (Refusal.Finding finding : refusal.findings()) {
                ObjectNode one = problems.addObject();
                one.put("key", finding.key());
                one.put("found", finding.found());
                one.put("expected", finding.expected());
                one.put("suggestion", finding.suggestion());
            }
        }
        if (!refusal.report().isEmpty()) {
            node.put("report", refusal.report());
        }
        return new Answer.Whole(refusal.status(), Answer.PROBLEM, bytes(node, false));
    }

    /** How far a drain is. */
    ObjectNode left(Left left) {
        ObjectNode node = object();
        node.put("drained", left.drained());
        node.put("draining", left.draining());
        node.put("requests", left.requests());
        node.put("connections", left.connections());
        node.put("pinned", left.pinned());
        node.put("cut_in_ms", left.millis());
        return node;
    }

    static void event(ObjectNode node, Entry entry) {
        node.put("id", entry.id());
        node.put("time", moment(entry.when()));
        node.put("pool", entry.pool());
        node.put("backend", entry.backend());
        node.put("kind", entry.kind());
        node.put("before", entry.before());
        node.put("after", entry.after());
        node.put("why", entry.why());
    }

    private static String moment(long epochMillis) {
        return Instant.ofEpochMilli(epochMillis).toString();
    }

    private static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    private static void listener(ObjectNode node, ListenerStatus listener, long now) {
        node.put("name", listener.name());
        node.put("address", text(listener.address()));
        node.put("draining", listener.draining());
        ObjectNode connections = node.putObject("connections");
        connections.put("open", listener.open());
        connections.put("limit", listener.most());
        connections.put("limit_per_client", listener.mostOfOne());
        connections.put("accepted", listener.accepted());
        connections.put("refused", listener.refused());
        connections.put("refused_per_client", listener.refusedClient());
        connections.put("unread", listener.unread());
        ObjectNode requests = node.putObject("requests");
        requests.put("total", listener.requests());
        requests.put("active", listener.active());
        requests.put("retries", listener.retries());
        ObjectNode answers = node.putObject("answers");
        for (int i = 0; i < listener.answers().size(); i++) {
            answers.put(i + 1 + "xx", listener.answers().get(i));
        }
        ObjectNode failures = node.putObject("failures");
        listener.failures().forEach((failure, count) -> failures.put(failure.code(), count));
        ObjectNode bytes = node.putObject("bytes");
        bytes.put("in", listener.bytesIn());
        bytes.put("out", listener.bytesOut());
        times(
                node.putObject("duration_ms"),
                listener.durationBuckets(),
                listener.durationCount(),
                listener.durationSumMicros());
        bottleneck(node.putObject("bottleneck"), listener.bottleneck());
        TlsStatus tls = listener.tls();
        if (tls == null) {
            node.putNull("tls");
        } else {
            tls(node.putObject("tls"), tls, now);
        }
    }

    private static void tls(ObjectNode node, TlsStatus tls, long now) {
        node.put("provider", tls.provider());
        node.put("handshakes_active", tls.underWay());
        ObjectNode handshakes = node.putObject("handshakes");
        tls.handshakes().forEach(handshakes::put);
        var certificates = node.putArray("certificates");
        for (CertificateStatus certificate : tls.certificates()) {
            ObjectNode one = certificates.addObject();
            one.put("file", certificate.file());
            var names = one.putArray("names");
            certificate.names().forEach(names::add);
            one.put("issuer", certificate.issuer());
            one.put("key", certificate.key());
            one.put("serial", certificate.serial());
            one.put("not_before", moment(certificate.notBefore()));
            one.put("not_after", moment(certificate.notAfter()));
            one.put("days_left", certificate.daysLeft(now));
            one.put("problem", certificate.problem());
            StaplePicture ocsp = certificate.ocsp();
            if (ocsp == null) {
                one.putNull("ocsp");
            } else {
                ocsp(one.putObject("ocsp"), ocsp);
            }
        }
    }

    private static void ocsp(ObjectNode node, StaplePicture ocsp) {
        node.put("responder", ocsp.responder());
        node.put("state", ocsp.state().word());
        node.put("stapled_until", ocsp.until() == 0 ? null : moment(ocsp.until()));
        node.put("asked_next", ocsp.nextAt() == 0 ? null : moment(ocsp.nextAt()));
        node.put("must_staple", ocsp.mustStaple());
        node.put("problem", ocsp.problem());
    }

    private static void bottleneck(ObjectNode node, Bottleneck bottleneck) {
        node.put("where", bottleneck.where().word());
        node.put("why", bottleneck.why());
    }

    private static void use(ObjectNode node, Status.Use use) {
        node.put("now", use.now());
        node.put("limit", use.limit());
    }

    static void pool(ObjectNode node, PoolStatus pool) {
        node.put("name", pool.name());
        node.put("members", pool.members());
        node.put("eligible", pool.eligible());
        node.put("panic", pool.panic());
        node.put("waiting", pool.waiting());
        bottleneck(node.putObject("bottleneck"), pool.bottleneck());
        node.put("checked_by", pool.checkedBy());
        node.put("tls", pool.tls());
        CheckGrade check = pool.check();
        if (check == null) {
            node.putNull("check");
        } else {
            ObjectNode grade = node.putObject("check");
            grade.put("grade", check.mark());
            grade.put("basis", check.basis());
            ObjectNode findings = grade.putObject("findings");
            check.findings().forEach(findings::put);
        }
        HedgeStatus hedge = pool.hedge();
        if (hedge == null) {
            node.putNull("hedge");
        } else {
            ObjectNode twice = node.putObject("hedge");
            if (hedge.afterNanos() > 0) {
                twice.put("after_ms", rounded(hedge.afterNanos() / 1e3));
            } else {
                twice.putNull("after_ms");
            }
            hedge.results().forEach(twice::put);
        }
        var backends = node.putArray("backends");
        pool.backends().forEach(backend -> backend(backends.addObject(), backend));
    }

    static void backend(ObjectNode node, BackendStatus backend) {
        node.put("address", backend.address());
        node.put("health", Metrics.word(backend.state().health()));
        node.put("wish", Metrics.word(backend.state().wish()));
        node.put("takes_new", backend.takesNew());
        node.put("since", moment(backend.state().since()));
        node.put("why", backend.state().why());
        node.put("weight", backend.state().weight());
        node.put("share", backend.state().share());
        node.put("silent", backend.state().silent());
        node.put("inflight", backend.inflight());
        node.put("connections", backend.connections());
        node.put("cap", backend.cap());
        node.put("cap_learnt", backend.capLearnt());
        ObjectNode kept = node.putObject("keep_alive_ms");
        kept.put("announced", millis(backend.keepAlive().announced()));
        kept.put("observed", millis(backend.keepAlive().observed()));
        node.put("requests", backend.requests());
        Member member = backend.member();
        node.put("revision", member.revision());
        node.put("registered", member.registered());
        node.put("expires_at", member.expiresAt() == 0 ? null : moment(member.expiresAt()));
        node.put("owner", member.owner());
        node.put("match", member.match());
        ObjectNode outcomes = node.putObject("outcomes");
        backend.outcomes().forEach((outcome, count) -> outcomes.put(Metrics.word(outcome), count));
        ObjectNode latency = node.putObject("first_byte_ms");
        latency.put("recent", backend.latencyMicros() / 1e3);
        times(latency, backend.firstByteBuckets(), backend.firstByteCount(), backend.firstByteSumMicros());
    }

    static void deploy(ObjectNode node, DeployStatus deploy) {
        node.put("id", deploy.id());
        node.put("pool", deploy.pool());
        node.put("state", deploy.state());
        node.put("why", deploy.why());
        node.put("revision", deploy.revision());
        node.put("begun", moment(deploy.begunAt()));
        node.put("ended", deploy.endedAt() == 0 ? null : moment(deploy.endedAt()));
        node.put("lease_left_ms", deploy.leaseMillis());
        node.put("owner", deploy.owner());
        node.put("batch", deploy.batch());
        node.put("passes", deploy.passes());
        node.put("match", deploy.match());
        var yours = node.putArray("yours");
        deploy.yours().forEach(yours::add);
        var steps = node.putArray("steps");
        deploy.steps()
                .forEach(step -> steps.addObject()
                        .put("address", step.address())
                        .put("stage", step.stage())
                        .put("why", step.why()));
    }

    private static @Nullable Long millis(long nanos) {
        return nanos == 0 ? null : nanos / 1_000_000;
    }

    private static void times(ObjectNode node, List<Long> buckets, long count, long sumMicros) {
        node.put("count", count);
        if (count > 0) {
            node.put("mean", rounded(sumMicros / (double) count));
            node.put("p50", rounded(Status.quantileMicros(buckets, count, 0.5)));
            node.put("p90", rounded(Status.quantileMicros(buckets, count, 0.9)));
            node.put("p99", rounded(Status.quantileMicros(buckets, count, 0.99)));
        }
    }

    /** Microseconds as milliseconds with three places at most. */
    private static double rounded(double micros) {
        return Math.round(micros) / 1e3;
    }
}
