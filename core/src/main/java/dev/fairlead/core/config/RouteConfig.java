package dev.fairlead.core.config;

import org.jspecify.annotations.Nullable;

@Doc("Which requests, and what to do with them: exactly one of `forward` and `redirect`.")
public record RouteConfig(
        @Doc(value = "Which requests; without it, all.", byDefault = "{}") MatchConfig match,
        @Doc("Name of the pool to send them to.") @Nullable String forward,
        @Doc("Where to send the client instead.") @Nullable RedirectConfig redirect) {

    @Doc("Which requests; every part given must hold.")
    public record MatchConfig(
            @Doc("Host name: exact, or `*.example.com` for every name below it. Without port.") @Nullable String host,
            @Doc("Path prefix on segment borders: `/v1/*` matches `/v1`, `/v1/` and `/v1/users`, never `/v10`. Without `/*`, the exact path.")
                    @Nullable String path) {}

    @Doc("An answer that sends the client elsewhere.")
    public record RedirectConfig(
            @Doc("New scheme; else the present one.") @Nullable String scheme,
            @Doc("New host (with port if need be); else the present one.") @Nullable String host,
            @Doc("New path; `/new/*` keeps what the match's `*` stood for. Else the present one. The query is kept.") @Nullable String path,
            @Doc(value = "301, 302, 303, 307 or 308.", byDefault = "308") int status) {}
}
