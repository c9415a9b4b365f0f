package dev.fairlead.server.control;

import dev.fairlead.core.config.BalanceConfig.HashKey;
import dev.fairlead.core.config.RateLimitConfig;
import dev.fairlead.core.config.RouteConfig;
import dev.fairlead.net.http.RateGate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one route's rate limit stands at one moment. Immutable.
 *
 * @param route host and path that the route matches, with {@code *} for any host
 * @param rate as configured, such as {@code 100/s}
 * @param by what the key is, such as {@code source}
 * @param keys how many keys there is place for
 * @param keysInUse how many have not yet all their permits again
 * @param bytes of memory for them
 * @param refused requests that were answered 429 for it
 */
public record RouteLimit(
        String route, String rate, int burst, String by, int keys, int keysInUse, long bytes, long refused) {

    /** All there are; the gates are those of the routes that have a limit, in order. */
    static List<RouteLimit> of(List<RouteConfig> routes, List<RateGate> gates, long now) {
        List<RouteLimit> limits = new ArrayList<>();
        for (RouteConfig route : routes) {
            RateLimitConfig config = route.rateLimit();
            if (config != null) {
                RateGate gate = gates.get(limits.size());
                limits.add(new RouteLimit(
                        or(route.match().host(), "*") + or(route.match().path(), "/*"),
                        config.rate().toString(),
                        config.permits(),
                        HashKey.format(config.by()),
                        gate.keys(),
                        gate.keysInUse(now),
                        gate.bytes(),
                        gate.refused()));
            }
        }
        return limits;
    }

    private static String or(@Nullable String text, String other) {
        return text == null ? other : text;
    }
}
