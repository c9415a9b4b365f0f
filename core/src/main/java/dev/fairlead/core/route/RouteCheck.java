package dev.fairlead.core.route;

import dev.fairlead.core.config.RouteConfig;
import dev.fairlead.core.config.RouteConfig.RedirectConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Finds what is wrong with routes: all of it at once. Confined to its caller. */
final class RouteCheck {
    private static final Set<Integer> STATUSES = Set.of(301, 302, 303, 307, 308);

    private final List<RouteProblem> problems = new ArrayList<>();
    private final Map<Pattern, Integer> seen = new TreeMap<>();
    private final List<String> pools;
    private int route;

    private RouteCheck(List<String> pools) {
        this.pools = pools;
    }

    static List<RouteProblem> problems(List<RouteConfig> routes, List<String> pools) {
        var check = new RouteCheck(pools);
        for (RouteConfig route : routes) {
            check.route(route);
            check.route++;
        }
        return check.problems;
    }

    private void route(RouteConfig config) {
        String forward = config.forward();
        RedirectConfig redirect = config.redirect();
        if ((forward == null) == (redirect == null)) {
            report("", "exactly one of forward and redirect is needed");
        }
        if (forward != null && !pools.contains(forward)) {
            report("forward", "forward: " + forward + " (expected: the name of a pool)");
        }
        String host = config.match().host();
        String path = config.match().path();
        boolean sound = sound("match.host", () -> Pattern.of(host, null));
        sound &= sound("match.path", () -> Pattern.of(null, path));
        if (sound) {
            Pattern pattern = Pattern.of(host, path);
            Integer first = seen.putIfAbsent(pattern, route);
            if (first != null) {
                report("match", "the same host and path as routes[" + first + "]: " + pattern);
            }
        }
        if (redirect != null) {
            if (config.buffer() != null) {
                report("buffer", "a redirect waits for no body (expected: only with forward)");
            }
            redirect(redirect, path);
        }
    }

    private void redirect(RedirectConfig redirect, @Nullable String matched) {
        if (!STATUSES.contains(redirect.status())) {
            report("redirect.status", "status: " + redirect.status() + " (expected: 301, 302, 303, 307 or 308)");
        }
        String scheme = redirect.scheme();
        if (scheme != null && !scheme.equals("http") && !scheme.equals("https")) {
            report("redirect.scheme", "scheme: " + scheme + " (expected: http or https)");
        }
        String host = redirect.host();
        if (host != null && !host.matches("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(:[0-9]{1,5})?")) {
            report("redirect.host", "host: " + host + " (expected: a name or address, with :port if need be)");
        }
        String path = redirect.path();
        if (path != null && sound("redirect.path", () -> Pattern.of(null, path))) {
            boolean star = matched == null || matched.endsWith("/*");
            if (path.endsWith("/*") && !star) {
                report("redirect.path", "path: " + path + " (expected: no /*, for the match's path has none)");
            }
        }
        if (scheme == null && host == null && path == null) {
            report("redirect", "sends the client to where it came from (expected: a new scheme, host or path)");
        }
    }

    private boolean sound(String where, Runnable parse) {
        try {
            parse.run();
            return true;
        } catch (IllegalArgumentException e) {
            report(where, String.valueOf(e.getMessage()));
            return false;
        }
    }

    private void report(String where, String message) {
        problems.add(new RouteProblem(route, where, message));
    }
}
