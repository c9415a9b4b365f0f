package dev.fairlead.core.config;

import dev.fairlead.core.config.HealthConfig.HttpCheck;
import dev.fairlead.core.config.HealthConfig.Signs;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What must hold between the settings of a health check. Pure functions. */
final class HealthRules {
    /** The check sets these itself; set otherwise they could make two requests of one. */
    private static final List<String> OWN = List.of("host", "connection", "content-length", "transfer-encoding");

    private HealthRules() {}

    static void check(String path, HealthConfig health, Rules rules) {
        if (health.port() != null && health.address() != null) {
            rules.add(
                    ProblemKind.CONTRADICTION,
                    path + ".port",
                    health.port() + ", beside an address",
                    "either `port` or `address`",
                    "write the port into `address`");
        }
        if (health.exec() != null && health.exec().command().isEmpty()) {
            String expected = "a program and its arguments";
            rules.add(ProblemKind.MISSING_KEY, path + ".exec.command", "an empty list", expected, null);
        }
        if (health.http() != null) {
            http(path + ".http", health.http(), rules);
        }
    }

    private static void http(String path, HttpCheck http, Rules rules) {
        Map<String, String> seen = new HashMap<>();
        for (String name : http.headers().keySet()) {
            String lower = name.toLowerCase(Locale.ROOT);
            String where = Paths.key(path + ".headers", name);
            if (OWN.contains(lower)) {
                String hint = lower.equals("host") ? "write it as `host`" : null;
                rules.add(ProblemKind.OWN_FIELD, where, name, "a field that the check does not set itself", hint);
            }
            String before = seen.put(lower, name);
            if (before != null) {
                rules.add(ProblemKind.CONTRADICTION, where, name + ", as " + before, "each field once", null);
            }
        }
        if (http.method().equals("HEAD") && http.readsBody()) {
            rules.add(
                    ProblemKind.CONTRADICTION,
                    path + ".method",
                    "HEAD, whose answers have no body",
                    "GET, since the check looks at the body",
                    null);
        }
        if (http.status().isEmpty()) {
            rules.add(
                    ProblemKind.CONTRADICTION,
                    path + ".status",
                    "none",
                    "a status that a healthy backend answers",
                    null);
        }
        signs(path + ".expect", http.expect(), rules);
        signs(path + ".identity", http.identity(), rules);
    }

    private static void signs(String path, @Nullable Signs signs, Rules rules) {
        if (signs != null && signs.header().isEmpty() && signs.body() == null) {
            rules.add(ProblemKind.MISSING_KEY, path, "nothing to look for", "`header`, `body`, or both", null);
        }
    }
}
