package dev.fairlead.core.config;

import dev.fairlead.core.config.BalanceConfig.LeastConnections;
import dev.fairlead.core.config.BalanceConfig.Maglev;
import dev.fairlead.core.config.BalanceConfig.PeakEwma;
import dev.fairlead.core.config.BalanceConfig.PowerOfTwo;
import dev.fairlead.core.config.BalanceConfig.RandomPick;
import dev.fairlead.core.config.BalanceConfig.Ring;
import dev.fairlead.core.config.BalanceConfig.RoundRobin;
import dev.fairlead.core.config.BalanceConfig.SourceHash;
import dev.fairlead.core.config.Rules.Known;
import dev.fairlead.core.fail.Failure;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Warns of classic mistakes: configurations that work, but not as their author hopes. Confined to one thread. */
final class Advice {
    /** A cap from here on holds nothing back. */
    private static final int HARDLY_A_CAP = 20_000;

    /** Common servers close idle connections after 60 or 75 seconds. */
    private static final Duration LONG_IDLE = Duration.ofSeconds(60);

    private final Config config;
    private final Known known;
    private final Rules rules;

    Advice(Config config, Known known, Rules rules) {
        this.config = config;
        this.known = known;
        this.rules = rules;
    }

    void all() {
        config.listeners().forEach((name, listener) -> listener(Paths.key("listeners", name), listener));
        Set<String> unused = unused();
        config.pools().forEach((name, pool) -> {
            String path = Paths.key("pools", name);
            if (known.broken(path)) {
                return;
            }
            if (unused.contains(name)) {
                rules.add(ProblemKind.UNUSED_POOL, path, "no route forwards to it", "a route, or no such pool", null);
            }
            pool(path, pool);
            if (pool.tls().enabled() && pool.tls().verify() == BackendTlsConfig.Verify.OFF) {
                rules.add(
                        ProblemKind.BACKENDS_NOT_VERIFIED,
                        path + ".tls.verify",
                        "off",
                        "`on`, with `ca` or `pins` where authorities are your own",
                        null);
            }
        });
        for (int i = 0; i < config.routes().size(); i++) {
            redirect(Paths.item("routes", i), config.routes().get(i));
        }
        config.errors().pages().keySet().forEach(this::page);
        if (config.stop().grace().isZero()) {
            rules.add(ProblemKind.NO_GRACE, "stop.grace", "0s", "time to finish requests, such as 30s", null);
        }
    }

    private void page(String status) {
        // 499 is only for the log: nobody is there to read an answer.
        List<String> own = Arrays.stream(Failure.values())
                .map(failure -> String.valueOf(failure.status()))
                .filter(each -> !each.equals("499"))
                .distinct()
                .sorted()
                .toList();
        if (status.matches("[45][0-9]{2}") && !own.contains(status)) {
            String path = Paths.key("errors.pages", status);
            rules.add(ProblemKind.UNUSED_PAGE, path, "a page for " + status, String.join(", ", own), null);
        }
    }

    /** The pools that no route uses, if that is certain. */
    private Set<String> unused() {
        if (config.routes().isEmpty()) {
            return Set.of();
        }
        Set<String> unused = new HashSet<>(config.pools().keySet());
        unused.removeAll(config.passed());
        for (int i = 0; i < config.routes().size(); i++) {
            String pool = config.routes().get(i).forward();
            boolean dangling = pool != null && !config.pools().containsKey(pool);
            if (dangling || known.broken(Paths.item("routes", i) + ".forward")) {
                // A route that is itself in doubt may be the one that was to use the pool.
                return Set.of();
            }
            if (pool != null) {
                unused.remove(pool);
            }
        }
        return unused;
    }

    private void redirect(String path, RouteConfig route) {
        RouteConfig.RedirectConfig redirect = route.redirect();
        if (redirect == null
                || redirect.host() == null
                || redirect.scheme() != null
                || redirect.path() != null
                        && !redirect.path().equals(route.match().path())
                || !covers(route.match().host(), redirect.host())) {
            return;
        }
        boolean own = config.routes().stream()
                .anyMatch(
                        other -> redirect.host().equalsIgnoreCase(other.match().host()));
        if (!own) {
            rules.add(
                    ProblemKind.REDIRECT_TO_ITSELF,
                    path + ".redirect.host",
                    redirect.host(),
                    "a route for that host",
                    null);
        }
    }

    private static boolean covers(@Nullable String pattern, String host) {
        return pattern == null
                || pattern.startsWith("*.")
                        && host.toLowerCase(Locale.ROOT)
                                .endsWith(pattern.substring(1).toLowerCase(Locale.ROOT));
    }

    private void listener(String path, ListenerConfig listener) {
        for (int i = 0; i < listener.trustedProxies().size(); i++) {
            Cidr network = listener.trustedProxies().get(i);
            if (network.everything()) {
                rules.add(
                        ProblemKind.TRUST_EVERYONE,
                        Paths.item(path + ".trusted-proxies", i),
                        network.toString(),
                        "the networks of your own proxies",
                        null);
            }
        }
    }

    private void pool(String path, PoolConfig pool) {
        int backends = pool.backends().size();
        if (backends == 1) {
            rules.add(ProblemKind.SINGLE_BACKEND, path + ".backends", "a single backend", "two or more", null);
        }
        boolean idle = backends > 0 && pool.backends().stream().allMatch(backend -> backend.weight() == 0);
        boolean sure = true;
        for (int i = 0; i < backends; i++) {
            sure &= !known.broken(Paths.item(path + ".backends", i) + ".weight");
        }
        if (idle && sure) {
            rules.add(ProblemKind.NO_WEIGHT, path + ".backends", "weight 0 for all", "a weight above 0 for some", null);
        }
        health(path + ".health", pool);
        bound(path + ".balance", pool.balance());
        int cap = pool.limits().perBackend().most();
        if (cap >= HARDLY_A_CAP) {
            rules.add(
                    ProblemKind.NO_CAP,
                    path + ".limits.per-backend",
                    String.valueOf(cap),
                    "what a backend can really do at once",
                    null);
        }
        if (pool.keepAlive().connections() > 0 && pool.keepAlive().idle().compareTo(LONG_IDLE) >= 0) {
            rules.add(
                    ProblemKind.LONG_KEEP_ALIVE,
                    path + ".keep-alive.idle",
                    Durations.format(pool.keepAlive().idle()),
                    "less than the backend's own limit, often 5s or 60s",
                    null);
        }
        if (pool.retries().max() > 0 && pool.retries().budget().fraction() > 0.5) {
            rules.add(
                    ProblemKind.LARGE_RETRY_BUDGET,
                    path + ".retries.budget",
                    pool.retries().budget().toString(),
                    "at most 50%",
                    null);
        }
    }

    private void health(String path, PoolConfig pool) {
        HealthConfig health = pool.health();
        if (health.off()) {
            boolean blind = pool.eject().consecutive() == 0;
            rules.add(
                    ProblemKind.NO_HEALTH_CHECK,
                    path,
                    blind ? "neither checks nor ejection" : "off",
                    "a check",
                    "write `health: { http: /healthz }`, or at least `health: { tcp: {} }`");
            return;
        }
        if (health.timeout() != null && health.timeout().compareTo(health.interval()) > 0) {
            rules.add(
                    ProblemKind.SLOW_CHECK,
                    path + ".timeout",
                    Durations.format(health.timeout()),
                    "at most `health.interval`",
                    null);
        }
        if (health.tls() != null && !health.tls().verify()) {
            rules.add(
                    ProblemKind.NOT_VERIFIED,
                    path + ".tls.verify",
                    "verification switched off",
                    "true, which is the default",
                    null);
        }
        if (health.http() != null) {
            http(path + ".http", health.http());
        }
    }

    private void http(String path, HealthConfig.HttpCheck http) {
        if (http.path().equals("/")) {
            rules.add(
                    ProblemKind.CHECK_OF_ROOT,
                    path + ".path",
                    "/",
                    "a path that says whether the application can work, such as /healthz",
                    null);
        }
        if (http.method().equals("OPTIONS")) {
            rules.add(ProblemKind.CHECK_METHOD_OPTIONS, path + ".method", "OPTIONS", "GET or HEAD", null);
        }
        for (int status = 400; status < 600; status++) {
            if (http.status().contains(status)) {
                rules.add(
                        ProblemKind.PASSING_ERRORS,
                        path + ".status",
                        http.status() + " holds " + status,
                        "statuses below 400",
                        null);
                return;
            }
        }
    }

    private void bound(String path, BalanceConfig balance) {
        double bound = switch (balance) {
            case SourceHash hash -> hash.bound();
            case Maglev maglev -> maglev.bound();
            case Ring ring -> ring.bound();
            case RoundRobin _, LeastConnections _, PowerOfTwo _, PeakEwma _, RandomPick _ -> 1;
        };
        if (bound == 0) {
            rules.add(ProblemKind.UNBOUNDED_HASH, path, "bound: 0", "a bound such as 1.25", null);
        }
    }
}
