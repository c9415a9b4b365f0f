package dev.fairlead.core.route;

import dev.fairlead.core.config.RouteConfig;
import dev.fairlead.core.http.Ascii;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the most specific route of a request, whatever the order they were written in. Immutable.
 *
 * <p><b>Precedence</b> (as in the Kubernetes Gateway API): the exact host before {@code *.wildcards}, the longest first,
 * before routes without a host; within a host the exact path before prefixes, the longest first. A host whose paths do
 * not match yields to the next less specific one, so routes of {@code *.example.com} also serve what those of
 * {@code api.example.com} leave open.
 *
 * <p><b>Hosts</b> are compared without regard to case, port and one trailing dot. {@code *.example.com} matches every name
 * below {@code example.com}, at any depth, and not {@code example.com}. <b>Paths</b> are compared byte by byte, up to a
 * question mark: escapes are never decoded and dot segments never resolved, so {@code /a%2Fb} is one segment, and
 * {@code /a/../b} is a path that begins with {@code /a}. Whoever must not forward such a path refuses it before.
 *
 * <p>{@link #match} allocates nothing. It folds host and path once, and asks one hash table at each border where a
 * pattern can end; the number of routes does not matter, nor what clients send.
 */
public final class RouteTable {
    /** One host pattern, and the next less specific one that matches the same names. */
    private record Host(Paths paths, @Nullable Host next) {}

    private final ByteMap<Host> exact;
    private final ByteMap<Host> wildcards;
    private final @Nullable Host any;
    private final long seed;

    /** Length of the longest pattern: no byte of a host farther from its end matters. */
    private final int longest;

    private RouteTable(Map<Pattern, Paths.Builder> hosts, long seed) {
        this.seed = seed;
        int length = 0;
        Host anyHost = null;
        var below = new HashMap<String, Host>();
        var names = new HashMap<String, Host>();
        // From the least specific to the most, so that each finds the one it yields to.
        var patterns = hosts.keySet().stream().sorted(RouteTable::byBreadth).toList();
        for (Pattern pattern : patterns) {
            Paths paths = hosts.getOrDefault(pattern, new Paths.Builder()).build(seed);
            String name = pattern.host();
            if (name == null) {
                anyHost = new Host(paths, null);
                continue;
            }
            length = Math.max(length, name.length());
            (pattern.below() ? below : names).put(name, new Host(paths, broader(name, below, anyHost)));
        }
        this.any = anyHost;
        this.exact = new ByteMap<>(names, seed, true, true);
        this.wildcards = new ByteMap<>(below, seed, true, true);
        this.longest = length;
    }

    private static int byBreadth(Pattern a, Pattern b) {
        int byKind = Integer.compare(breadth(a), breadth(b));
        return byKind != 0 ? byKind : Integer.compare(length(a), length(b));
    }

    private static int breadth(Pattern pattern) {
        return pattern.host() == null ? 0 : pattern.below() ? 1 : 2;
    }

    private static int length(Pattern pattern) {
        String name = pattern.host();
        return name == null ? 0 : name.length();
    }

    private static @Nullable Host broader(String name, Map<String, Host> below, @Nullable Host any) {
        for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
            Host host = below.get(name.substring(dot + 1));
            if (host != null) {
                return host;
            }
        }
        return any;
    }

    /**
     * The table of these routes; without any, and with a single pool, everything goes to that pool.
     *
     * @param pools names of all pools; {@link RouteAction.Forward#index} points into it
     * @param seed of the hash, unknown to clients
     * @throws IllegalArgumentException for the first of {@link #problems}
     */
    public static RouteTable of(List<RouteConfig> routes, List<String> pools, long seed) {
        for (RouteProblem problem : problems(routes, pools)) {
            throw new IllegalArgumentException(problem.toString());
        }
        var hosts = new HashMap<Pattern, Paths.Builder>();
        for (RouteConfig route : routes) {
            Pattern pattern =
                    Pattern.of(route.match().host(), route.match().path());
            add(hosts, pattern, action(route, pattern, pools));
        }
        if (routes.isEmpty() && pools.size() == 1) {
            add(hosts, Pattern.of(null, null), new RouteAction.Forward(pools.getFirst(), 0));
        }
        return new RouteTable(hosts, seed);
    }

    private static void add(Map<Pattern, Paths.Builder> hosts, Pattern pattern, RouteAction action) {
        var host = new Pattern(pattern.host(), pattern.below(), "", true);
        hosts.computeIfAbsent(host, h -> new Paths.Builder()).add(pattern, action);
    }

    private static RouteAction action(RouteConfig route, Pattern pattern, List<String> pools) {
        String forward = route.forward();
        if (forward != null) {
            return new RouteAction.Forward(forward, pools.indexOf(forward));
        }
        var redirect = route.redirect();
        if (redirect == null) {
            throw new IllegalStateException("a route without an action");
        }
        return new Redirect(redirect, pattern.path().length());
    }

    /** All that is wrong with these routes, duplicates included; empty when nothing is. */
    public static List<RouteProblem> problems(List<RouteConfig> routes, List<String> pools) {
        return RouteCheck.problems(routes, pools);
    }

    /**
     * What is done with this request; {@code null} when no route matches.
     *
     * @param host bytes with the Host field's value in {@code hostFrom..hostTo}, empty when there was none
     * @param target bytes with the path in {@code from..to}; a query may follow it and is ignored
     */
    public @Nullable RouteAction match(byte[] host, int hostFrom, int hostTo, byte[] target, int from, int to) {
        Host candidate = find(host, hostFrom, nameEnd(host, hostFrom, hostTo));
        while (candidate != null) {
            RouteAction action = candidate.paths().match(target, from, to);
            if (action != null) {
                return action;
            }
            candidate = candidate.next();
        }
        return null;
    }

    private @Nullable Host find(byte[] host, int from, int to) {
        Host best = any;
        if (longest == 0) {
            return best;
        }
        long hash = seed;
        for (int i = to - 1; i >= from; i--) {
            byte b = Ascii.lower(host[i]);
            if (b == '.' && i > from && !wildcards.isEmpty()) {
                Host found = wildcards.find(hash, host, i + 1, to);
                best = found != null ? found : best;
            }
            if (to - i > longest) {
                return best;
            }
            hash = ByteMap.step(hash, b);
        }
        Host found = exact.find(hash, host, from, to);
        return found != null ? found : best;
    }

    /** Where the name in a Host field's value ends: before a port, and before one trailing dot. */
    static int nameEnd(byte[] host, int from, int to) {
        boolean bracketed = from < to && host[from] == '[';
        int end = from;
        while (end < to && host[end] != (bracketed ? ']' : ':')) {
            end++;
        }
        if (bracketed && end < to) {
            end++;
        }
        return end > from && host[end - 1] == '.' ? end - 1 : end;
    }

    /** The most slots a look-up can visit in one table, for tests of the hash. */
    int longestRun() {
        return Math.max(exact.longestRun(), wildcards.longestRun());
    }
}
