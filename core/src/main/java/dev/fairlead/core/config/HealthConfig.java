package dev.fairlead.core.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

@Doc("How to find out whether a backend works. Either `off`, or a check (`http` or `tcp`) with its timing.")
public record HealthConfig(
        @Doc("Ask for a path: `/healthz`, or `{path: /healthz, host: …, status: …}`.") @Nullable HttpCheck http,
        @Doc("Only connect.") @Nullable TcpCheck tcp,
        @Doc(value = "From one check to the next; each is moved a little at random.", byDefault = "2s") Duration interval,
        @Doc(value = "The interval while the verdict is changing.", byDefault = "500ms") Duration fastInterval,
        @Doc(value = "How long one check may take.", byDefault = "2s") Duration timeout,
        @Doc(value = "Failed checks in a row that take a backend out.", byDefault = "3") int fall,
        @Doc(value = "Passed checks in a row that bring it back. The first check of a new backend decides alone.", byDefault = "2") int rise) {

    /** Without any check: backends count as up from the start. */
    public boolean off() {
        return http == null && tcp == null;
    }

    @Doc("A check that asks for a path.")
    public record HttpCheck(
            @Doc("What to ask for.") String path,
            @Doc(value = "Method to ask with.", byDefault = "GET") String method,
            @Doc("Host field to send; else the backend's own address.") @Nullable String host,
            @Doc(value = "Statuses that pass: `200`, `200-399`, or several with commas.", byDefault = "200-399") StatusRanges status) {}

    @Doc("A check that only connects.")
    public record TcpCheck() {}
}
