package dev.fairlead.core.tls;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** To which pool connections for a name are passed on without being decrypted. Immutable. */
public final class PassTable {
    private final Map<String, String> exact = new HashMap<>();

    /** By the name they are below. */
    private final Map<String, String> below = new HashMap<>();

    /** @param pools by name, or by {@code *.name} for every name below it */
    public PassTable(Map<String, String> pools) {
        pools.forEach((name, pool) -> {
            String plain = plain(name.toLowerCase(Locale.ROOT));
            if (plain.startsWith("*.")) {
                below.put(plain.substring(2), pool);
            } else {
                exact.put(plain, pool);
            }
        });
    }

    /**
     * The pool; {@code null} for a name that is answered here.
     *
     * @param name in lower case; {@code null} when the client says none
     */
    public @Nullable String pool(@Nullable String name) {
        if (name == null || (exact.isEmpty() && below.isEmpty())) {
            return null;
        }
        String plain = plain(name);
        String pool = exact.get(plain);
        for (int dot = plain.indexOf('.'); pool == null && dot >= 0; dot = plain.indexOf('.', dot + 1)) {
            pool = below.get(plain.substring(dot + 1));
        }
        return pool;
    }

    /** One dot at the end means the same name. */
    private static String plain(String name) {
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }
}
