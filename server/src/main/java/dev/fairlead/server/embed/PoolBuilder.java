package dev.fairlead.server.embed;

import dev.fairlead.core.config.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A pool written in code. Confined to one thread. Without more, backends are checked by connecting to them. */
public final class PoolBuilder {
    private final List<Object> backends = new ArrayList<>();
    private final Map<String, Object> health = new LinkedHashMap<>();
    private final Map<String, Object> limits = new LinkedHashMap<>();
    private final Map<String, Object> retries = new LinkedHashMap<>();
    private final Map<String, Object> timeouts = new LinkedHashMap<>();
    private @Nullable Object balance;
    private boolean unchecked;

    PoolBuilder() {}

    /** A backend: {@code host:port}, or a bare port of this machine. */
    public PoolBuilder backend(String address) {
        backends.add(address);
        return this;
    }

    /** A backend with its share of the work relative to the others, 0..256. */
    public PoolBuilder backend(String address, int weight) {
        backends.add(Map.of("address", address, "weight", weight));
        return this;
    }

    /** How to choose: {@code p2c}, {@code round-robin}, {@code least-connections}, … */
    public PoolBuilder balance(String name) {
        balance = name;
        return this;
    }

    /** How to choose consistently: {@code ring} or {@code maglev}, by {@code source}, {@code uri}, {@code cookie:NAME}, … */
    public PoolBuilder balance(String name, String key) {
        balance = Map.of(name, key);
        return this;
    }

    /** Asks backends for {@code path} to know whether they work. */
    public PoolBuilder health(String path) {
        health.put("http", path);
        return this;
    }

    /** From one check to the next; while the verdict is changing, at most half of it. */
    public PoolBuilder interval(Duration interval) {
        health.put("interval", Durations.format(interval));
        return this;
    }

    /** No checks: every backend counts as up until real traffic shows otherwise. */
    public PoolBuilder unchecked() {
        unchecked = true;
        return this;
    }

    /** Most requests at once for each backend. */
    public PoolBuilder perBackend(int most) {
        limits.put("per-backend", most);
        return this;
    }

    /** Most further tries of a request, 0..7, each on another backend and only where that is safe. */
    public PoolBuilder retries(int most) {
        retries.put("max", most);
        return this;
    }

    /** How long a backend may take until the first byte of its answer. */
    public PoolBuilder firstByteTimeout(Duration most) {
        timeouts.put("first-byte", Durations.format(most));
        return this;
    }

    Map<String, Object> composed() {
        Map<String, Object> pool = new LinkedHashMap<>();
        pool.put("backends", backends);
        if (balance != null) {
            pool.put("balance", balance);
        }
        if (unchecked) {
            pool.put("health", "off");
        } else if (!health.isEmpty()) {
            if (!health.containsKey("http")) {
                health.put("tcp", Map.of());
            }
            pool.put("health", health);
        }
        pool.put("limits", limits);
        pool.put("retries", retries);
        pool.put("timeouts", timeouts);
        return pool;
    }
}
