package dev.fairlead.core.config;

import dev.fairlead.core.config.PoolConfig.BackendConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What must hold between the parts of a configuration, whoever made it: names that point somewhere, settings that do
 * not contradict each other. Ranges and notations of single values are the loader's. Pure functions.
 */
public final class Rules {
    /** What is known of the values, so that one mistake is not told twice. */
    @FunctionalInterface
    public interface Known {
        /** Whether the value at {@code path} is only a stopgap for one that could not be read. */
        boolean broken(String path);
    }

    private final Config config;
    private final Known known;
    private final List<Problem> problems = new ArrayList<>();

    Rules(Config config, Known known) {
        this.config = config;
        this.known = known;
    }

    /** Errors and warnings of a configuration made by a program, errors first; they have no lines. */
    public static List<Problem> check(Config config) {
        return check(config, path -> false);
    }

    /** Errors and warnings, errors first, without those that only follow from broken values. */
    public static List<Problem> check(Config config, Known known) {
        var rules = new Rules(config, known);
        rules.errors();
        new Advice(config, known, rules).all();
        rules.problems.sort(Comparator.comparing(Problem::severity));
        return rules.problems;
    }

    void add(ProblemKind kind, String path, String found, String expected, @Nullable String suggestion) {
        if (!known.broken(path)) {
            problems.add(new Problem(kind, "", 0, 0, path, found, expected, suggestion, ""));
        }
    }

    private void errors() {
        if (config.listeners().isEmpty()) {
            add(ProblemKind.NO_LISTENERS, "listeners", "no listener", "at least one", null);
        }
        if (config.pools().isEmpty()) {
            add(ProblemKind.NO_POOLS, "pools", "no pool", "at least one", null);
        }
        int unrouted = config.pools().size() - config.passed().size();
        if (unrouted > 1 && config.routes().isEmpty() && !known.broken("pools")) {
            add(
                    ProblemKind.NO_ROUTES,
                    "routes",
                    "no routes for " + unrouted + " pools",
                    "routes that say which requests go to which pool",
                    null);
        }
        admin(config.admin());
        listeners();
        errors(config.errors());
        config.pools().forEach((name, pool) -> pool(Paths.key("pools", name), pool));
        Map<String, Integer> matches = new HashMap<>();
        for (int i = 0; i < config.routes().size(); i++) {
            route(i, config.routes().get(i), matches);
        }
    }

    private void admin(AdminConfig admin) {
        boolean doubtful = known.broken("admin.token") || known.broken("admin.token-file");
        if (admin.enabled() && !admin.address().loopback() && !admin.guarded() && !doubtful) {
            add(
                    ProblemKind.ADMIN_WITHOUT_TOKEN,
                    "admin.address",
                    admin.address().toString(),
                    "a loopback address, or with it `token` or `token-file`",
                    "write `127.0.0.1:" + admin.address().port() + "`, or add `token-file: FILE`");
        }
        if (admin.token() != null && admin.tokenFile() != null) {
            add(ProblemKind.CONTRADICTION, "admin.token-file", "`token` as well", "one of the two", null);
        }
    }

    private void errors(ErrorsConfig errors) {
        errors.pages().forEach((status, page) -> {
            String path = Paths.key("errors.pages", status);
            boolean doubtful = Stream.of("", ".html", ".text", ".json").anyMatch(part -> known.broken(path + part));
            if (page.html() == null && page.text() == null && page.json() == null && !doubtful) {
                add(ProblemKind.EMPTY_PAGE, path, "no file", "at least one of html, text, json", null);
            }
        });
    }

    private void listeners() {
        Map<String, Address> taken = new HashMap<>();
        if (config.admin().enabled()) {
            taken.put("admin", config.admin().address());
        }
        config.listeners().forEach((name, listener) -> {
            String path = Paths.key("listeners", name);
            ClientLimits limits = listener.limits();
            if (limits.requestLine().bytes() > limits.head().bytes() && !known.broken(path + ".limits.head")) {
                add(
                        ProblemKind.CONTRADICTION,
                        path + ".limits.request-line",
                        limits.requestLine().toString(),
                        "at most `limits.head`",
                        null);
            }
            tls(path, listener);
            String where = path + ".address";
            if (known.broken(where)) {
                return;
            }
            taken.forEach((other, address) -> {
                if (clash(address, listener.address()) && !known.broken(other + ".address")) {
                    add(
                            ProblemKind.DUPLICATE_LISTENER,
                            where,
                            listener.address() + ", as " + other,
                            "an address of its own",
                            null);
                }
            });
            taken.put(path, listener.address());
        });
    }

    private void tls(String path, ListenerConfig listener) {
        TlsConfig tls = listener.tls();
        if (tls == null) {
            return;
        }
        if (tls.internal() && !tls.certificates().isEmpty()) {
            add(ProblemKind.CONTRADICTION, path + ".tls.internal", "`certificates` as well", "one of the two", null);
        }
        boolean none = tls.certificates().isEmpty()
                && !tls.internal()
                && tls.passthrough().isEmpty();
        if (none && !known.broken(path + ".tls.certificates") && !known.broken(path + ".tls.passthrough")) {
            add(
                    ProblemKind.NO_CERTIFICATES,
                    path + ".tls",
                    "no certificate",
                    "`certificates`, or `internal: true`",
                    null);
        }
        PassRules.check(path + ".tls.passthrough", tls, config, known, this);
        boolean custom = tls.profile() == TlsConfig.Profile.CUSTOM;
        if (custom != (tls.custom() != null) && !known.broken(path + ".tls.custom")) {
            add(
                    ProblemKind.CONTRADICTION,
                    path + (custom ? ".tls.profile" : ".tls.custom"),
                    custom ? "custom, without `custom`" : "`custom`, without `profile: custom`",
                    "both or neither",
                    null);
        }
        if (listener.redirectToHttps()) {
            add(
                    ProblemKind.CONTRADICTION,
                    path + ".redirect-to-https",
                    "`tls` as well",
                    "one of the two: who comes here speaks HTTPS already",
                    null);
        }
    }

    /** Whether nobody could listen on both. Port 0 is a new port each time. */
    private static boolean clash(Address a, Address b) {
        return a.port() == b.port()
                && a.port() > 0
                && (a.host().equals(b.host()) || everyInterface(a) || everyInterface(b));
    }

    private static boolean everyInterface(Address address) {
        return address.host().isEmpty()
                || address.host().equals("0.0.0.0")
                || address.host().equals("::");
    }

    private void pool(String path, PoolConfig pool) {
        if (pool.backends().isEmpty()) {
            add(ProblemKind.NO_BACKENDS, path + ".backends", "an empty list", "at least one backend", null);
        }
        Map<Address, Integer> first = new HashMap<>();
        for (int i = 0; i < pool.backends().size(); i++) {
            BackendConfig backend = pool.backends().get(i);
            String where = Paths.item(path + ".backends", i) + ".address";
            if (known.broken(where)) {
                continue;
            }
            Integer before = first.putIfAbsent(backend.address(), i);
            if (before != null) {
                add(
                        ProblemKind.DUPLICATE_BACKEND,
                        where,
                        backend.address() + ", as " + Paths.item(path + ".backends", before),
                        "each backend once",
                        "give it a larger `weight` instead");
            }
            loop(where, backend.address());
        }
        BackendTlsConfig tls = pool.tls();
        if (tls.verify() == BackendTlsConfig.Verify.OFF
                && (tls.ca() != null || !tls.pins().isEmpty())) {
            String what = tls.ca() == null ? "`pins`" : "`ca`";
            add(ProblemKind.CONTRADICTION, path + ".tls.verify", "off, with " + what, "one of the two", null);
        }
        eject(path, pool.eject());
        hedge(path, pool);
        HealthRules.check(path + ".health", pool.health(), this);
    }

    private void eject(String path, PoolConfig.EjectConfig eject) {
        if (eject.time().compareTo(eject.maxTime()) > 0 && !known.broken(path + ".eject.max-time")) {
            add(
                    ProblemKind.CONTRADICTION,
                    path + ".eject.time",
                    Durations.format(eject.time()),
                    "at most `eject.max-time`",
                    null);
        }
    }

    private void hedge(String path, PoolConfig pool) {
        HedgeDelay after = pool.hedge().after();
        if (after != null
                && after.time().compareTo(pool.timeouts().firstByte()) >= 0
                && !known.broken(path + ".timeouts.first-byte")) {
            add(
                    ProblemKind.CONTRADICTION,
                    path + ".hedge.after",
                    after.toString(),
                    "less than `timeouts.first-byte`, which is "
                            + Durations.format(pool.timeouts().firstByte()),
                    null);
        }
    }

    private void loop(String where, Address backend) {
        for (Map.Entry<String, ListenerConfig> listener : config.listeners().entrySet()) {
            String path = Paths.key("listeners", listener.getKey());
            Address listening = listener.getValue().address();
            boolean same = backend.host().equals(listening.host());
            boolean here = backend.loopback() && (everyInterface(listening) || listening.loopback());
            if (backend.port() == listening.port() && (same || here) && !known.broken(path + ".address")) {
                String found = backend + ", where " + path + " listens";
                add(ProblemKind.LOOP, where, found, "the address of an application", null);
                return;
            }
        }
    }

    private void route(int index, RouteConfig route, Map<String, Integer> matches) {
        String path = Paths.item("routes", index);
        if (known.broken(path)) {
            return;
        }
        if (route.forward() != null && !config.pools().containsKey(route.forward()) && !known.broken("pools")) {
            String near = Nearest.of(route.forward(), config.pools().keySet());
            add(
                    ProblemKind.UNKNOWN_POOL,
                    path + ".forward",
                    route.forward(),
                    "a pool: " + String.join(", ", config.pools().keySet()),
                    near == null ? null : "did you mean `" + near + "`?");
        }
        if (route.redirect() != null) {
            redirect(path, route.match(), route.redirect());
        }
        if (route.rateLimit() != null) {
            rateLimit(path + ".rate-limit", route.rateLimit());
        }
        String match = String.valueOf(route.match().host()).toLowerCase(Locale.ROOT) + " "
                + route.match().path();
        Integer before = known.broken(path + ".match.host") || known.broken(path + ".match.path")
                ? null
                : matches.putIfAbsent(match, index);
        if (before != null) {
            add(
                    ProblemKind.DUPLICATE_MATCH,
                    path + ".match",
                    "the same as " + Paths.item("routes", before),
                    "each match once",
                    null);
        }
    }

    private void rateLimit(String path, RateLimitConfig limit) {
        double seconds = limit.rate().per().toMillis() / 1e3 / limit.rate().count() * limit.permits();
        boolean sure = !known.broken(path + ".rate") && !known.broken(path + ".burst");
        if (sure && seconds > RateLimitConfig.LONGEST_WINDOW.toSeconds()) {
            add(
                    ProblemKind.CONTRADICTION,
                    path + ".burst",
                    limit.permits() + ", at " + limit.rate(),
                    "a burst that the rate gives back within " + Durations.format(RateLimitConfig.LONGEST_WINDOW),
                    null);
        }
    }

    private void redirect(String path, RouteConfig.MatchConfig match, RouteConfig.RedirectConfig redirect) {
        String to = redirect.path();
        String from = match.path();
        boolean otherHost = redirect.host() != null && !redirect.host().equalsIgnoreCase(String.valueOf(match.host()));
        boolean otherPath = to != null && !to.equals(from);
        if (redirect.scheme() == null && !otherHost && !otherPath) {
            boolean nothing = redirect.host() == null && to == null;
            String found = nothing ? "neither scheme, host nor path" : "where the client already is";
            add(ProblemKind.BAD_REDIRECT, path + ".redirect", found, "a change of scheme, host or path", null);
        } else if (to != null && to.endsWith("*") && from != null && !from.endsWith("*")) {
            add(ProblemKind.BAD_REDIRECT, path + ".redirect.path", to, "`*` only if the route's path has one", null);
        } else if ("https".equals(redirect.scheme()) && !otherHost && !otherPath && anyTls()) {
            add(
                    ProblemKind.BAD_REDIRECT,
                    path + ".redirect",
                    "only another scheme, which clients of a listener with `tls` have already",
                    "a change of host or path",
                    "write `redirect-to-https: true` into the plain listener instead");
        }
    }

    private boolean anyTls() {
        return config.listeners().values().stream().anyMatch(listener -> listener.tls() != null);
    }
}
