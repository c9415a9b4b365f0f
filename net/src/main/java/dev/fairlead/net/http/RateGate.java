package dev.fairlead.net.http;

import dev.fairlead.core.config.RateLimitConfig;
import dev.fairlead.core.config.RouteConfig;
import dev.fairlead.core.http.Head;
import dev.fairlead.core.limit.KeyedHash;
import dev.fairlead.core.limit.RateLimiter;
import dev.fairlead.core.time.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * The rate limit of one route, over all loops: whose request it is, and whether it may pass.
 *
 * <p>Thread-safe, without a lock; allocates nothing for who passes. Memory is taken at once and never grows:
 * {@link #bytes}.
 */
public final class RateGate {
    private static final byte[] LIMIT = ascii("RateLimit");
    private static final byte[] POLICY = ascii("RateLimit-Policy");
    private static final long SECOND = 1_000_000_000L;

    /** Tells a header of four bytes, say, from the address of the same four bytes, which another client has. */
    private static final long PART = 0x9E3779B97F4A7C15L;

    private final RateLimiter limiter;
    private final KeyedHash hash;
    private final RequestPart part;
    private final boolean always;
    private final String policy;
    private final LongAdder refused = new LongAdder();

    private RateGate(RateLimitConfig config, Seeds seeds) {
        this.limiter = new RateLimiter(
                config.rate().count(), config.rate().per(), config.permits(), config.keys(), seeds.next());
        this.hash = new KeyedHash(seeds.next(), seeds.next());
        this.part = RequestPart.of(config.by(), true);
        this.always = config.headers();
        this.policy = "\"route\";q=" + limiter.burst() + ";w=" + seconds(limiter.windowNanos());
    }

    /**
     * One for each route that has a limit, in the order of {@link dev.fairlead.core.route.RouteAction#limit}.
     *
     * @param seeds of secrets, so that no client can aim at the place of another one's key
     */
    public static List<RateGate> of(List<RouteConfig> routes, Seeds seeds) {
        List<RateGate> gates = new ArrayList<>();
        for (RouteConfig route : routes) {
            RateLimitConfig config = route.rateLimit();
            if (config != null) {
                gates.add(new RateGate(config, seeds));
            }
        }
        return gates;
    }

    /**
     * The same, with those of {@code before} that limit the same requests in the same way and so go on counting.
     *
     * @param gates of {@code before}, in order
     */
    public static List<RateGate> of(
            List<RouteConfig> routes, Seeds seeds, List<RouteConfig> before, List<RateGate> gates) {
        Map<Limited, RateGate> known = new HashMap<>();
        int next = 0;
        for (RouteConfig route : before) {
            if (route.rateLimit() != null) {
                known.put(new Limited(route.match(), route.rateLimit()), gates.get(next++));
            }
        }
        List<RateGate> all = new ArrayList<>();
        for (RouteConfig route : routes) {
            RateLimitConfig config = route.rateLimit();
            if (config != null) {
                RateGate same = known.get(new Limited(route.match(), config));
                all.add(same == null ? new RateGate(config, seeds) : same);
            }
        }
        return all;
    }

    /** What makes a limit the same one. */
    private record Limited(RouteConfig.MatchConfig match, RateLimitConfig config) {}

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The key of this request. */
    long key(Head head, Peer peer, ClientAddress client) {
        long range = part.find(head);
        if (range != RequestPart.NONE) {
            return hash.of(head.bytes(), RequestPart.from(range), RequestPart.to(range)) ^ PART;
        }
        client.find(head, peer);
        return hash.of(client.bytes(), 0, client.telling());
    }

    /** Takes a permit: 0 where the request may pass, else the nanoseconds until one of its key may. */
    long take(long key, long now) {
        long wait = limiter.take(key, now);
        if (wait > 0) {
            refused.increment();
        }
        return wait;
    }

    /** Whether every answer tells how the client stands, and not only a refusal. */
    boolean always() {
        return always;
    }

    /** How a client stands, as field lines. */
    String lines(long key, long now) {
        return "RateLimit: " + standing(key, now) + "\r\nRateLimit-Policy: " + policy + "\r\n";
    }

    /** How a client stands, as fields of an answer. */
    void tell(Head answer, long key, long now) {
        add(answer, LIMIT, standing(key, now));
        add(answer, POLICY, policy);
    }

    private static void add(Head answer, byte[] name, String value) {
        answer.beginField(name);
        answer.append(value);
        answer.endField();
    }

    /** What is left, and in how many seconds there is more: one where nothing is left, else all. */
    private String standing(long key, long now) {
        int left = limiter.remaining(key, now);
        long more = left == 0 ? limiter.untilNext(key, now) : limiter.untilFull(key, now);
        return "\"route\";r=" + left + ";t=" + seconds(more);
    }

    /** Whole seconds, rounded up. */
    static long seconds(long nanos) {
        return (nanos + SECOND - 1) / SECOND;
    }

    // ---- for people ------------------------------------------------------------

    /** How many requests were refused. */
    public long refused() {
        return refused.sum();
    }

    /** How many keys have not yet all their permits again; looks at all of them. */
    public int keysInUse(long now) {
        return limiter.inUse(now);
    }

    /** How many keys there is place for. */
    public int keys() {
        return limiter.keys();
    }

    /** Memory for them. */
    public long bytes() {
        return limiter.bytes();
    }
}
