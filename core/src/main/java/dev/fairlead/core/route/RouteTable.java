package dev.fairlead.core.route;

import dev.fairlead.core.config.RouteConfig;
import dev.fairlead.core.http.Ascii;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
 * pattern can end; neither the number of routes nor what clients send makes that slower.
 */
public final class RouteTable {
    private static final int NONE = ByteMap.NONE;

    /** Segments or labels are counted up to this many; more share one bit. */
    private static final int MAX_DEPTH = 31;

    // A host's numbers: the less specific host it yields to; the action of all its paths; its only other path pattern,
    // when there is one, for which no table need be asked; the length of its longest path pattern; and the set of
    // segment
    // counts of its prefixes as bits.
    private static final int NEXT = 0;
    private static final int ALL = 1;
    private static final int ONLY = 2;
    private static final int LONGEST = 3;
    private static final int DEPTHS = 4;
    private static final int HOST_NUMBERS = 5;

    /** Exact names as they are, {@code *.name} as {@code .name}. */
    private final ByteMap hosts;

    /** Of all hosts; an owner is a host's record and one bit for exact or prefix. */
    private final ByteMap paths;

    private final RouteAction[] actions;
    private final long seed;

    /** The host of routes that name none. */
    private final int any;

    /** Length of the longest host; no byte farther from the end matters. */
    private final int longest;

    /** The set of label counts of wildcards, as bits. */
    private final int wildcardDepths;

    private RouteTable(Map<Pattern, RouteAction> routes, long seed) {
        this.seed = seed;
        this.actions = routes.values().stream().distinct().toArray(RouteAction[]::new);
        var numbers = new HashMap<RouteAction, Integer>();
        for (int i = 0; i < actions.length; i++) {
            numbers.put(actions[i], i);
        }
        var grouped = new TreeMap<Pattern, Map<Pattern, Integer>>();
        routes.forEach((pattern, action) -> grouped.computeIfAbsent(pattern.everyPath(), p -> new TreeMap<>())
                .put(pattern, numbers.getOrDefault(action, NONE)));

        var hostBuilder = new ByteMap.Builder(seed, HOST_NUMBERS, true, true);
        var pathBuilder = new ByteMap.Builder(seed, 1, false, false);
        var records = new HashMap<String, Integer>();
        int length = 0;
        int depths = 0;
        // From the least specific to the most, so that each finds the one it yields to.
        for (Map.Entry<Pattern, Map<Pattern, Integer>> group : grouped.entrySet()) {
            Pattern host = group.getKey();
            String name = host.hostKey();
            int record = addHost(hostBuilder, pathBuilder, host, group.getValue(), records);
            records.put(name, record);
            length = Math.max(length, name.length());
            depths |= host.below() ? bit(count(name, '.')) : 0;
        }
        this.hosts = hostBuilder.build();
        this.paths = pathBuilder.build();
        this.any = records.getOrDefault("", NONE);
        this.longest = length;
        this.wildcardDepths = depths;
    }

    private static int addHost(
            ByteMap.Builder hosts,
            ByteMap.Builder paths,
            Pattern host,
            Map<Pattern, Integer> routes,
            Map<String, Integer> records) {
        int length = 0;
        int depths = 0;
        for (Pattern route : routes.keySet()) {
            length = Math.max(length, route.path().length());
            depths |= route.prefix() ? bit(count(route.path(), '/')) : 0;
        }
        int all = routes.getOrDefault(host, NONE);
        int record = hosts.add(0, host.hostKey(), yieldsTo(host.hostKey(), records), all, NONE, length, depths);
        int last = NONE;
        for (Map.Entry<Pattern, Integer> route : routes.entrySet()) {
            Pattern pattern = route.getKey();
            if (!pattern.equals(host)) {
                last = paths.add(owner(record, !pattern.prefix()), pattern.path(), route.getValue());
            }
        }
        if (routes.size() - (all == NONE ? 0 : 1) == 1) {
            hosts.number(record, ONLY, last);
        }
        return record;
    }

    private static int yieldsTo(String key, Map<String, Integer> records) {
        for (int dot = key.indexOf('.', 1); dot >= 0; dot = key.indexOf('.', dot + 1)) {
            Integer record = records.get(key.substring(dot));
            if (record != null) {
                return record;
            }
        }
        return records.getOrDefault("", NONE);
    }

    private static int owner(int host, boolean exact) {
        return host << 1 | (exact ? 1 : 0);
    }

    private static int count(String text, char wanted) {
        return (int) text.chars().filter(c -> c == wanted).count();
    }

    private static int bit(int depth) {
        return 1 << Math.min(depth, MAX_DEPTH);
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
        var actions = new TreeMap<Pattern, RouteAction>();
        int limits = 0;
        for (RouteConfig route : routes) {
            var pattern = Pattern.of(route.match().host(), route.match().path());
            int limit = route.rateLimit() == null ? RouteAction.UNLIMITED : limits++;
            actions.put(pattern, action(route, pattern, pools, limit));
        }
        if (routes.isEmpty() && pools.size() == 1) {
            actions.put(
                    Pattern.of(null, null), new RouteAction.Forward(pools.getFirst(), 0, RouteAction.UNLIMITED, null));
        }
        return new RouteTable(actions, seed);
    }

    private static RouteAction action(RouteConfig route, Pattern pattern, List<String> pools, int limit) {
        String forward = route.forward();
        if (forward != null) {
            return new RouteAction.Forward(forward, pools.indexOf(forward), limit, route.buffer());
        }
        var redirect = route.redirect();
        if (redirect == null) {
            throw new IllegalStateException("a route without an action");
        }
        return new Redirect(redirect, pattern.path().length(), limit);
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
        int candidate = host(host, hostFrom, nameEnd(host, hostFrom, hostTo));
        while (candidate != NONE) {
            int action = path(candidate, target, from, to);
            if (action != NONE) {
                return actions[action];
            }
            candidate = hosts.number(candidate, NEXT);
        }
        return null;
    }

    /** The most specific host that matches the name. */
    private int host(byte[] host, int from, int to) {
        int best = any;
        long hash = seed;
        int dots = 0;
        for (int i = to - 1; i >= from; i--) {
            if (to - i > longest) {
                return best;
            }
            byte b = Ascii.lower(host[i]);
            hash = ByteMap.step(hash, b);
            // An empty label is no name below.
            if (b == '.' && i > from && has(wildcardDepths, ++dots)) {
                int found = hosts.find(hash, 0, host, i, to);
                best = found != NONE ? found : best;
            }
        }
        if (from < to && host[from] == '.') {
            return best;
        }
        int found = hosts.find(hash, 0, host, from, to);
        return found != NONE ? found : best;
    }

    /** The action of a host's exact path, else of its longest prefix. */
    private int path(int host, byte[] target, int from, int to) {
        int best = hosts.number(host, ALL);
        int length = hosts.number(host, LONGEST);
        if (length == 0) {
            return best;
        }
        int only = hosts.number(host, ONLY);
        if (only != NONE) {
            return only(only, length, target, from, to) ? paths.number(only, 0) : best;
        }
        int depths = hosts.number(host, DEPTHS);
        long hash = seed;
        int slashes = 0;
        int i = from;
        for (; i < to && target[i] != '?'; i++) {
            byte b = target[i];
            if (b == '/') {
                best = has(depths, slashes) ? prefix(best, hash, host, target, from, i) : best;
                slashes++;
            }
            if (i - from == length) {
                return best;
            }
            hash = ByteMap.step(hash, b);
        }
        int whole = paths.find(hash, owner(host, true), target, from, i);
        if (whole != NONE) {
            return paths.number(whole, 0);
        }
        return has(depths, slashes) ? prefix(best, hash, host, target, from, i) : best;
    }

    private boolean only(int record, int length, byte[] target, int from, int to) {
        int end = from + length;
        if (end > to || !paths.spells(record, target, from, end)) {
            return false;
        }
        boolean prefix = (paths.owner(record) & 1) == 0;
        return end == to || target[end] == '?' || (prefix && target[end] == '/');
    }

    private int prefix(int best, long hash, int host, byte[] target, int from, int to) {
        int found = paths.find(hash, owner(host, false), target, from, to);
        return found != NONE ? paths.number(found, 0) : best;
    }

    private static boolean has(int depths, int depth) {
        return (depths >>> Math.min(depth, MAX_DEPTH) & 1) != 0;
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

    /** The most slots one question can look at, for tests of the hash. */
    int longestRun() {
        return Math.max(hosts.longestRun(), paths.longestRun());
    }
}
