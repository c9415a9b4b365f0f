package dev.fairlead.server.admin;

import dev.fairlead.server.control.Status;
import dev.fairlead.server.control.Status.BackendStatus;
import dev.fairlead.server.control.Status.ListenerStatus;
import dev.fairlead.server.control.Status.PoolStatus;
import dev.fairlead.server.control.Versions;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes a picture of the whole as JSON. Names are stable; new ones may appear. Thread-safe. */
final class StatusJson {
    private final JsonMapper mapper = JsonMapper.shared();

    byte[] write(Status status, Versions versions, boolean pretty) {
        ObjectNode root = mapper.createObjectNode();
        root.put("now", moment(status.now()));
        root.put("started", moment(status.startedAt()));
        root.put("version", versions.fairlead());
        root.put("draining", status.draining());
        root.put("transport", status.transport());
        root.put("event_loops", status.loops());
        root.put("access_log_dropped", status.accessLogDropped());
        var listeners = root.putArray("listeners");
        status.listeners().forEach(listener -> listener(listeners.addObject(), listener));
        var pools = root.putArray("pools");
        status.pools().forEach(pool -> pool(pools.addObject(), pool));
        return bytes(root, pretty);
    }

    byte[] bytes(ObjectNode node, boolean pretty) {
        return pretty
                ? mapper.writerWithDefaultPrettyPrinter().writeValueAsBytes(node)
                : mapper.writeValueAsBytes(node);
    }

    /** A problem in the form of RFC 9457. */
    byte[] problem(int status, String title, String detail) {
        ObjectNode node = mapper.createObjectNode();
        node.put("title", title);
        node.put("status", status);
        node.put("detail", detail);
        return bytes(node, false);
    }

    private static String moment(long epochMillis) {
        return Instant.ofEpochMilli(epochMillis).toString();
    }

    private static void listener(ObjectNode node, ListenerStatus listener) {
        node.put("name", listener.name());
        String host = listener.address().getAddress().getHostAddress();
        node.put(
                "address",
                (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":"
                        + listener.address().getPort());
        node.put("draining", listener.draining());
        ObjectNode connections = node.putObject("connections");
        connections.put("open", listener.open());
        connections.put("accepted", listener.accepted());
        connections.put("refused", listener.refused());
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
    }

    private static void pool(ObjectNode node, PoolStatus pool) {
        node.put("name", pool.name());
        node.put("members", pool.members());
        node.put("eligible", pool.eligible());
        var backends = node.putArray("backends");
        pool.backends().forEach(backend -> backend(backends.addObject(), backend));
    }

    private static void backend(ObjectNode node, BackendStatus backend) {
        node.put("address", backend.address());
        node.put("health", Metrics.word(backend.state().health()));
        node.put("wish", Metrics.word(backend.state().wish()));
        node.put("takes_new", backend.takesNew());
        node.put("since", moment(backend.state().since()));
        node.put("why", backend.state().why());
        node.put("weight", backend.state().weight());
        node.put("inflight", backend.inflight());
        node.put("cap", backend.cap());
        node.put("requests", backend.requests());
        ObjectNode outcomes = node.putObject("outcomes");
        backend.outcomes().forEach((outcome, count) -> outcomes.put(Metrics.word(outcome), count));
        ObjectNode latency = node.putObject("first_byte_ms");
        latency.put("recent", backend.latencyMicros() / 1e3);
        times(latency, backend.firstByteBuckets(), backend.firstByteCount(), backend.firstByteSumMicros());
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
