package dev.fairlead.core.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

@Doc("How to find out whether a backend works. Either `off`, or a check (`http` or `tcp`) with its timing.")
@Written(
        off = true,
        oneOf = {"http", "tcp"})
public record HealthConfig(
        @Doc("Ask for a path: `/healthz`, or `{path: /healthz, host: …, status: …}`.") @Nullable
        HttpCheck http,

        @Doc("Only connect.") @Nullable TcpCheck tcp,

        @Doc(
                value = "From one check to the next; each is moved a little at random.",
                byDefault = "2s",
                within = "10ms..24h")
        Duration interval,

        @Doc(
                value = "The interval while the verdict is changing; never more than `interval`.",
                byDefault = "500ms",
                within = "10ms..24h")
        Duration fastInterval,

        @Doc(
                value = "How long one check may take. Without it, as long as `interval`, but at most 2s.",
                within = "10ms..24h")
        @Nullable
        Duration timeout,

        @Doc(value = "Failed checks in a row that take a backend out.", byDefault = "3", within = "1..100")
        int fall,

        @Doc(
                value = "Passed checks in a row that bring it back. The first check of a new backend decides alone.",
                byDefault = "2",
                within = "1..100")
        int rise) {

    private static final Duration LONGEST_PATIENCE = Duration.ofSeconds(2);

    /** Without any check: backends count as up from the start. */
    public boolean off() {
        return http == null && tcp == null;
    }

    /** How long one check may take: what is written, else the interval, but at most two seconds. */
    public Duration patience() {
        if (timeout != null) {
            return timeout;
        }
        return interval.compareTo(LONGEST_PATIENCE) < 0 ? interval : LONGEST_PATIENCE;
    }

    @Doc("A check that asks for a path.")
    @Written(shorthand = "path")
    public record HttpCheck(
            @Doc(value = "What to ask for.", text = Text.PATH)
            String path,

            @Doc(value = "Method to ask with.", byDefault = "GET", text = Text.CHECK_METHOD)
            String method,

            @Doc(value = "Host field to send; else the backend's own address.", text = Text.AUTHORITY) @Nullable
            String host,

            @Doc(value = "Statuses that pass: `200`, `200-399`, or several with commas.", byDefault = "200-399")
            StatusRanges status) {}

    @Doc("A check that only connects.")
    public record TcpCheck() {}
}
