package dev.fairlead.server.control;

import dev.fairlead.core.config.HealthConfig;
import dev.fairlead.core.config.PoolConfig;
import dev.fairlead.core.health.Care;
import dev.fairlead.core.health.Ejector;
import dev.fairlead.core.health.Event;
import dev.fairlead.core.health.Grade;
import dev.fairlead.core.health.Todo;
import dev.fairlead.core.health.Watchdog;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendKey;
import dev.fairlead.core.pool.Pool;
import dev.fairlead.net.connect.BackendPools;
import dev.fairlead.net.probe.Examiner;
import dev.fairlead.net.probe.Probe;
import dev.fairlead.net.probe.WarmUp;
import dev.fairlead.net.transport.Loop;
import dev.fairlead.net.transport.Loops;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The pools at work: lets their watchdogs have their turn and does what they want done.
 *
 * <p>Changed by the control thread only; which pools there are is one map that anyone may read.
 */
final class Pools {
    private static final String UP = "up";

    private final Surroundings world;
    private final Loops loops;
    private final Control control;
    private final Operator operator;
    private final Consumer<Event> events;
    private final Grading grading;
    private final List<BackendPools> connectors = new ArrayList<>();
    private volatile Map<String, RunningPool> all = Map.of();

    /** @param events told of all that happens, on the control thread */
    Pools(Surroundings world, Loops loops, Control control, Operator operator, Consumer<Event> events) {
        this.world = world;
        this.loops = loops;
        this.control = control;
        this.operator = operator;
        this.events = events;
        this.grading = new Grading(this::examiner, control::execute, world.wall(), events);
        for (Loop loop : loops.all()) {
            connectors.add(new BackendPools(loop));
        }
    }

    /** Makes the first ones, before the control thread starts. */
    void make(Map<String, PoolConfig> configs) {
        Map<String, RunningPool> made = new LinkedHashMap<>();
        configs.forEach((name, config) -> made.put(
                name,
                RunningPool.of(
                        name,
                        config,
                        loops.all().stream().map(Loop::executor).toList(),
                        world.wall(),
                        world.ticker().nanos(),
                        new Maker())));
        all = Collections.unmodifiableMap(made);
    }

    /** By name, in the order of the configuration. */
    Map<String, RunningPool> all() {
        return all;
    }

    @Nullable
    RunningPool find(String name) {
        return all.get(name);
    }

    Collection<RunningPool> values() {
        return all.values();
    }

    /** The connections to backends, by lane. */
    List<BackendPools> connectors() {
        return connectors;
    }

    /** How far a pool's health check can be believed; {@code null} when it has not been judged yet. */
    @Nullable
    Grade grade(String pool) {
        return grading.of(pool);
    }

    /** Makes the parts of a pool that reach back to here. */
    private final class Maker implements RunningPool.Maker {
        @Override
        public Watchdog watchdog(Pool pool, PoolConfig config) {
            return new Watchdog(
                    pool, Care.of(config), world.wall(), world.seeds().generator(), events);
        }

        @Override
        public Probe probe(PoolConfig config) {
            return Probe.of(
                    config.health(), loops.group(), loops.transport().channel(), world.ticker());
        }

        @Override
        public WarmUp warmUp(PoolConfig config) {
            return WarmUp.of(
                    config.warmUp(), loops.group(), loops.transport().channel(), world.ticker());
        }

        @Override
        public Ejector ejector(PoolConfig config, String pool) {
            return new Ejector(
                    config.eject().consecutive(),
                    (backend, last, now) -> control.execute(() -> {
                        RunningPool of = find(pool);
                        if (of != null) {
                            of.watchdog().onTrip(backend, last, world.ticker().nanos());
                        }
                    }));
        }
    }

    // ---- the control thread ----------------------------------------------------

    /** Does what is due; returns when something is next, at the latest {@code next}. */
    long turn(long now, long next) {
        long soonest = next;
        for (RunningPool pool : all.values()) {
            act(pool, pool.watchdog().tick(now));
            grading.turn(pool, now);
            long due = pool.watchdog().nextDue(now);
            if (due - soonest < 0) {
                soonest = due;
            }
        }
        return soonest;
    }

    /** Takes in at once what was changed. */
    void settle(RunningPool pool) {
        act(pool, pool.watchdog().tick(world.ticker().nanos()));
    }

    /** Does what a watchdog wants done. */
    private void act(RunningPool pool, Todo todo) {
        Watchdog watchdog = pool.watchdog();
        for (Backend backend : todo.checks()) {
            String match = operator.member(backend.key()).match();
            Drill.check(
                    match == null ? pool.probe() : pool.probe().finding(match),
                    backend,
                    pool.config().health().patience(),
                    this::later,
                    world.ticker()::nanos,
                    result -> control.execute(() ->
                            watchdog.onCheck(backend, result, world.ticker().nanos())));
        }
        for (Backend backend : todo.warmUps()) {
            pool.warmUp()
                    .run(
                            backend,
                            evidence -> control.execute(() -> watchdog.onWarm(
                                    backend, evidence, world.ticker().nanos())));
        }
        for (Backend backend : todo.cuts()) {
            onEachLoop(connector -> connector.cut(backend));
        }
    }

    private @Nullable Examiner examiner(RunningPool pool) {
        HealthConfig health = pool.config().health();
        return health.http() == null
                ? null
                : Examiner.of(
                        health,
                        health.http(),
                        loops.group(),
                        loops.transport().channel(),
                        world.ticker(),
                        world.seeds().generator());
    }

    private void later(Duration delay, Runnable what) {
        var _ = loops.all().getFirst().executor().schedule(what, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void onEachLoop(Consumer<BackendPools> what) {
        for (Loop loop : loops.all()) {
            loop.executor().execute(() -> what.accept(connectors.get(loop.lane())));
        }
    }

    // ---- connections to backends -----------------------------------------------

    /** Does to connections what something that happened to their backend asks for. */
    void follow(Event event) {
        BackendKey key = event.backend();
        if (key == null) {
            return;
        }
        switch (event.kind()) {
            case HEALTH -> {
                if (event.before().equals(UP)) {
                    withBackend(key, this::leave);
                } else if (event.after().equals(UP)) {
                    operator.admitted(key);
                    prepare(key);
                }
            }
            // Idle connections would keep a backend that is told to stop from ending.
            case WISH, DRAINED -> withBackend(key, backend -> onEachLoop(connector -> connector.closeIdle(backend)));
            default -> {}
        }
    }

    private void withBackend(BackendKey key, Consumer<Backend> what) {
        RunningPool pool = find(key.pool());
        Backend backend = pool == null ? null : pool.pool().find(key);
        if (backend != null) {
            what.accept(backend);
        }
    }

    /** Connections made in advance, where the pool asks for them. */
    private void prepare(BackendKey key) {
        RunningPool pool = find(key.pool());
        if (pool != null && pool.config().warmUp().connections() > 0) {
            int count = pool.config().warmUp().connections();
            withBackend(
                    key,
                    backend ->
                            onEachLoop(to -> to.prepare(backend, pool.target().policy(), count)));
        }
    }

    /** What waits for an answer of a backend that has just gone out goes elsewhere, where that is safe. */
    void leave(Backend backend) {
        onEachLoop(connector -> connector.leave(backend));
    }
}
