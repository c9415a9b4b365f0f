package dev.fairlead.server.control;

import dev.fairlead.core.config.ListenerConfig;
import dev.fairlead.core.limit.KeyedHash;
import dev.fairlead.net.connect.BackendPools;
import dev.fairlead.net.http.AccessLog;
import dev.fairlead.net.http.ErrorReplies;
import dev.fairlead.net.http.HttpCounters;
import dev.fairlead.net.http.Routing;
import dev.fairlead.net.http.SpillSpace;
import dev.fairlead.net.transport.Loops;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The listeners at work. Which there are is one map that anyone may read; changed by one thread at a time, which may wait.
 */
final class Listeners {
    /**
     * What all listeners share. Immutable.
     *
     * @param routing the one published routing
     * @param hash tells clients apart
     */
    record Shared(
            Loops loops,
            Supplier<Routing> routing,
            List<BackendPools> connectors,
            AccessLog log,
            KeyedHash hash,
            SpillSpace spill) {}

    private final Shared shared;
    private volatile Map<String, RunningListener> all = Map.of();

    Listeners(Shared shared) {
        this.shared = shared;
    }

    /** Binds the first ones; those bound stay so when one cannot be. */
    void bind(Map<String, ListenerConfig> configs, ErrorReplies errors) throws IOException, InterruptedException {
        for (Map.Entry<String, ListenerConfig> entry : configs.entrySet()) {
            Map<String, RunningListener> more = new LinkedHashMap<>(all);
            more.put(entry.getKey(), RunningListener.start(entry.getKey(), entry.getValue(), shared, errors));
            all = Collections.unmodifiableMap(more);
        }
    }

    /** By name, in the order of the configuration. */
    Map<String, RunningListener> all() {
        return all;
    }

    /** Where each listens, with the port that was really bound. */
    Map<String, InetSocketAddress> addresses() {
        Map<String, InetSocketAddress> addresses = new LinkedHashMap<>();
        all.forEach((name, listener) -> addresses.put(name, listener.address()));
        return addresses;
    }

    /** What they have done since the start, for a drill. */
    Drill.Counts counts() {
        long requests = 0;
        long errors = 0;
        long retries = 0;
        for (RunningListener listener : all.values()) {
            HttpCounters counters = listener.counters();
            requests += counters.sum(HttpCounters.Count.REQUESTS);
            errors += counters.sum(HttpCounters.Count.STATUS_5XX);
            retries += counters.sum(HttpCounters.Count.RETRIES);
        }
        return new Drill.Counts(requests, errors, retries);
    }

    /** Stops accepting, and lets connections go as they become idle. */
    void drain() {
        all.values().forEach(RunningListener::drain);
    }

    /** Closes every connection. */
    void cut() {
        all.values().forEach(RunningListener::cut);
    }

    /** How many connections are open. */
    int connections() throws InterruptedException {
        int open = 0;
        for (RunningListener listener : all.values()) {
            open += listener.connections();
        }
        return open;
    }
}
