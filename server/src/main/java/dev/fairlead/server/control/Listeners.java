package dev.fairlead.server.control;

import dev.fairlead.core.config.ListenerConfig;
import dev.fairlead.core.limit.KeyedHash;
import dev.fairlead.net.connect.BackendPools;
import dev.fairlead.net.http.AccessLog;
import dev.fairlead.net.http.ErrorReplies;
import dev.fairlead.net.http.Routing;
import dev.fairlead.net.http.SpillSpace;
import dev.fairlead.net.transport.Loops;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The listeners at work. Which there are is one map that anyone may read; changed by one thread at a time, which may wait.
 */
final class Listeners {
    /**
     * What all listeners share. Immutable.
     *
     * @param hash tells clients apart
     */
    record Shared(Loops loops, List<BackendPools> connectors, AccessLog log, KeyedHash hash, SpillSpace spill) {}

    private final Shared shared;
    private final Supplier<Routing> routing;
    private volatile Map<String, RunningListener> all = Map.of();

    /** Those that accept no more but still have connections. */
    private final List<RunningListener> gone = new CopyOnWriteArrayList<>();

    /** What those did that have been forgotten. */
    private volatile Drill.Counts past = Drill.Counts.NONE;

    /** @param routing the one published routing */
    Listeners(Shared shared, Supplier<Routing> routing) {
        this.shared = shared;
        this.routing = routing;
    }

    /** Binds the first ones; those bound stay so when one cannot be. */
    void bind(Map<String, ListenerConfig> configs, ErrorReplies errors) throws IOException, InterruptedException {
        for (Map.Entry<String, ListenerConfig> entry : configs.entrySet()) {
            Map<String, RunningListener> more = new LinkedHashMap<>(all);
            more.put(entry.getKey(), start(entry.getKey(), entry.getValue(), errors));
            all = Collections.unmodifiableMap(more);
        }
    }

    private RunningListener start(String name, ListenerConfig config, ErrorReplies errors)
            throws IOException, InterruptedException {
        return RunningListener.start(name, config, shared, routing, errors);
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
        Drill.Counts sum = past;
        for (RunningListener listener : present()) {
            sum = sum.and(listener.counts());
        }
        return sum;
    }

    private List<RunningListener> present() {
        List<RunningListener> present = new ArrayList<>(all.values());
        present.addAll(gone);
        return present;
    }

    /** Stops accepting, and lets connections go as they become idle. */
    void drain() {
        all.values().forEach(RunningListener::drain);
    }

    /** Closes every connection. */
    void cut() {
        present().forEach(RunningListener::cut);
    }

    /** How many connections are open. */
    int connections() throws InterruptedException {
        long open = 0;
        for (RunningListener listener : present()) {
            open += listener.connections();
        }
        return (int) Math.min(open, Integer.MAX_VALUE);
    }

    // ---- other listeners -------------------------------------------------------

    /**
     * What a reload does to the listeners; those that are new are bound.
     *
     * @param next all there will be, in the order of the configuration
     * @param fresh those of them that are new
     * @param leaving those that are there no more
     */
    record Plan(
            Map<String, ListenerConfig> configs,
            ErrorReplies errors,
            Map<String, RunningListener> next,
            List<RunningListener> fresh,
            Collection<RunningListener> leaving,
            List<String> changes) {}

    /**
     * Binds what is new.
     *
     * @throws IOException when an address cannot be bound; then nothing has changed
     */
    Plan plan(Map<String, ListenerConfig> configs, ErrorReplies errors) throws IOException, InterruptedException {
        Map<String, RunningListener> others = new LinkedHashMap<>(all);
        Map<String, RunningListener> known = new LinkedHashMap<>();
        configs.forEach((name, config) -> {
            RunningListener same = others.get(name);
            if (same != null && same.config().address().equals(config.address())) {
                known.put(name, same);
                others.remove(name);
            }
        });
        var plan =
                new Plan(configs, errors, new LinkedHashMap<>(), new ArrayList<>(), others.values(), new ArrayList<>());
        try {
            for (Map.Entry<String, ListenerConfig> entry : configs.entrySet()) {
                RunningListener listener = known.get(entry.getKey());
                if (listener == null) {
                    listener = renamed(entry.getValue(), others);
                }
                plan.next().put(entry.getKey(), taken(plan, listener, entry.getKey(), entry.getValue()));
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            undo(plan);
            throw e;
        }
        others.keySet().forEach(name -> plan.changes().add("listener " + name + " is gone"));
        return plan;
    }

    private RunningListener taken(Plan plan, @Nullable RunningListener known, String name, ListenerConfig config)
            throws IOException, InterruptedException {
        if (known == null) {
            RunningListener fresh = start(name, config, plan.errors());
            plan.fresh().add(fresh);
            plan.changes().add("listener " + name + " is new");
            return fresh;
        }
        if (!known.name().equals(name)) {
            plan.changes().add("listener " + known.name() + " is called " + name);
        }
        List<String> keys = Differences.keys(known.config(), config);
        if (!keys.isEmpty()) {
            plan.changes().add("listener " + name + ": " + String.join(", ", keys) + " changed");
        }
        return known;
    }

    /** The one at this address, which cannot be bound twice; port 0 is another one each time. */
    private static @Nullable RunningListener renamed(ListenerConfig config, Map<String, RunningListener> others) {
        for (Map.Entry<String, RunningListener> other : others.entrySet()) {
            if (config.address().port() != 0
                    && other.getValue().config().address().equals(config.address())) {
                return others.remove(other.getKey());
            }
        }
        return null;
    }

    /** Closes what was bound. */
    void undo(Plan plan) {
        plan.fresh().forEach(listener -> {
            listener.drain();
            listener.cut();
        });
    }

    /** From now on those of the plan are all there are. */
    void swap(Plan plan) throws InterruptedException {
        forget();
        plan.leaving().forEach(listener -> {
            gone.add(listener);
            listener.drain();
        });
        for (Map.Entry<String, RunningListener> entry : plan.next().entrySet()) {
            ListenerConfig config = plan.configs().get(entry.getKey());
            if (config != null && !plan.fresh().contains(entry.getValue())) {
                entry.getValue().change(entry.getKey(), config, plan.errors());
            }
        }
        all = Collections.unmodifiableMap(plan.next());
    }

    /** Those that have no connections any more. */
    private void forget() throws InterruptedException {
        for (RunningListener listener : List.copyOf(gone)) {
            if (listener.connections() == 0) {
                past = past.and(listener.counts());
                gone.remove(listener);
            }
        }
    }
}
