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
import dev.fairlead.core.pool.BackendState;
import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.core.pool.BackendState.Wish;
import dev.fairlead.core.pool.Pool;
import dev.fairlead.net.connect.BackendPools;
import dev.fairlead.net.probe.Examiner;
import dev.fairlead.net.probe.Probe;
import dev.fairlead.net.probe.WarmUp;
import dev.fairlead.net.tls.BackendTls;
import dev.fairlead.net.tls.TlsProvider;
import dev.fairlead.net.transport.Loop;
import dev.fairlead.net.transport.Loops;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
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
    private final Supplier<TlsProvider> provider;
    private final Grading grading;
    private final List<BackendPools> connectors = new ArrayList<>();
    private final Maker maker = new Maker();
    private final Leavers leavers;
    private volatile Map<String, RunningPool> all = Map.of();

    /**
     * @param events told of all that happens, on the control thread
     * @param provider who does TLS; asked only where a pool speaks it
     */
    Pools(
            Surroundings world,
            Loops loops,
            Control control,
            Operator operator,
            Consumer<Event> events,
            Supplier<TlsProvider> provider) {
        this.provider = provider;
        this.world = world;
        this.loops = loops;
        this.control = control;
        this.operator = operator;
        this.events = events;
        this.grading = new Grading(this::examiner, control::execute, world.wall(), events);
        for (Loop loop : loops.all()) {
            connectors.add(new BackendPools(loop));
        }
        this.leavers = new Leavers(new Leavers.Ways() {
            @Override
            public void leave(Backend backend) {
                Pools.this.leave(backend);
            }

            @Override
            public void cut(Backend backend) {
                onEachLoop(connector -> connector.cut(backend));
            }
        });
    }

    /** Makes the first ones, before the control thread starts. */
    void make(Map<String, PoolConfig> configs) {
        Map<String, RunningPool> made = new LinkedHashMap<>();
        configs.forEach((name, config) -> made.put(name, RunningPool.of(name, config, maker)));
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
                    pool, Care.of(config), world.wall(), world.seeds().generator(), event -> told(pool, event));
        }

        @Override
        public Probe probe(PoolConfig config, @Nullable BackendTls tls) {
            return Probe.of(config.health(), loops.group(), loops.transport().channel(), world.ticker(), tls);
        }

        @Override
        public WarmUp warmUp(PoolConfig config, @Nullable BackendTls tls) {
            return WarmUp.of(config.warmUp(), loops.group(), loops.transport().channel(), world.ticker(), tls);
        }

        @Override
        public @Nullable BackendTls tls(String name, PoolConfig config) {
            return BackendTrusts.of(name, config.tls(), provider, world.wall());
        }

        @Override
        public Backend backend(BackendKey key, Resolved resolved, int weight, PoolConfig config) {
            return new Backend(
                    key,
                    resolved.address(),
                    BackendState.gated(weight, world.wall().epochMillis()),
                    RunningPool.caps(config),
                    loops.count());
        }

        @Override
        public List<? extends Executor> loops() {
            return loops.all().stream().map(Loop::executor).toList();
        }

        @Override
        public long now() {
            return world.ticker().nanos();
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

    /** What happens to a pool that is leaving concerns nobody else, not even one of its name that has come since. */
    private void told(Pool pool, Event event) {
        RunningPool of = find(pool.name());
        if (of != null && of.pool() == pool) {
            events.accept(event);
        }
    }

    // ---- the control thread ----------------------------------------------------

    /** Does what is due; returns when something is next, at the latest {@code next}. */
    long turn(long now, long next) {
        long soonest = next;
        for (RunningPool pool : all.values()) {
            act(pool, pool.watchdog().tick(now));
            grading.turn(pool, now);
            pool.learn(now);
            long due = pool.watchdog().nextDue(now);
            if (due - soonest < 0) {
                soonest = due;
            }
        }
        for (RunningPool pool : leavers.pools()) {
            settle(pool);
        }
        return leavers.turn(now, soonest);
    }

    /** Takes in at once what was changed. */
    void settle(RunningPool pool) {
        act(pool, pool.watchdog().tick(world.ticker().nanos()));
    }

    /** Does what a watchdog wants done. */
    private void act(RunningPool pool, Todo todo) {
        Watchdog watchdog = pool.watchdog();
        for (Backend backend : todo.checks()) {
            String match = operator.askedAtGate(backend);
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
                        world.seeds().generator(),
                        pool.tls());
    }

    private void later(Duration delay, Runnable what) {
        var _ = loops.all().getFirst().executor().schedule(what, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void onEachLoop(Consumer<BackendPools> what) {
        for (Loop loop : loops.all()) {
            loop.executor().execute(() -> what.accept(connectors.get(loop.lane())));
        }
    }

    // ---- other pools -----------------------------------------------------------

    /**
     * What a reload does to the pools; all of it that may fail or wait has been done.
     *
     * @param next all there will be, in the order of the configuration
     * @param fresh those of them that are new
     * @param gone those that are there no more
     * @param before all there were
     */
    record Plan(
            Map<String, RunningPool> next,
            List<RunningPool> fresh,
            List<Changed> changed,
            List<RunningPool> gone,
            Map<String, RunningPool> before) {
        /** For people. */
        List<String> changes() {
            List<String> changes = new ArrayList<>();
            fresh.forEach(pool -> changes.add("pool " + pool.name() + " is new"));
            changed.forEach(change -> changes.add(change.toString()));
            gone.forEach(pool -> changes.add("pool " + pool.name() + " is gone"));
            return changes;
        }
    }

    /** Any thread that may wait; throws {@link IllegalStateException} when a name cannot be resolved. */
    Plan plan(Map<String, PoolConfig> configs) {
        var plan = new Plan(new LinkedHashMap<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), all);
        configs.forEach((name, config) -> {
            RunningPool known = find(name);
            RunningPool next = known;
            if (known == null) {
                next = RunningPool.of(name, config, maker);
                plan.fresh().add(next);
            } else if (!known.config().equals(config)) {
                Changed change = Changed.of(known, config, maker);
                next = change.after();
                plan.changed().add(change);
            }
            plan.next().put(name, next);
        });
        for (RunningPool pool : values()) {
            if (!configs.containsKey(pool.name())) {
                plan.gone().add(pool);
            }
        }
        return plan;
    }

    /** Lets those come who are new, gated, beside those they replace, and has new settings hold. */
    void arrive(Plan plan) {
        Map<String, RunningPool> more = new LinkedHashMap<>(all);
        more.putAll(plan.next());
        all = Collections.unmodifiableMap(more);
        for (Changed change : plan.changed()) {
            change.arrive(operator, events, world, maker);
            if (change.otherCheck()) {
                grading.anew(change.after(), world.ticker().nanos());
            }
            settle(change.after());
        }
        plan.fresh().forEach(this::settle);
    }

    /**
     * Whether the first check is still awaited of someone who is to take over the work of others: of all of them, for the
     * first one alone could not carry it; or of someone without whom nobody would take work. Any thread.
     */
    boolean awaited(Plan plan) {
        return plan.fresh().stream()
                        .anyMatch(pool -> undecided(pool.pool().roster().all()))
                || plan.changed().stream().anyMatch(this::awaited);
    }

    private boolean awaited(Changed change) {
        List<Backend> staying = change.staying(operator);
        return undecided(staying)
                && (change.replaces(operator)
                        || staying.stream().noneMatch(backend -> backend.state().takesNew()));
    }

    private static boolean undecided(List<Backend> backends) {
        return backends.stream()
                .anyMatch(backend -> backend.state().health() == Health.UNCHECKED
                        && backend.state().wish() == Wish.READY
                        && backend.state().weight() > 0);
    }

    /** From now on those of the plan are all there are. */
    void enter(Plan plan) {
        // A state changes a moment before its roster does.
        plan.fresh().forEach(this::settle);
        all = Collections.unmodifiableMap(plan.next());
    }

    /** Those go who have come, and old settings hold again: the plan is given up. */
    void retreat(Plan plan) {
        all = plan.before();
        for (Changed change : plan.changed()) {
            part(change, change.retreat(operator, events, world, maker));
            if (change.otherCheck()) {
                grading.anew(change.before(), world.ticker().nanos());
            }
            settle(change.before());
        }
        plan.fresh().forEach(pool -> grading.forget(pool.name()));
    }

    private void part(Changed change, List<Backend> leaving) {
        long now = world.ticker().nanos();
        for (Backend backend : leaving) {
            leavers.add(backend, now, change.lasts(backend, now));
            operator.forget(backend.key());
            events.accept(Changed.moved(backend, "member", "-", world));
            onEachLoop(connector -> connector.closeIdle(backend));
        }
    }

    /** Those go who are there no more. */
    void depart(Plan plan) {
        long now = world.ticker().nanos();
        for (Changed change : plan.changed()) {
            part(change, change.depart(operator));
            settle(change.after());
        }
        for (RunningPool pool : plan.gone()) {
            grading.forget(pool.name());
            for (Backend backend : pool.pool().roster().all()) {
                operator.forget(backend.key());
            }
            leavers.add(pool, now);
        }
        operator.kept();
    }

    /** One that was no part of the configuration goes. */
    void left(Backend backend, Duration lasts) {
        leavers.add(backend, world.ticker().nanos(), lasts);
        leave(backend);
    }

    /** How many backends are on their way out. */
    int leaving() {
        return leavers.count();
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
                    withBackend(key, operator::admitted);
                    prepare(key);
                }
            }
            // Idle connections would keep a backend that is told to stop from ending.
            case WISH, DRAINED ->
                withBackend(key, backend -> {
                    if (backend.state().wish() == Wish.READY) {
                        operator.wanted(backend);
                    }
                    onEachLoop(connector -> connector.closeIdle(backend));
                });
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
