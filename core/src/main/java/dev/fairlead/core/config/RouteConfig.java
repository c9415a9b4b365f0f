package dev.fairlead.core.config;

import org.jspecify.annotations.Nullable;

@Doc("Which requests, and what to do with them: exactly one of `forward` and `redirect`.")
@Written(oneOf = {"forward", "redirect"})
public record RouteConfig(
        @Doc(value = "Which requests; without it, all.", byDefault = "{}")
        MatchConfig match,

        @Doc(value = "Name of the pool to send them to.", text = Text.POOL) @Nullable
        String forward,

        @Doc("Where to send the client instead.") @Nullable RedirectConfig redirect,

        @Doc(
                "How often each client may ask: `100/s`, or `{rate: 100/s, burst: 200, by: header:X-Api-Key}`. Without it, no limit.")
        @Nullable
        RateLimitConfig rateLimit) {

    /** A route without a rate limit. */
    public RouteConfig(MatchConfig match, @Nullable String forward, @Nullable RedirectConfig redirect) {
        this(match, forward, redirect, null);
    }

    @Doc("Which requests; every part given must hold.")
    public record MatchConfig(
            @Doc(
                    value = "Host name: exact, or `*.example.com` for every name below it. Without port.",
                    text = Text.HOST_PATTERN)
            @Nullable
            String host,

            @Doc(
                    value =
                            "Path prefix on segment borders: `/v1/*` matches `/v1`, `/v1/` and `/v1/users`, never `/v10`. Without `/*`, the exact path.",
                    text = Text.PATH_PATTERN)
            @Nullable
            String path) {}

    @Doc("An answer that sends the client elsewhere.")
    public record RedirectConfig(
            @Doc(value = "New scheme: `http` or `https`; else the present one.", text = Text.SCHEME) @Nullable
            String scheme,

            @Doc(value = "New host (with port if need be); else the present one.", text = Text.AUTHORITY) @Nullable
            String host,

            @Doc(
                    value =
                            "New path; `/new/*` keeps what the match's `*` stood for. Else the present one. The query is kept.",
                    text = Text.PATH_PATTERN)
            @Nullable
            String path,

            @Doc(value = "301, 302, 303, 307 or 308.", byDefault = "308", within = "301, 302, 303, 307, 308")
            int status) {}
}
