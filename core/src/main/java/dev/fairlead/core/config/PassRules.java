package dev.fairlead.core.config;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** What must hold of names whose connections are passed on without being decrypted. Pure functions. */
final class PassRules {
    private PassRules() {}

    static void check(String path, TlsConfig tls, Config config, Rules.Known known, Rules rules) {
        Map<String, String> seen = new HashMap<>();
        tls.passthrough().forEach((name, to) -> {
            String where = Paths.key(path, name);
            String before = seen.putIfAbsent(plain(name), name);
            if (before != null) {
                rules.add(ProblemKind.CONTRADICTION, where, "the same name as " + before, "each name once", null);
            }
            if (known.broken("pools")) {
                return;
            }
            PoolConfig pool = config.pools().get(to);
            if (pool == null) {
                String near = Nearest.of(to, config.pools().keySet());
                rules.add(
                        ProblemKind.UNKNOWN_POOL,
                        where,
                        to,
                        "a pool: " + String.join(", ", config.pools().keySet()),
                        near == null ? null : "did you mean `" + near + "`?");
            } else if (pool.tls().enabled() && !known.broken(Paths.key("pools", to) + ".tls")) {
                rules.add(
                        ProblemKind.CONTRADICTION,
                        where,
                        to + ", a pool with `tls`, which would not be used",
                        "a pool without `tls`: it is the client who speaks TLS with the backend",
                        null);
            }
        });
    }

    private static String plain(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
