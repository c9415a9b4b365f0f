package dev.fairlead.server.control;

import dev.fairlead.core.balance.Balancers;
import dev.fairlead.core.config.PoolConfig;
import dev.fairlead.core.config.PoolConfig.BackendConfig;
import dev.fairlead.core.health.Care;
import dev.fairlead.core.health.Event;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendKey;
import dev.fairlead.core.pool.Pool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A pool whose configuration has changed: what of it stays, and what comes and goes. Backends that stay keep all they have.
 *
 * <p>Made by any thread that may wait; the rest is for the control thread, but for {@link #staying}.
 *
 * @param was the backends that stood in the configuration, by address
 * @param is those that stand there now
 * @param resolved where those listen that are new, by address
 * @param come those that have been made since
 * @param joined what those were that had joined at run time and stand in the configuration now, for the way back
 */
record Changed(
        RunningPool before,
        RunningPool after,
        Map<String, BackendConfig> was,
        Map<String, BackendConfig> is,
        Map<String, Resolved> resolved,
        List<Backend> come,
        Map<Backend, Joined> joined) {
    /** What a registered backend was. */
    record Joined(Member member, int weight) {}

    private static final String WHY = "the configuration was reloaded";

    /** Throws {@link IllegalStateException} when a name cannot be resolved. */
    static Changed of(RunningPool before, PoolConfig config, RunningPool.Maker maker) {
        Map<String, BackendConfig> was = written(before.config());
        Map<String, BackendConfig> is = written(config);
        Map<String, Resolved> resolved = new HashMap<>();
        is.forEach((address, backend) -> {
            if (!was.containsKey(address)) {
                resolved.put(address, Resolved.required(backend.address()));
            }
        });
        return new Changed(
                before, before.under(config, maker), was, is, resolved, new ArrayList<>(), new LinkedHashMap<>());
    }

    private static Map<String, BackendConfig> written(PoolConfig config) {
        Map<String, BackendConfig> written = new LinkedHashMap<>();
        config.backends().forEach(backend -> written.put(backend.address().toString(), backend));
        return written;
    }

    private Pool pool() {
        return after.pool();
    }

    boolean otherCheck() {
        return !before.config().health().equals(after.config().health());
    }

    /** New settings hold, and new backends come. */
    void arrive(Operator operator, Consumer<Event> events, Surroundings world, RunningPool.Maker maker) {
        PoolConfig old = before.config();
        PoolConfig now = after.config();
        after.watchdog().reconfigure(Care.of(now), maker.now());
        after.ejector().consecutive(now.eject().consecutive());
        Map<String, Backend> others = new LinkedHashMap<>();
        pool().roster().all().forEach(backend -> others.put(backend.key().address(), backend));
        List<Backend> members = new ArrayList<>();
        is.forEach((address, written) -> {
            Backend backend = others.remove(address);
            if (backend == null) {
                Resolved at = resolved.get(address);
                // Not there although it was written: it had joined at run time too, and has left since.
                backend = maker.backend(
                        RunningPool.key(after.name(), written),
                        at == null ? new Resolved(written.address()) : at,
                        written.weight(),
                        now);
                come.add(backend);
                events.accept(moved(backend, "-", "member", world));
            } else {
                weigh(backend, written, operator, maker.now());
            }
            members.add(backend);
        });
        members.addAll(others.values());
        members.forEach(backend -> cap(backend, maker.now()));
        if (old.limits().queue() != now.limits().queue() || RunningPool.fair(old) != RunningPool.fair(now)) {
            pool().line().reshape(now.limits().queue(), RunningPool.fair(now));
        }
        boolean sameBalance = old.balance().equals(now.balance());
        pool().reshape(
                        sameBalance ? pool().balancer() : Balancers.of(now.balance()),
                        now.panic().fraction(),
                        members);
    }

    /** What the operator set at run time stays, unless the file says otherwise by now. */
    private void weigh(Backend backend, BackendConfig written, Operator operator, long now) {
        BackendConfig old = was.get(backend.key().address());
        Member before = operator.configured(backend.key());
        if (before != null) {
            joined.put(backend, new Joined(before, backend.state().weight()));
        }
        if (before != null || old == null || old.weight() != written.weight()) {
            after.watchdog().weigh(backend, written.weight(), WHY, now);
        }
    }

    private void cap(Backend backend, long now) {
        Backend.Caps old = RunningPool.caps(before.config());
        Backend.Caps caps = RunningPool.caps(after.config());
        if (!old.equals(caps)) {
            backend.caps(caps);
        }
        if (old.fixed() != caps.fixed()) {
            after.watchdog().cap(backend, caps.fixed(), WHY, now);
        }
    }

    /** Those who are in it, and those who joined at run time. Any thread. */
    List<Backend> staying(Operator operator) {
        return pool().roster().all().stream()
                .filter(backend -> is.containsKey(backend.key().address())
                        || operator.member(backend.key()).registered())
                .toList();
    }

    /** How long one that leaves may take; a drain that was under way ends no later for it. */
    Duration lasts(Backend backend, long now) {
        Duration drain = after.config().drain();
        Duration left = Duration.ofNanos(after.watchdog().drainLeft(backend, now));
        return left.isZero() || left.compareTo(drain) > 0 ? drain : left;
    }

    /** Whether someone goes once the others are in. Any thread. */
    boolean replaces(Operator operator) {
        return staying(operator).size() < pool().roster().all().size();
    }

    /** The old settings hold again, and who has come goes; returns who. */
    List<Backend> retreat(Operator operator, Consumer<Event> events, Surroundings world, RunningPool.Maker maker) {
        new Changed(after, before, is, was, Map.of(), new ArrayList<>(), new LinkedHashMap<>())
                .arrive(operator, events, world, maker);
        joined.forEach((backend, was) -> {
            operator.unconfigured(backend.key(), was.member());
            before.watchdog().weigh(backend, was.weight(), WHY, maker.now());
        });
        List<Backend> staying = new ArrayList<>(pool().roster().all());
        staying.removeAll(Set.copyOf(come));
        pool().publish(staying);
        return come;
    }

    /** Those go who are no more in the configuration; returns who. */
    List<Backend> depart(Operator operator) {
        List<Backend> staying = staying(operator);
        List<Backend> leaving = new ArrayList<>(pool().roster().all());
        leaving.removeAll(Set.copyOf(staying));
        if (!leaving.isEmpty()) {
            pool().publish(staying);
        }
        return leaving;
    }

    static Event moved(Backend backend, String from, String to, Surroundings world) {
        BackendKey key = backend.key();
        return new Event(world.wall().epochMillis(), key.pool(), key, Event.Kind.MEMBER, from, to, WHY);
    }

    /** For people. */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        is.keySet().stream().filter(address -> !was.containsKey(address)).forEach(a -> parts.add(a + " joined"));
        was.keySet().stream().filter(address -> !is.containsKey(address)).forEach(a -> parts.add(a + " left"));
        for (String key : Differences.keys(before.config(), after.config())) {
            if (!key.equals("backends") || parts.isEmpty()) {
                parts.add(key + " changed");
            }
        }
        return "pool " + after.name() + ": " + String.join(", ", parts);
    }
}
