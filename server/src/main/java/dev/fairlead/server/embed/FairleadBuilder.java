package dev.fairlead.server.embed;

import dev.fairlead.core.config.Durations;
import dev.fairlead.server.load.Compose;
import dev.fairlead.server.load.Loader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A configuration written in code. Confined to one thread. Values are written as in a file and checked when it starts, so
 * that every problem is told at once; {@code docs/configuration.md} says what each means. What is not here can be had by
 * {@link Fairlead#fromText}.
 */
public final class FairleadBuilder {
    private final Map<String, Object> listeners = new LinkedHashMap<>();
    private final List<Object> routes = new ArrayList<>();
    private final Map<String, Object> pools = new LinkedHashMap<>();
    private final Map<String, Object> runtime = new LinkedHashMap<>();
    private final Map<String, Object> stop = new LinkedHashMap<>();
    private Map<String, Object> admin = Map.of("enabled", false);
    private Map<String, Object> accessLog = Map.of("to", "off");

    FairleadBuilder() {}

    /** Listens on {@code address}: {@code 127.0.0.1:8080}, {@code :8080} for every interface; port 0 for any free one. */
    public FairleadBuilder listen(String address) {
        return listen("main", address);
    }

    /** Listens on {@code address}, under a name of its own. */
    public FairleadBuilder listen(String name, String address) {
        put("listener", listeners, name, Map.of("address", address));
        return this;
    }

    /** A set of backends. With a single pool no route is needed. */
    public FairleadBuilder pool(String name, Consumer<PoolBuilder> settings) {
        var pool = new PoolBuilder();
        settings.accept(pool);
        put("pool", pools, name, pool.composed());
        return this;
    }

    /**
     * Sends requests for {@code host} and {@code path} to {@code pool}; the most specific route wins.
     *
     * @param host such as {@code api.example.com} or {@code *.example.com}; {@code *} for every host
     * @param path such as {@code /v1/*}; {@code /*} for every path
     */
    public FairleadBuilder route(String host, String path, String pool) {
        return route(host, path, Map.of("forward", pool));
    }

    /**
     * As {@link #route(String, String, String)}, with a limit on how often each client may ask.
     *
     * @param rateLimit such as {@code 100/s} or {@code 600/m}
     */
    public FairleadBuilder route(String host, String path, String pool, String rateLimit) {
        return route(host, path, Map.of("forward", pool, "rate-limit", rateLimit));
    }

    private FairleadBuilder route(String host, String path, Map<String, Object> action) {
        Map<String, Object> route = new LinkedHashMap<>();
        Map<String, Object> match = new LinkedHashMap<>();
        if (!host.equals("*")) {
            match.put("host", host);
        }
        if (!path.equals("/*")) {
            match.put("path", path);
        }
        route.put("match", match);
        route.putAll(action);
        routes.add(route);
        return this;
    }

    /** Metrics and status on {@code address}, which must be of this machine only. */
    public FairleadBuilder admin(String address) {
        admin = Map.of("address", address);
        return this;
    }

    /** Access-log lines to a file, or {@code stdout}. */
    public FairleadBuilder accessLog(String to) {
        accessLog = Map.of("to", to);
        return this;
    }

    /** How to talk to the kernel: {@code auto}, {@code io_uring}, {@code epoll} or {@code nio}. */
    public FairleadBuilder transport(String name) {
        runtime.put("transport", name);
        return this;
    }

    /** How many event loops; 0 for one per processor. */
    public FairleadBuilder loops(int count) {
        runtime.put("loops", count);
        return this;
    }

    /** How long {@link Fairlead#close} lets requests finish. */
    public FairleadBuilder grace(Duration grace) {
        stop.put("grace", Durations.format(grace));
        return this;
    }

    /**
     * Starts it.
     *
     * @throws InvalidConfigException with every problem there is
     * @throws IOException when an address cannot be bound
     */
    public Fairlead start() throws IOException {
        // What a program writes is meant literally: the environment has no say.
        return Fairlead.start(Loader.parse(composed(), "", name -> null));
    }

    private String composed() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("listeners", listeners);
        config.put("routes", routes);
        config.put("pools", pools);
        config.put("admin", admin);
        config.put("access-log", accessLog);
        config.put("stop", stop);
        config.put("runtime", runtime);
        return Compose.text(config);
    }

    private static void put(String what, Map<String, Object> map, String name, Object value) {
        if (map.putIfAbsent(name, value) != null) {
            throw new IllegalArgumentException(what + ": " + name + " (expected: a name that is not taken)");
        }
    }
}
