package dev.fairlead.core.config;

import java.util.Locale;
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
                value =
                        "How often each client may ask: `100/s`, or `{rate: 100/s, burst: 200, by: header:X-Api-Key}`. Without it, no limit.",
                reason = "Off, since how often a client may ask depends on what the route does.",
                seen = "`rate-limited`, `fairlead_failures_total`, `fairlead_rate_limited_total`")
        @Nullable
        RateLimitConfig rateLimit,

        @Doc(
                value =
                        "How much of a request's body must be there before a backend is asked, so that slow clients hold none. Without it:"
                                + " `none`. Requests without a body and upgrades never wait.",
                reason = "Off, since server-sent events, gRPC and long uploads need their bodies to stream.",
                seen = "`micros.buffer` in the access log")
        @Nullable
        BufferConfig buffer) {

    /** A route with neither rate limit nor buffer. */
    public RouteConfig(MatchConfig match, @Nullable String forward, @Nullable RedirectConfig redirect) {
        this(match, forward, redirect, null, null);
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

            @Doc(
                    value = "301, 302, 303, 307 or 308.",
                    byDefault = "308",
                    within = "301, 302, 303, 307, 308",
                    reason = "Lasting, and it keeps method and body: a POST does not become a GET.")
            int status) {}

    @Doc("How request bodies wait for a backend, or a backend for them.")
    @Written(shorthand = "mode")
    public record BufferConfig(
            @Doc(
                    "`none`: a backend is asked as soon as the request's head is there; the body streams. `head-first`: when the first bytes"
                            + " of the body are there; then it streams. `full`: when the whole body is there.")
            Mode mode,

            @Doc(
                    value =
                            "With `full`: most bytes of one body in memory (and one receive buffer more while it is written to disk); the rest waits in a temporary file. From half of `runtime.buffers` on, at most 8KiB.",
                    byDefault = "64KiB",
                    within = "0..64MiB",
                    reason = "Most forms and calls of an API fit, and a thousand such bodies are a quarter of "
                            + "`runtime.buffers`.",
                    seen = "`fairlead_buffers_held_bytes`; beyond it `fairlead_spill_held_bytes`")
            Size memory,

            @Doc(
                    value =
                            "With `full`: most bytes of one body in all; a larger one is answered 413. `limits.body` of the listener holds as well.",
                    byDefault = "16MiB",
                    within = "1..1024GiB",
                    reason = "One body is then at most a 64th of `runtime.spill`; larger uploads are better streamed "
                            + "(`head-first`).",
                    seen = "`body-too-large`, `fairlead_failures_total`")
            Size most) {

        /** What a backend waits for. */
        public enum Mode {
            NONE,
            HEAD_FIRST,
            FULL;

            /** As it is written in the file. */
            @Override
            public String toString() {
                return name().toLowerCase(Locale.ROOT).replace('_', '-');
            }
        }
    }
}
