package dev.fairlead.core.route;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The paths of one host pattern. Immutable. */
final class Paths {
    private final @Nullable RouteAction all;
    private final ByteMap<RouteAction> exact;
    private final ByteMap<RouteAction> prefixes;
    private final long seed;

    /** Length of the longest path, exact or prefix: no byte behind it matters. */
    private final int longest;

    /** Bit n: there is a prefix of n segments; bit 63 for that many and more. */
    private final long depths;

    /** Collects, then {@link #build}s. */
    static final class Builder {
        private final Map<String, RouteAction> exact = new HashMap<>();
        private final Map<String, RouteAction> prefixes = new HashMap<>();

        void add(Pattern pattern, RouteAction action) {
            (pattern.prefix() ? prefixes : exact).put(pattern.path(), action);
        }

        Paths build(long seed) {
            return new Paths(this, seed);
        }
    }

    private Paths(Builder from, long seed) {
        this.seed = seed;
        this.all = from.prefixes.remove("");
        this.exact = new ByteMap<>(from.exact, seed, false, false);
        this.prefixes = new ByteMap<>(from.prefixes, seed, false, false);
        int length = 0;
        for (String path : from.exact.keySet()) {
            length = Math.max(length, path.length());
        }
        long found = 0;
        for (String path : from.prefixes.keySet()) {
            length = Math.max(length, path.length());
            long segments = path.chars().filter(c -> c == '/').count();
            found |= 1L << Math.min(segments, 63);
        }
        this.longest = length;
        this.depths = found;
    }

    /** The action of the exact path, else of the longest prefix; the path ends at {@code to} or a question mark. */
    @Nullable RouteAction match(byte[] target, int from, int to) {
        RouteAction best = all;
        if (longest == 0) {
            return best;
        }
        long hash = seed;
        int slashes = 0;
        int i = from;
        for (; i < to && target[i] != '?'; i++) {
            byte b = target[i];
            if (b == '/') {
                best = prefix(best, hash, slashes, target, from, i);
                slashes++;
            }
            if (i - from == longest) {
                return best;
            }
            hash = ByteMap.step(hash, b);
        }
        RouteAction whole = exact.find(hash, target, from, i);
        return whole != null ? whole : prefix(best, hash, slashes, target, from, i);
    }

    private @Nullable RouteAction prefix(
            @Nullable RouteAction best, long hash, int slashes, byte[] target, int from, int to) {
        if ((depths >>> Math.min(slashes, 63) & 1) == 0) {
            return best;
        }
        RouteAction found = prefixes.find(hash, target, from, to);
        return found != null ? found : best;
    }

    int longestRun() {
        return Math.max(exact.longestRun(), prefixes.longestRun());
    }
}
