package dev.fairlead.server.admin;

import java.util.List;

/**
 * Every metric there is: the one list that {@code /metrics} is made of and that {@code docs/metrics.md} describes.
 * Immutable.
 */
enum Series {
    BUILD(Kind.INFO, "fairlead_build_info", "Always 1; the labels say what runs.", "version", "netty", "java"),
    START_TIME(Kind.GAUGE, "fairlead_start_time_seconds", "When it was started, in seconds since 1970."),
    DRAINING(Kind.GAUGE, "fairlead_draining", "1 while it is stopping and takes no new work, else 0."),
    EVENT_LOOPS(Kind.GAUGE, "fairlead_event_loops", "Event loops of the data plane.", "transport"),
    LOOP_LAG(
            Kind.GAUGE,
            "fairlead_loop_lag_seconds",
            "How late the event loop got to its work at worst, in the last second or two (`1s`) and in the last minute (`1m`).",
            "loop",
            "window"),
    BUFFERS_HELD(
            Kind.GAUGE,
            "fairlead_buffers_held_bytes",
            "Bytes in buffers that someone holds, for `runtime.buffers`; as of the last tick."),
    SPILL_HELD(
            Kind.GAUGE,
            "fairlead_spill_held_bytes",
            "Bytes of request bodies in temporary files, for `runtime.spill`."),
    ACCESS_LOG_DROPPED(
            Kind.COUNTER,
            "fairlead_access_log_dropped_total",
            "Access-log lines that were dropped because the writer could not keep up or could not write."),
    RELOADS(
            Kind.COUNTER,
            "fairlead_reloads_total",
            "Reloads of the configuration: `done`, `invalid` (it cannot be used) or `refused` (it cannot come into force).",
            "result"),
    LEAVING(
            Kind.GAUGE,
            "fairlead_leaving_backends",
            "Backends that have left, by a reload or because they had registered, and have not finished yet."),

    CONNECTIONS_ACCEPTED(
            Kind.COUNTER, "fairlead_connections_accepted_total", "Client connections accepted.", "listener"),
    CONNECTIONS_REFUSED(
            Kind.COUNTER,
            "fairlead_connections_refused_total",
            "Client connections turned away at once because of a limit: `connections` or `connections-per-client`.",
            "listener",
            "limit"),
    CONNECTIONS_CLOSED(
            Kind.COUNTER,
            "fairlead_connections_closed_total",
            "Client connections closed without an error: no first byte within `timeouts.head` (`silent`), no further request within `timeouts.idle` (`idle`), or after `limits.requests-per-connection` (`requests`).",
            "listener",
            "cause"),
    CONNECTIONS_OPEN(Kind.GAUGE, "fairlead_connections_open", "Client connections open now.", "listener"),
    CONNECTIONS_UNREAD(
            Kind.GAUGE,
            "fairlead_connections_unread",
            "Client connections where as much waits for the client as may.",
            "listener"),
    TLS_HANDSHAKES(
            Kind.COUNTER,
            "fairlead_tls_handshakes_total",
            "TLS handshakes of clients, by how they ended: `full`, `resumed`, `passed`, `not-tls`, `bad-hello`, `unknown-name`, `no-protocol`, `failed`, `late`, `gone` or `too-many`.",
            "listener",
            "result"),
    TLS_UNDER_WAY(
            Kind.GAUGE, "fairlead_tls_handshakes_active", "TLS handshakes of clients that are under way.", "listener"),
    CERTIFICATE_EXPIRES(
            Kind.GAUGE,
            "fairlead_certificate_not_after_seconds",
            "Until when the certificate in force is valid, in seconds since 1970.",
            "listener",
            "file"),
    CERTIFICATE_REFUSED(
            Kind.GAUGE,
            "fairlead_certificate_refused",
            "1 while what is in the certificate's files cannot be used and an earlier one is in force, else 0.",
            "listener",
            "file"),
    CERTIFICATE_STAPLED(
            Kind.GAUGE,
            "fairlead_certificate_stapled_seconds",
            "For how long the OCSP answer that is stapled to the certificate still holds; 0 while none is.",
            "listener",
            "file"),
    OCSP_QUESTIONS(
            Kind.COUNTER,
            "fairlead_ocsp_questions_total",
            "Questions to the OCSP responders of certificates, by how they ended: `good`, `revoked`, `unreachable`, `late`,"
                    + " `refused`, `too-large` or `bad`.",
            "result"),
    REQUESTS(Kind.COUNTER, "fairlead_requests_total", "Requests whose head has arrived.", "listener"),
    REQUESTS_ACTIVE(Kind.GAUGE, "fairlead_requests_active", "Requests in work now.", "listener"),
    RESPONSES(
            Kind.COUNTER,
            "fairlead_responses_total",
            "Final answers, by the hundred of their status: 1xx to 5xx.",
            "listener",
            "code"),
    RETRIES(Kind.COUNTER, "fairlead_retries_total", "Further tries of requests at another backend.", "listener"),
    FAILURES(
            Kind.COUNTER,
            "fairlead_failures_total",
            "Requests that failed, by reason code and by who was at fault: client, backend or self.",
            "listener",
            "reason",
            "side"),
    RECEIVED(
            Kind.COUNTER,
            "fairlead_received_bytes_total",
            "Body bytes taken from clients, counted when a request ends.",
            "listener"),
    SENT(
            Kind.COUNTER,
            "fairlead_sent_bytes_total",
            "Body bytes given to clients, counted when a request ends.",
            "listener"),
    REQUEST_DURATION(
            Kind.HISTOGRAM,
            "fairlead_request_duration_seconds",
            "From the first byte of a request to the last byte of its answer.",
            "listener"),

    RATE_LIMITED(
            Kind.COUNTER, "fairlead_rate_limited_total", "Requests answered 429 for the route's rate limit.", "route"),
    RATE_LIMIT_KEYS(
            Kind.GAUGE,
            "fairlead_rate_limit_keys",
            "Keys that have used some of their burst and have not yet all of it back.",
            "route"),

    POOL_BACKENDS(Kind.GAUGE, "fairlead_pool_backends", "Members of the pool.", "pool"),
    POOL_ELIGIBLE(Kind.GAUGE, "fairlead_pool_eligible_backends", "Members that may get new work now.", "pool"),
    POOL_PANIC(
            Kind.GAUGE,
            "fairlead_pool_panic",
            "1 while so few members are well that those that answer badly get work, too, else 0.",
            "pool"),

    POOL_WAITING(Kind.GAUGE, "fairlead_pool_waiting", "Requests that wait for a place at a backend.", "pool"),
    RETRIES_REFUSED(
            Kind.COUNTER,
            "fairlead_retries_refused_total",
            "Requests that were not tried again because the pool's `retries.budget` was used up.",
            "pool"),
    HEDGES(
            Kind.COUNTER,
            "fairlead_hedges_total",
            "Requests sent to a second backend as well; its answer was passed on (`won`), the first one's was (`lost`), or it failed or nobody answered (`failed`). Only with `hedge`.",
            "pool",
            "result"),
    HEDGE_AFTER(
            Kind.GAUGE,
            "fairlead_hedge_after_seconds",
            "After how long without an answer that is done; 0 while it is not known. Only with `hedge`.",
            "pool"),

    BACKEND_TAKES_NEW(
            Kind.GAUGE,
            "fairlead_backend_takes_new",
            "1 if the backend may get new work now, else 0.",
            "pool",
            "backend"),
    BACKEND_HEALTH(
            Kind.GAUGE,
            "fairlead_backend_health",
            "Measured health: 1 for the one that holds (unchecked, up, down, ejected), 0 for the others.",
            "pool",
            "backend",
            "health"),
    BACKEND_WISH(
            Kind.GAUGE,
            "fairlead_backend_wish",
            "The operator's wish: 1 for the one that holds (ready, drain, maint), 0 for the others.",
            "pool",
            "backend",
            "wish"),
    BACKEND_CHANGED(
            Kind.GAUGE,
            "fairlead_backend_changed_time_seconds",
            "When health or wish last changed, in seconds since 1970.",
            "pool",
            "backend"),
    BACKEND_WEIGHT(Kind.GAUGE, "fairlead_backend_weight", "Share of new work, 0 to 256.", "pool", "backend"),
    BACKEND_SHARE(
            Kind.GAUGE,
            "fairlead_backend_share",
            "Part of its weight that counts now, up to 1: less while it starts slowly or asks for less.",
            "pool",
            "backend"),
    BACKEND_INFLIGHT(Kind.GAUGE, "fairlead_backend_inflight", "Requests at the backend now.", "pool", "backend"),
    BACKEND_CONNECTIONS(
            Kind.GAUGE,
            "fairlead_backend_connections",
            "Open connections to the backend, idle ones among them.",
            "pool",
            "backend"),
    BACKEND_CAP(Kind.GAUGE, "fairlead_backend_cap", "Most requests at once.", "pool", "backend"),
    BACKEND_REQUESTS(
            Kind.COUNTER,
            "fairlead_backend_requests_total",
            "Requests given to the backend, tries that were repeated elsewhere included.",
            "pool",
            "backend"),
    BACKEND_OUTCOMES(
            Kind.COUNTER,
            "fairlead_backend_outcomes_total",
            "What became of them: ok, server-error, connect-failed, timed-out, broken, stale, client-gone, overtaken, dropped, unused.",
            "pool",
            "backend",
            "outcome"),
    BACKEND_LATENCY(
            Kind.GAUGE,
            "fairlead_backend_latency_seconds",
            "Decaying average of the time to first byte that remembers peaks, as peak-ewma uses it.",
            "pool",
            "backend"),
    BACKEND_FIRST_BYTE(
            Kind.HISTOGRAM,
            "fairlead_backend_first_byte_seconds",
            "From choosing the backend, connecting included, to the first byte of its answer.",
            "pool",
            "backend"),

    ADMIN_REFUSED(
            Kind.COUNTER,
            "fairlead_admin_unauthorized_total",
            "Requests to the admin address without the token, or with another one."),

    HEAP_USED(Kind.GAUGE, "fairlead_jvm_heap_used_bytes", "Java heap in use, what is not yet collected included."),
    HEAP_COMMITTED(Kind.GAUGE, "fairlead_jvm_heap_committed_bytes", "Java heap taken from the system."),
    HEAP_MAX(Kind.GAUGE, "fairlead_jvm_heap_max_bytes", "Most the Java heap may grow to."),
    DIRECT_USED(
            Kind.GAUGE,
            "fairlead_netty_direct_bytes",
            "Memory outside the heap that Netty's allocator holds for buffers."),
    DIRECT_PINNED(Kind.GAUGE, "fairlead_netty_direct_pinned_bytes", "The part of it that is in buffers in use."),
    GC_COLLECTIONS(Kind.COUNTER, "fairlead_jvm_gc_collections_total", "Garbage collections.", "gc"),
    GC_SECONDS(Kind.COUNTER, "fairlead_jvm_gc_seconds_total", "Time spent on them.", "gc"),
    THREADS(Kind.GAUGE, "fairlead_jvm_threads", "Platform threads."),
    CPU_SECONDS(Kind.COUNTER, "fairlead_process_cpu_seconds_total", "Processor time used by the process."),
    RESIDENT(
            Kind.GAUGE,
            "fairlead_process_resident_bytes",
            "Memory of the process that is in RAM; only where the system tells."),
    OPEN_FILES(Kind.GAUGE, "fairlead_process_open_files", "Open file descriptors; only where the system tells."),
    MAX_FILES(
            Kind.GAUGE,
            "fairlead_process_max_files",
            "Most file descriptors that may be open; only where the system tells and there is a limit.");

    /** How a metric behaves. */
    enum Kind {
        COUNTER,
        GAUGE,
        HISTOGRAM,
        INFO
    }

    private final Kind kind;
    private final String metric;
    private final String help;
    private final List<String> labels;

    Series(Kind kind, String metric, String help, String... labels) {
        this.kind = kind;
        this.metric = metric;
        this.help = help;
        this.labels = List.of(labels);
    }

    Kind kind() {
        return kind;
    }

    /** The name as it is exposed. */
    String metric() {
        return metric;
    }

    /** The name without the suffix that the exposition adds by itself. */
    String stem() {
        return switch (kind) {
            case COUNTER -> metric.substring(0, metric.length() - "_total".length());
            case INFO -> metric.substring(0, metric.length() - "_info".length());
            case GAUGE, HISTOGRAM -> metric;
        };
    }

    String help() {
        return help;
    }

    List<String> labels() {
        return labels;
    }
}
