package dev.fairlead.core.config;

import dev.fairlead.core.config.BalanceConfig.HashKey;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

@Doc(
        "How often each client may ask for what the route matches: a token bucket for each key. What is above is answered 429,"
                + " with `Retry-After`, `RateLimit` and `RateLimit-Policy`. Counted in memory, by this process alone.")
@Written(shorthand = "rate")
public record RateLimitConfig(
        @Doc("How many requests of one key in the long run: `100/s`, `600/m` or `5/10s`.")
        Rate rate,

        @Doc(
                value =
                        "How many of them may come at once; they come back at the rate. Without it, as many as the rate counts:"
                                + " 600 of `600/m`.",
                within = "1..1000000",
                reason = "What one page asks for comes at once, and a plain count of the rate's time would let as many "
                        + "through.",
                seen = "`rate-limited`, `fairlead_failures_total`, `fairlead_rate_limited_total`")
        @Nullable
        Integer burst,

        @Doc(
                value =
                        "Who counts as one: `source`, the client's address (behind `trusted-proxies` the one they name in"
                                + " `X-Forwarded-For`; of IPv6 addresses the /64 network), `header:NAME`, `cookie:NAME`, `query:NAME`, or"
                                + " `uri` for all clients of one path and query. A request without it, or with more than one of it,"
                                + " counts for its client's address.",
                byDefault = "source")
        HashKey by,

        @Doc(
                value =
                        "How many keys are known at once, at 8 bytes each, taken at the start. When there are more, the one that"
                                + " has recovered most is forgotten.",
                byDefault = "100000",
                within = "1000..10000000",
                reason = "About a megabyte for each route, which a flood of made-up keys cannot make more.",
                seen = "`fairlead_rate_limit_keys`")
        int keys,

        @Doc(
                value = "Whether every answer has the fields `RateLimit` and `RateLimit-Policy`, not only a 429.",
                byDefault = "false")
        boolean headers) {

    /** In which an exhausted key must have all its permits again. */
    static final Duration LONGEST_WINDOW = Duration.ofDays(5);

    /** How many permits a key has at first and at most. */
    public int permits() {
        return burst == null ? rate.count() : burst;
    }
}
