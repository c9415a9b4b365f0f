package dev.fairlead.server.control;

import dev.fairlead.core.config.Config;
import dev.fairlead.core.config.HealthConfig;
import dev.fairlead.core.config.ListenerConfig;
import dev.fairlead.core.config.PoolConfig;
import dev.fairlead.core.health.Care;
import dev.fairlead.core.health.Ejector;
import dev.fairlead.core.health.Event;
import dev.fairlead.core.health.Grade;
import dev.fairlead.core.health.Todo;
import dev.fairlead.core.health.Watchdog;
import dev.fairlead.core.limit.KeyedHash;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendKey;
import dev.fairlead.core.pool.Pool;
import dev.fairlead.core.route.RouteTable;
import dev.fairlead.net.connect.BackendPools;
import dev.fairlead.net.http.AccessLog;
import dev.fairlead.net.http.ErrorReplies;
import dev.fairlead.net.http.HttpCounters;
import dev.fairlead.net.http.RateGate;
import dev.fairlead.net.http.Routing;
import dev.fairlead.net.http.SpillSpace;
import dev.fairlead.net.http.Target;
import dev.fairlead.net.probe.Examiner;
import dev.fairlead.net.probe.Probe;
import dev.fairlead.net.probe.WarmUp;
import dev.fairlead.net.transport.Loop;
import dev.fairlead.net.transport.Loops;
import dev.fairlead.net.transport.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A configuration at work: loops, listeners, pools, watchdogs. The same engine runs in the server and inside a program.
 *
 * <p>Thread-safe. Whoever started it stops it; after {@link #stop} nothing of it is left running.
 */
public final class Engine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final long LOG_FLUSH_MILLIS = 100;
    private static final long STOP_POLL_MILLIS = 20;
    private static final String UP = "up";

    private final Config config;
    private final Surroundings world;
    private final Transport transport;
    private final Loops loops;
    private final SpillSpace spill;
    private final AccessLog accessLog;
    private final LogFile logFile;
    private final Control control;
    private final List<BackendPools> connectors = new ArrayList<>();
    private final Keeper keeper;
    private final Timeline timeline = new Timeline();
    private final Operator operator;
    private final Drill drill;
    private final Grading grading;
    private final Map<String, RunningPool> pools = new LinkedHashMap<>();
    private final Map<String, RunningListener> listeners = new LinkedHashMap<>();
    private final Routing routing;
    private final long startedAt;
    /** Written under the lock of {@link #stop}. */
    private volatile boolean stopped;

    private Engine(Config config, Surroundings world) throws IOException {
        this.config = config;
        this.world = world;
        this.startedAt = world.wall().epochMillis();
        this.transport = Transport.of(config.runtime().transport());
        int count = config.runtime().loops() > 0
                ? config.runtime().loops()
                : Runtime.getRuntime().availableProcessors();
        this.logFile = LogFile.open(config.accessLog().to(), world.accessLog());
        this.loops = Loops.start(
                transport,
                count,
                config.runtime().buffers().bytes(),
                config.runtime().exchanges(),
                world.ticker(),
                world.wall(),
                world.seeds());
        this.spill = new SpillSpace(
                Path.of(System.getProperty("java.io.tmpdir")),
                config.runtime().spill().bytes());
        this.accessLog =
                new AccessLog(logFile.out(), count, config.accessLog().buffer().bytes());
        this.control = new Control(world.ticker(), this::turn);
        this.operator = new Operator(new Helm(), world.ticker(), world.wall(), count);
        this.keeper = new Keeper(world, operator);
        this.grading = new Grading(this::examiner, control::execute, world.wall(), this::changed);
        this.drill = new Drill(new Stage(), world.ticker());
        for (Loop loop : loops.all()) {
            connectors.add(new BackendPools(loop));
            var _ = loop.executor()
                    .scheduleAtFixedRate(
                            accessLog.lane(loop.lane())::flush,
                            LOG_FLUSH_MILLIS,
                            LOG_FLUSH_MILLIS,
                            TimeUnit.MILLISECONDS);
        }
        this.routing = makePools();
    }

    /**
     * Starts what {@code config} says.
     *
     * @throws IOException when an address cannot be bound or the access log cannot be opened
     * @throws IllegalStateException when a forced transport is not available, or a backend's name cannot be resolved
     */
    public static Engine start(Config config, Surroundings world) throws IOException, InterruptedException {
        Engine engine = new Engine(config, world);
        try {
            engine.keeper.restore(engine.pools.values());
            engine.control.start();
            engine.bind();
            return engine;
        } catch (IOException | InterruptedException | RuntimeException e) {
            engine.stop(Duration.ZERO);
            throw e;
        }
    }

    private Routing makePools() {
        var maker = new PoolMaker();
        try {
            for (Map.Entry<String, PoolConfig> entry : config.pools().entrySet()) {
                String name = entry.getKey();
                pools.put(
                        name,
                        RunningPool.of(
                                name,
                                entry.getValue(),
                                loops.all().stream().map(Loop::executor).toList(),
                                world.wall(),
                                world.ticker().nanos(),
                                maker));
            }
        } catch (RuntimeException e) {
            var _ = loops.close();
            accessLog.close();
            logFile.close();
            throw e;
        }
        List<Target> targets = pools.values().stream().map(RunningPool::target).toList();
        RouteTable table = RouteTable.of(
                config.routes(), List.copyOf(pools.keySet()), world.seeds().next());
        return new Routing(table, targets, RateGate.of(config.routes(), world.seeds()));
    }

    private void bind() throws IOException, InterruptedException {
        ErrorReplies errors = ErrorReplies.of(config.errors());
        var hash = new KeyedHash(world.seeds().next(), world.seeds().next());
        for (Map.Entry<String, ListenerConfig> entry : config.listeners().entrySet()) {
            listeners.put(
                    entry.getKey(),
                    RunningListener.start(
                            entry.getKey(),
                            entry.getValue(),
                            loops,
                            () -> routing,
                            connectors,
                            accessLog,
                            errors,
                            hash,
                            spill));
        }
    }

    /** Makes the parts of a pool that reach back into this engine. */
    private final class PoolMaker implements RunningPool.Maker {
        @Override
        public Watchdog watchdog(Pool pool, PoolConfig poolConfig) {
            return new Watchdog(
                    pool, Care.of(poolConfig), world.wall(), world.seeds().generator(), Engine.this::changed);
        }

        @Override
        public Probe probe(PoolConfig poolConfig) {
            return Probe.of(poolConfig.health(), loops.group(), transport.channel(), world.ticker());
        }

        @Override
        public WarmUp warmUp(PoolConfig poolConfig) {
            return WarmUp.of(poolConfig.warmUp(), loops.group(), transport.channel(), world.ticker());
        }

        @Override
        public Ejector ejector(PoolConfig poolConfig, String pool) {
            return new Ejector(
                    poolConfig.eject().consecutive(),
                    (backend, last, now) -> control.execute(() -> {
                        RunningPool of = pools.get(pool);
                        if (of != null) {
                            of.watchdog().onTrip(backend, last, world.ticker().nanos());
                        }
                    }));
        }
    }

    // ---- the control thread ----------------------------------------------------

    private long turn(long now) {
        long next = now + TimeUnit.MILLISECONDS.toNanos(Math.min(operator.expire(), 1_000));
        for (RunningPool pool : pools.values()) {
            act(pool, pool.watchdog().tick(now));
            grading.turn(pool, now);
            long due = pool.watchdog().nextDue(now);
            if (due - next < 0) {
                next = due;
            }
        }
        keeper.keep(pools.values());
        return next;
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
                        transport.channel(),
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

    /** What a drill sees of the engine. */
    private final class Stage implements Drill.Stage {
        @Override
        public @Nullable RunningPool pool(String name) {
            return pools.get(name);
        }

        @Override
        public Drill.Counts counts() {
            long requests = 0;
            long errors = 0;
            long retries = 0;
            for (RunningListener listener : listeners.values()) {
                HttpCounters counters = listener.counters();
                requests += counters.sum(HttpCounters.Count.REQUESTS);
                errors += counters.sum(HttpCounters.Count.STATUS_5XX);
                retries += counters.sum(HttpCounters.Count.RETRIES);
            }
            return new Drill.Counts(requests, errors, retries);
        }

        @Override
        public boolean stopped() {
            return stopped;
        }

        @Override
        public void tell(BackendKey key, String before, String after, String why) {
            var event = new Event(world.wall().epochMillis(), key.pool(), key, Event.Kind.DEPLOY, before, after, why);
            control.execute(() -> changed(event));
        }
    }

    /** The operator's way to the control thread. */
    private final class Helm implements Operator.Helm {
        @Override
        public <T> T ask(Supplier<T> what) {
            return control.ask(what);
        }

        @Override
        public @Nullable RunningPool pool(String name) {
            return pools.get(name);
        }

        @Override
        public void settle(RunningPool pool) {
            act(pool, pool.watchdog().tick(world.ticker().nanos()));
        }

        @Override
        public void left(Backend backend) {
            onEachLoop(connector -> connector.leave(backend));
        }

        @Override
        public void tell(Event event) {
            Engine.this.changed(event);
        }

        @Override
        public void changed() {
            keeper.change();
        }
    }

    private void changed(Event event) {
        LOG.info("{}", event);
        timeline.add(event);
        keeper.see(event);
        BackendKey key = event.backend();
        if (key == null) {
            return;
        }
        switch (event.kind()) {
            case HEALTH -> {
                if (event.before().equals(UP)) {
                    leave(key);
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
        RunningPool pool = pools.get(key.pool());
        Backend backend = pool == null ? null : pool.pool().find(key);
        if (backend != null) {
            what.accept(backend);
        }
    }

    /** Connections made in advance, where the pool asks for them. */
    private void prepare(BackendKey key) {
        RunningPool pool = pools.get(key.pool());
        if (pool != null && pool.config().warmUp().connections() > 0) {
            int count = pool.config().warmUp().connections();
            withBackend(
                    key,
                    backend ->
                            onEachLoop(to -> to.prepare(backend, pool.target().policy(), count)));
        }
    }

    /** What waits for an answer of a backend that has just gone out goes elsewhere, where that is safe. */
    private void leave(BackendKey key) {
        withBackend(key, backend -> onEachLoop(connector -> connector.leave(backend)));
    }

    // ---- what others may see ---------------------------------------------------

    public Config config() {
        return config;
    }

    /** The transport in use: {@code epoll}, {@code io_uring} or {@code nio}. */
    public String transport() {
        return transport.name();
    }

    /** Why that transport and not another one, for people; empty when it is simply the first choice. */
    public String transportWhy() {
        return transport.why();
    }

    public int loops() {
        return loops.count();
    }

    /** Where each listener listens, with the port that was really bound. */
    public Map<String, InetSocketAddress> addresses() {
        Map<String, InetSocketAddress> addresses = new LinkedHashMap<>();
        listeners.forEach((name, listener) -> addresses.put(name, listener.address()));
        return addresses;
    }

    /** Whether it takes no new work any more. */
    public boolean draining() {
        return stopped;
    }

    /** What operators may do to it. */
    public Operator operator() {
        return operator;
    }

    /** How far a pool's health check can be believed; {@code null} when it has not been judged yet. */
    public @Nullable Grade grade(String pool) {
        return grading.of(pool);
    }

    /** Faults acted out on its backends. */
    public Drill drill() {
        return drill;
    }

    /** What happened to its pools and backends. */
    public Timeline timeline() {
        return timeline;
    }

    /** Now, by the clock of its loops. */
    long nanos() {
        return world.ticker().nanos();
    }

    /** A picture of the whole, for people and programs. */
    public Status status() {
        return Status.of(
                this,
                pools,
                listeners,
                loops,
                spill,
                accessLog,
                startedAt,
                world.wall().epochMillis());
    }

    /** How the rate limits of routes stand; looks at every key there is place for. */
    public List<RouteLimit> rateLimits() {
        return RouteLimit.of(config.routes(), routing.gates(), world.ticker().nanos());
    }

    // ---- stopping --------------------------------------------------------------

    /**
     * Stops: listeners close, idle connections close, exchanges finish; what has not finished after {@code grace} is cut.
     * Blocks until all is done. A second call returns at once.
     */
    public synchronized void stop(Duration grace) throws InterruptedException {
        if (stopped) {
            return;
        }
        stopped = true;
        listeners.values().forEach(RunningListener::drain);
        long deadline = world.ticker().nanos() + grace.toNanos();
        while (connections() > 0 && deadline - world.ticker().nanos() > 0) {
            TimeUnit.MILLISECONDS.sleep(STOP_POLL_MILLIS);
        }
        int left = connections();
        if (left > 0) {
            LOG.warn("{} connections were still open after {}: cut", left, grace);
            listeners.values().forEach(RunningListener::cut);
        }
        control.stop();
        // What its last tasks changed is still to be kept; a start that failed on its way has nothing to say.
        if (!listeners.isEmpty()) {
            keeper.keep(pools.values());
        }
        keeper.close();
        for (Loop loop : loops.all()) {
            loop.executor().execute(() -> {
                connectors.get(loop.lane()).closeIdle();
                accessLog.lane(loop.lane()).flush();
            });
        }
        loops.close().await(5, TimeUnit.SECONDS);
        accessLog.close();
        logFile.close();
    }

    private int connections() throws InterruptedException {
        int open = 0;
        for (RunningListener listener : listeners.values()) {
            open += listener.connections();
        }
        return open;
    }

    /** Stops with the configured grace. */
    @Override
    public void close() {
        try {
            stop(config.stop().grace());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
