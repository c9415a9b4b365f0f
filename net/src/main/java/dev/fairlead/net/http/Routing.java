package dev.fairlead.net.http;

import dev.fairlead.core.http.Head;
import dev.fairlead.core.http.Known;
import dev.fairlead.core.route.RouteAction;
import dev.fairlead.core.route.RouteTable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The published answer to "where does this request go": routes and the pools they reach, as one snapshot. Immutable.
 *
 * @param targets the pools, in the order the table was built with
 * @param gates the rate limits, in the order of {@link RouteAction#limit}
 */
public record Routing(RouteTable table, List<Target> targets, List<RateGate> gates) {
    public Routing {
        targets = List.copyOf(targets);
        gates = List.copyOf(gates);
    }

    /** The pool of this name, or {@code null}. */
    public @Nullable Target target(String pool) {
        for (Target target : targets) {
            if (target.pool().name().equals(pool)) {
                return target;
            }
        }
        return null;
    }

    /** The rate limit of a route, or {@code null}. */
    @Nullable
    RateGate gate(RouteAction action) {
        int limit = action.limit();
        return limit == RouteAction.UNLIMITED ? null : gates.get(limit);
    }

    /** The most specific route's action, or {@code null} when none matches. */
    @Nullable
    RouteAction match(Head head) {
        int host = head.find(Known.HOST);
        byte[] bytes = head.bytes();
        int hostStart = host < 0 ? 0 : head.valueStart(host);
        int hostEnd = host < 0 ? 0 : head.valueEnd(host);
        return table.match(bytes, hostStart, hostEnd, bytes, head.targetStart(), head.targetEnd());
    }
}
