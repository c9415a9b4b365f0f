package dev.fairlead.server.control;

import dev.fairlead.core.config.ListenerConfig;
import dev.fairlead.core.limit.FileBudget;
import dev.fairlead.core.limit.FileBudget.Room;
import dev.fairlead.core.limit.KeyedHash;
import dev.fairlead.core.time.Ticker;
import dev.fairlead.net.connect.BackendPools;
import dev.fairlead.net.http.AccessLog;
import dev.fairlead.net.http.ErrorReplies;
import dev.fairlead.net.http.Routing;
import dev.fairlead.net.http.SpillSpace;
import dev.fairlead.net.tls.Turns;
import dev.fairlead.net.transport.Loops;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listeners at work. Which there are is one map that anyone may read; changed by one thread at a time, which may wait,
 * but for the end, which comes when it comes, and for {@link #turn}, which is the control thread's.
 */
final class Listeners {
    /**
     * What all listeners share. Immutable.
     *
     * @param hash tells clients apart
     * @param files that the process may have open; 0 where nobody knows
     * @param turns of handshakes, by lane
     * @param tls what certificates need; asked for only where there are some
     */
    record Shared(
            Loops loops,
            List<BackendPools> connectors,
            AccessLog log,
            KeyedHash hash,
            SpillSpace spill,
            long files,
            Ticker ticker,
            List<Turns> turns,
            Supplier<Secured.World> tls) {
        long now() {
            return ticker.nanos();
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);
    private static final int HTTPS = 443;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** Someone may have been accepted in the moment in which it stopped to accept. */
    private static final long LEAST_NANOS = TimeUnit.SECONDS.toNanos(1);

    private record Parting(RunningListener listener, long since, long deadline) {}

    private final Shared shared;
    private final Supplier<Routing> routing;
    private volatile Map<String, RunningListener> all = Map.of();

    /** Held while it is decided who accepts. */
    private final ReentrantLock opening = new ReentrantLock();

    private boolean ended;

    /** How many connections were wanted when it was last looked whether they can be had. */
    private long told = -1;

    /** Those that accept no more but still have connections. */
    private final List<Parting> gone = new CopyOnWriteArrayList<>();

    /** What those did that have been forgotten. */
    private volatile Drill.Counts past = Drill.Counts.NONE;

    /** @param routing the one published routing */
    Listeners(Shared shared, Supplier<Routing> routing) {
        this.shared = shared;
        this.routing = routing;
    }

    /** Binds the first ones; those bound stay so when one cannot be. */
    void bind(Map<String, ListenerConfig> configs, ErrorReplies errors) throws IOException, InterruptedException {
        Map<String, Room> rooms = rooms(configs);
        for (Map.Entry<String, ListenerConfig> entry : configs.entrySet()) {
            Map<String, RunningListener> more = new LinkedHashMap<>(all);
            String name = entry.getKey();
            more.put(name, start(name, entry.getValue(), room(rooms, name), errors, httpsPort(configs)));
            all = Collections.unmodifiableMap(more);
        }
        tell(configs, rooms);
        all.values().forEach(RunningListener::accept);
    }

    private RunningListener start(String name, ListenerConfig config, Room room, ErrorReplies errors, int httpsPort)
            throws IOException, InterruptedException {
        return RunningListener.start(name, config, room, shared, routing, errors, httpsPort);
    }

    /** Where HTTPS is: the usual port if it is spoken there, or nowhere; else that of the first listener that speaks it. */
    static int httpsPort(Map<String, ListenerConfig> configs) {
        List<Integer> ports = configs.values().stream()
                .filter(config -> config.tls() != null)
                .map(config -> config.address().port())
                .filter(port -> port > 0)
                .toList();
        return ports.isEmpty() || ports.contains(HTTPS) ? HTTPS : ports.getFirst();
    }

    /** Brings into force what changed in the files of certificates. */
    void look(long now) {
        for (RunningListener listener : present()) {
            Secured secured = listener.secured();
            if (secured != null) {
                secured.look(now);
            }
        }
    }

    /** Gives certificates back; after this no listener accepts or has connections. */
    void release() {
        present().forEach(RunningListener::release);
    }

    /** How many connections each may have, by what is configured and by the files that the process may open. */
    private Map<String, Room> rooms(Map<String, ListenerConfig> configs) {
        List<Room> fitting = FileBudget.fit(wanted(configs), shared.files());
        Map<String, Room> rooms = new HashMap<>();
        configs.keySet().forEach(name -> rooms.put(name, fitting.get(rooms.size())));
        return rooms;
    }

    private static List<Room> wanted(Map<String, ListenerConfig> configs) {
        return configs.values().stream()
                .map(config ->
                        new Room(config.limits().connections(), config.limits().connectionsPerClient()))
                .toList();
    }

    private static Room room(Map<String, Room> rooms, String name) {
        return Objects.requireNonNull(rooms.get(name));
    }

    /** Says once what cannot be had. */
    private void tell(Map<String, ListenerConfig> configs, Map<String, Room> rooms) {
        long want = FileBudget.sum(wanted(configs));
        long have = FileBudget.sum(List.copyOf(rooms.values()));
        if (have < want && want != told) {
            LOG.warn(
                    "listeners have {} connections together, not {}: this process may open only {} files; let it open {}"
                            + " (LimitNOFILE of systemd, ulimit -n), or lower limits.connections",
                    have,
                    want,
                    shared.files(),
                    FileBudget.files(want));
        }
        told = want;
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
        gone.forEach(parting -> present.add(parting.listener()));
        return present;
    }

    /** Stops accepting for good, and lets connections go as they become idle. */
    void drain() {
        opening.lock();
        try {
            ended = true;
            all.values().forEach(RunningListener::drain);
        } finally {
            opening.unlock();
        }
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
     * @param secured new certificates of those that stay
     */
    record Plan(
            Map<String, ListenerConfig> configs,
            ErrorReplies errors,
            Map<String, RunningListener> next,
            List<RunningListener> fresh,
            Collection<RunningListener> leaving,
            List<String> changes,
            Map<RunningListener, Secured> secured) {}

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
            if (same != null && same.at(config.address())) {
                known.put(name, same);
                others.remove(name);
            }
        });
        var plan = new Plan(
                configs,
                errors,
                new LinkedHashMap<>(),
                new ArrayList<>(),
                others.values(),
                new ArrayList<>(),
                new HashMap<>());
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
            RunningListener fresh = bound(plan, name, config);
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
        if (keys.contains("tls")) {
            Secured fresh = RunningListener.secured(name, config, shared);
            if (fresh != null) {
                plan.secured().put(known, fresh);
            }
        }
        return known;
    }

    private RunningListener bound(Plan plan, String name, ListenerConfig config)
            throws IOException, InterruptedException {
        try {
            return start(name, config, room(rooms(plan.configs()), name), plan.errors(), httpsPort(plan.configs()));
        } catch (IOException e) {
            for (RunningListener other : all.values()) {
                if (other.address().getPort() == config.address().port()) {
                    String what = plan.leaving().contains(other)
                            ? "take that out with one reload and bring this in with the next, or restart"
                            : "only one of them can be there";
                    throw new IOException(
                            e.getMessage() + "; listener " + other.name() + " is at "
                                    + other.config().address() + ": " + what,
                            e);
                }
            }
            throw e;
        }
    }

    /** The one at this address, which cannot be bound twice; port 0 is another one each time. */
    private static @Nullable RunningListener renamed(ListenerConfig config, Map<String, RunningListener> others) {
        for (Map.Entry<String, RunningListener> other : others.entrySet()) {
            if (config.address().port() != 0 && other.getValue().at(config.address())) {
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
            listener.release();
        });
        plan.secured().values().forEach(Secured::close);
    }

    /**
     * From now on those of the plan are all there are, and the new ones accept.
     *
     * @param lasts how long connections of those that leave may stay
     * @return false when it is the end, and nothing was done but to close what was bound
     */
    boolean swap(Plan plan, long now, Duration lasts) throws InterruptedException {
        opening.lock();
        try {
            if (ended) {
                undo(plan);
                return false;
            }
            plan.leaving().forEach(listener -> {
                gone.add(new Parting(listener, now, now + lasts.toNanos()));
                listener.drain();
            });
            plan.fresh().forEach(RunningListener::accept);
            all = Collections.unmodifiableMap(plan.next());
        } finally {
            opening.unlock();
        }
        Map<String, Room> rooms = rooms(plan.configs());
        tell(plan.configs(), rooms);
        for (Map.Entry<String, RunningListener> entry : plan.next().entrySet()) {
            String name = entry.getKey();
            ListenerConfig config = plan.configs().get(name);
            if (config != null && !plan.fresh().contains(entry.getValue())) {
                RunningListener listener = entry.getValue();
                Secured fresh = plan.secured().get(listener);
                listener.change(
                        name,
                        config,
                        room(rooms, name),
                        plan.errors(),
                        fresh == null && config.tls() != null ? listener.secured() : fresh,
                        httpsPort(plan.configs()));
            }
        }
        return true;
    }

    /** Forgets those that have no connections any more, or no more time for them. Control thread; see {@link Leavers}. */
    long turn(long now, long next) {
        gone.removeIf(parting -> over(parting, now));
        return gone.isEmpty() || next - (now + LOOK_NANOS) < 0 ? next : now + LOOK_NANOS;
    }

    private boolean over(Parting parting, long now) {
        RunningListener listener = parting.listener();
        long open = listener.open();
        boolean late = parting.deadline() - now <= 0;
        boolean idle = open == 0 && now - parting.since() >= LEAST_NANOS;
        if (late && open > 0) {
            LOG.warn("listener {} left, and its deadline has passed: cut {} connections", listener.name(), open);
            listener.cut();
        }
        if (late || idle) {
            past = past.and(listener.counts());
            listener.release();
        }
        return late || idle;
    }

    /** Those that accept no more but still have connections. */
    List<LeavingListener> leaving(long now) {
        return gone.stream()
                .map(parting -> new LeavingListener(
                        parting.listener().name(),
                        parting.listener().address(),
                        parting.listener().open(),
                        Math.max(TimeUnit.NANOSECONDS.toMillis(parting.deadline() - now), 0)))
                .filter(leaving -> leaving.open() > 0)
                .toList();
    }
}
