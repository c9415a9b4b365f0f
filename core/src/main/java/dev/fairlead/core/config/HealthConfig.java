package dev.fairlead.core.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

@Doc(
        "How to find out whether a backend works. Either `off`, or a check (`http`, `tcp`, `tls` or `exec`) with its timing.")
@Written(
        off = true,
        oneOf = {"http", "tcp", "tls", "exec"})
public record HealthConfig(
        @Doc("Ask for a path: `/healthz`, or `{path: /healthz, host: …, status: …}`.") @Nullable
        HttpCheck http,

        @Doc("Connect: `{}`; or exchange a few bytes, too: `{send: …, expect: …}`.") @Nullable
        TcpCheck tcp,

        @Doc("Make a TLS handshake and look at the certificate: `{}`.") @Nullable
        TlsCheck tls,

        @Doc("Run a program: `[/usr/local/bin/check, --quick]`. It passes when it exits with 0.") @Nullable
        ExecCheck exec,

        @Doc(
                value = "From one check to the next; each is moved a little at random.",
                byDefault = "2s",
                within = "10ms..24h",
                reason = "As HAProxy: a fault is seen within seconds, and a check every two seconds is little beside "
                        + "real work.",
                seen = "`fairlead_backend_health`, the timeline")
        Duration interval,

        @Doc(
                value = "The interval while the verdict is changing; never more than `interval`.",
                byDefault = "500ms",
                within = "10ms..24h",
                reason = "Three failures in a row then take one second from the first, not four.",
                seen = "`fairlead_backend_health`, the timeline")
        Duration fastInterval,

        @Doc(
                value = "The interval while a backend is down and stays so. Without it, `interval`.",
                within = "10ms..24h",
                reason = "Without it who is back is found as soon as who has gone.",
                seen = "`fairlead_backend_health`, the timeline")
        @Nullable
        Duration slowInterval,

        @Doc(
                value = "How long one check may take. Without it, as long as `interval`, but at most 2s.",
                within = "10ms..24h",
                reason = "One check is over before the next is due, and one that hangs does not delay the verdict.",
                seen = "`fairlead_backend_health`, the timeline")
        @Nullable
        Duration timeout,

        @Doc(
                value = "Failed checks in a row that take a backend out.",
                byDefault = "3",
                within = "1..100",
                reason = "As HAProxy: one lost packet or one pause takes nobody out.",
                seen = "`fairlead_backend_health`, the timeline")
        int fall,

        @Doc(
                value = "Passed checks in a row that bring it back. The first check of a new backend decides alone.",
                byDefault = "2",
                within = "1..100",
                reason = "As HAProxy: one lucky answer brings nobody back.",
                seen = "`fairlead_backend_health`, the timeline")
        int rise,

        @Doc(value = "Check this port instead of the one that gets the work.", within = "1..65535") @Nullable
        Integer port,

        @Doc(
                value =
                        "Check this address instead of each backend's own, such as that of an agent. A name is looked up"
                                + " once, at the start or the reload that brings it.",
                text = Text.BACKEND_ADDRESS)
        @Nullable
        Address address,

        @Doc(
                value = "Most checks of this pool at the same time.",
                byDefault = "512",
                within = "1..10000",
                reason = "Where a whole network hangs, each check holds a file descriptor until its timeout; this "
                        + "bounds them.",
                seen = "`fairlead_process_open_files`")
        int atOnce) {

    /** What {@link #atOnce} is when nothing is written. */
    public static final int AT_ONCE = 512;

    private static final Duration LONGEST_PATIENCE = Duration.ofSeconds(2);

    /** A check of the backend's own address, with the settings that matter most; at most one kind of check. */
    public HealthConfig(
            @Nullable HttpCheck http,
            @Nullable TcpCheck tcp,
            Duration interval,
            Duration fastInterval,
            @Nullable Duration timeout,
            int fall,
            int rise) {
        this(http, tcp, null, null, interval, fastInterval, null, timeout, fall, rise, null, null, AT_ONCE);
    }

    /** Without any check: backends count as up from the start. */
    public boolean off() {
        return http == null && tcp == null && tls == null && exec == null;
    }

    /** How long one check may take: what is written, else the interval, but at most two seconds. */
    public Duration patience() {
        if (timeout != null) {
            return timeout;
        }
        return interval.compareTo(LONGEST_PATIENCE) < 0 ? interval : LONGEST_PATIENCE;
    }

    /** From one check to the next of a backend that is down: what is written, else the interval. */
    public Duration intervalWhileDown() {
        return slowInterval == null ? interval : slowInterval;
    }

    @Doc("A check that asks for a path.")
    @Written(shorthand = "path")
    public record HttpCheck(
            @Doc(value = "What to ask for.", text = Text.PATH)
            String path,

            @Doc(value = "Method to ask with.", byDefault = "GET", text = Text.CHECK_METHOD)
            String method,

            @Doc(value = "Host field to send; else the address that is checked.", text = Text.AUTHORITY) @Nullable
            String host,

            @Doc(
                    value = "Further fields to send: `{X-Probe: fairlead}`.",
                    byDefault = "{}",
                    names = Text.FIELD_NAME,
                    text = Text.FIELD_VALUE)
            Map<String, String> headers,

            @Doc(value = "Statuses that pass: `200`, `200-399`, or several with commas.", byDefault = "200-399")
            StatusRanges status,

            @Doc("What else the answer must hold to pass: `{header: {X-Ready: yes}, body: ready}`.") @Nullable
            Signs expect,

            @Doc("What shows that it is the right service: `{header: {X-Service: app}}`. When another one answers, the"
                    + " backend gets nothing at all, not even when no other is left.")
            @Nullable
            Signs identity,

            @Doc(
                    value = "Whether the body is a health report in JSON, `{\"status\": \"up\"}`: `true`, or"
                            + " `{degraded-share: 50%}`.",
                    byDefault = "false")
            JsonReport json,

            @Doc(
                    value = "Most of the body that is read, where it is looked at.",
                    byDefault = "16KiB",
                    within = "1..1MiB",
                    reason = "Health reports with dozens of parts fit, and `at-once` of them hold 8 MiB at most.",
                    seen = "`fairlead_backend_health`, the timeline")
            Size bodyLimit) {

        /** What {@link #bodyLimit} is when nothing is written. */
        public static final Size BODY_LIMIT = new Size(16 << 10);

        /** A check of the status alone. */
        public HttpCheck(String path, String method, @Nullable String host, StatusRanges status) {
            this(path, method, host, Map.of(), status, null, null, JsonReport.OFF, BODY_LIMIT);
        }

        /** Whether anything in the body matters, so that it must be waited for. */
        public boolean readsBody() {
            return json.enabled() || (expect != null && expect.body() != null) || identifiesByBody();
        }

        /** Whether only the body shows which service it is. */
        public boolean identifiesByBody() {
            return identity != null && identity.body() != null;
        }
    }

    @Doc("What an answer must hold: every field named, and the text. At least one of them.")
    public record Signs(
            @Doc(
                    value = "Fields and their whole values. `*` at either end of a value stands for anything: `app*`,"
                            + " `*app*`; `*` alone for any value at all.",
                    byDefault = "{}",
                    names = Text.FIELD_NAME,
                    text = Text.FIELD_VALUE)
            Map<String, String> header,

            @Doc("Text that the body must contain.") @Nullable
            String body) {}

    @Doc(
            "How a health report in JSON is read: Spring Boot's, `application/health+json`, and others that have a `status` and perhaps `components` or `checks`.")
    @Written(shorthand = "enabled")
    public record JsonReport(
            @Doc(value = "Whether to read it.", byDefault = "true")
            boolean enabled,

            @Doc(
                    value = "How much of its usual work a backend gets while it calls itself degraded.",
                    byDefault = "50%",
                    within = "1%..100%",
                    reason = "Half is a relief, and leaves enough work to show whether it recovers.",
                    seen = "`fairlead_backend_share`")
            Share degradedShare) {
        /** Bodies are not read as JSON. */
        public static final JsonReport OFF = new JsonReport(false, new Share(0.5));
    }

    @Doc(
            "A check that connects, and exchanges a few bytes if told to. In texts `\\r`, `\\n`, `\\t`, `\\\\` and `\\x00` stand for bytes.")
    public record TcpCheck(
            @Doc(value = "What to say after connecting: `'PING\\r\\n'`.", text = Text.BYTES) @Nullable
            String send,

            @Doc(value = "What its first 4 KiB must contain: `+PONG`.", text = Text.BYTES) @Nullable
            String expect) {
        /** Only connects. */
        public TcpCheck() {
            this(null, null);
        }
    }

    @Doc(
            "A check that makes a TLS handshake. A certificate that has expired, is not trusted or is for another name fails.")
    public record TlsCheck(
            @Doc(
                    value = "The name to ask for (SNI) and to find in the certificate; else the host of the address.",
                    text = Text.SERVER_NAME)
            @Nullable
            String serverName,

            @Doc(
                    value = "Whether to verify the certificate, by the authorities that this machine's Java trusts.",
                    byDefault = "true")
            boolean verify) {}

    @Doc(
            "A check that runs a program on this machine, without a shell. It finds `FAIRLEAD_BACKEND` (the backend's address), `FAIRLEAD_HOST` and `FAIRLEAD_PORT` (what to check) in its environment, and is killed with all it has started when its time is over. At most 32 of a pool run at once.")
    @Written(shorthand = "command")
    public record ExecCheck(
            @Doc("The program and its arguments.") List<String> command) {}
}
