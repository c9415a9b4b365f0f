package dev.fairlead.server.control;

import dev.fairlead.core.config.Config;
import dev.fairlead.core.config.RuntimeConfig.TlsKind;
import dev.fairlead.core.health.Event;
import dev.fairlead.core.health.Grade;
import dev.fairlead.core.limit.KeyedHash;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendKey;
import dev.fairlead.net.http.AccessLog;
import dev.fairlead.net.http.SpillSpace;
import dev.fairlead.net.tls.TlsProvider;
import dev.fairlead.net.tls.Turns;
import dev.fairlead.net.transport.Loop;
import dev.fairlead.net.transport.Loops;
import dev.fairlead.net.transport.Transport;
import dev.fairlead.server.ocsp.Staples;
import dev.fairlead.server.state.AuthorityFile;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
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

    /** How often it is looked whether certificates have changed. */
    private static final long CERTIFICATES_MILLIS = 250;

    /** Longest wait at the end for a reload to notice that it is the end. */
    private static final Duration RELOAD_ENDS = Duration.ofSeconds(1);

    private final Surroundings world;
    private final Transport transport;
    private final Loops loops;
    private final SpillSpace spill;
    private final AccessLog accessLog;
    private final LogFile logFile;
    private final Control control;
    private final Keeper keeper;
    private final Timeline timeline = new Timeline();
    private final Operator operator;
    private final Deploys deploys;
    private final Drill drill;
    private final Pools pools;
    private final Listeners listeners;
    private final Current current;
    private final Reloads reloads;
    private final Staples staples;
    private final long startedAt;

    /** Who does TLS, once somebody speaks it. */
    private final AtomicReference<@Nullable TlsProvider> tls = new AtomicReference<>();

    /** Written under the lock of {@link #stop}. */
    private volatile boolean stopped;

    private Engine(Config config, Surroundings world) throws IOException {
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
                new Loops.Most(
                        config.runtime().buffers().bytes(),
                        Math.toIntExact(config.runtime().connectionBuffer().bytes()),
                        config.runtime().exchanges()),
                world.ticker(),
                world.wall(),
                world.seeds());
        this.spill = new SpillSpace(
                Path.of(System.getProperty("java.io.tmpdir")),
                config.runtime().spill().bytes());
        this.accessLog =
                new AccessLog(logFile.out(), count, config.accessLog().buffer().bytes());
        this.control = new Control(world.ticker(), this::turn);
        var helm = new Helm();
        this.operator = new Operator(helm, world.ticker(), world.wall(), count);
        this.deploys = new Deploys(helm, operator, world.ticker(), world.wall());
        this.keeper = new Keeper(world, operator);
        this.staples = new Staples(world.wall(), world.seeds());
        this.pools = new Pools(
                world,
                loops,
                control,
                operator,
                this::changed,
                () -> provider(config.runtime().tls()));
        this.drill = new Drill(new Stage(), world.ticker());
        for (Loop loop : loops.all()) {
            var _ = loop.executor()
                    .scheduleAtFixedRate(
                            accessLog.lane(loop.lane())::flush,
                            LOG_FLUSH_MILLIS,
                            LOG_FLUSH_MILLIS,
                            TimeUnit.MILLISECONDS);
        }
        this.current = current(config);
        this.listeners = current.listeners();
        this.reloads = new Reloads(world, current);
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
            engine.current.bind();
            Thread.ofVirtual().name("fairlead-certificates").start(engine::lookAfterCertificates);
            return engine;
        } catch (IOException | InterruptedException | RuntimeException e) {
            engine.stop(Duration.ZERO);
            throw e;
        }
    }

    private Current current(Config config) {
        try {
            pools.make(config.pools());
        } catch (RuntimeException e) {
            var _ = loops.close();
            accessLog.close();
            logFile.close();
            throw e;
        }
        var hash = new KeyedHash(world.seeds().next(), world.seeds().next());
        var shared = new Listeners.Shared(
                loops,
                pools.connectors(),
                accessLog,
                hash,
                spill,
                OpenFiles.most(),
                world.ticker(),
                loops.all().stream().map(Turns::new).toList(),
                () -> secured(config.runtime().tls()));
        return new Current(config, world, control, pools, shared, () -> stopped);
    }

    private TlsProvider provider(TlsKind kind) {
        TlsProvider provider = TlsProvider.of(kind);
        if (tls.getAndSet(provider) == null) {
            LOG.info("TLS is done by {}", provider.told(kind));
        }
        return provider;
    }

    private Secured.World secured(TlsKind kind) {
        TlsProvider provider = provider(kind);
        Path authority = world.authority();
        return new Secured.World(
                provider,
                loops,
                world.seeds(),
                world.wall(),
                staples,
                authority == null ? null : new AuthorityFile(authority));
    }

    /** Looks after certificates until it is the end. */
    private void lookAfterCertificates() {
        try {
            while (!stopped) {
                TimeUnit.MILLISECONDS.sleep(CERTIFICATES_MILLIS);
                try {
                    listeners.look(world.ticker().nanos());
                    staples.turn();
                } catch (RuntimeException e) {
                    // Whatever it was, the next certificate must still be seen.
                    LOG.error("looking after certificates failed", e);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- the control thread ----------------------------------------------------

    private long turn(long now) {
        long next = now + TimeUnit.MILLISECONDS.toNanos(Math.min(operator.expire(), 1_000));
        long due = listeners.turn(now, deploys.turn(now, pools.turn(now, next)));
        keeper.keep(pools.values());
        return due;
    }

    /** What a drill sees of the engine. */
    private final class Stage implements Drill.Stage {
        @Override
        public @Nullable RunningPool pool(String name) {
            return pools.find(name);
        }

        @Override
        public boolean stopped() {
            return stopped;
        }

        @Override
        public void tell(BackendKey key, String before, String after, String why) {
            var event = new Event(world.wall().epochMillis(), key.pool(), key, Event.Kind.DRILL, before, after, why);
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
            return pools.find(name);
        }

        @Override
        public void settle(RunningPool pool) {
            pools.settle(pool);
        }

        @Override
        public void left(Backend backend, Duration lasts) {
            pools.left(backend, lasts);
        }

        @Override
        public void tell(Event event) {
            Engine.this.changed(event);
        }

        @Override
        public @Nullable String claimed(String pool) {
            return deploys.claimed(pool);
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
        pools.follow(event);
    }

    // ---- what others may see ---------------------------------------------------

    /** What is in force; a reload changes it. */
    public Config config() {
        return current.config();
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
        return listeners.addresses();
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
        return pools.grade(pool);
    }

    /** Reading the configuration anew. */
    public Reloads reloads() {
        return reloads;
    }

    /** Deploys of its pools. */
    public Deploys deploys() {
        return deploys;
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
                pools.all(),
                listeners.all(),
                loops,
                spill,
                accessLog,
                staples.counts(),
                startedAt,
                world.wall().epochMillis());
    }

    /** How the rate limits of routes stand; looks at every key there is place for. */
    public List<RouteLimit> rateLimits() {
        return current.rateLimits();
    }

    // ---- stopping --------------------------------------------------------------

    /**
     * Stops: listeners close, idle connections close, exchanges finish; what has not finished after {@code grace} is cut.
     * A reload under way gives up. Blocks until all is done, but for a reload that looks up a name: what comes of that is
     * dropped. A second call returns at once.
     */
    public synchronized void stop(Duration grace) throws InterruptedException {
        if (stopped) {
            return;
        }
        stopped = true;
        reloads.end();
        listeners.drain();
        long deadline = world.ticker().nanos() + grace.toNanos();
        while (listeners.connections() > 0 && deadline - world.ticker().nanos() > 0) {
            TimeUnit.MILLISECONDS.sleep(STOP_POLL_MILLIS);
        }
        int left = listeners.connections();
        if (left > 0) {
            LOG.warn("{} connections were still open after {}: cut", left, grace);
            listeners.cut();
        }
        reloads.await(RELOAD_ENDS);
        control.stop();
        // What its last tasks changed is still to be kept; a start that failed on its way has nothing to say.
        if (!listeners.all().isEmpty()) {
            keeper.keep(pools.values());
        }
        keeper.close();
        for (Loop loop : loops.all()) {
            loop.executor().execute(() -> {
                pools.connectors().get(loop.lane()).closeIdle();
                accessLog.lane(loop.lane()).flush();
            });
        }
        staples.close();
        listeners.release();
        loops.close().await(5, TimeUnit.SECONDS);
        accessLog.close();
        logFile.close();
    }

    /** Stops with the configured grace. */
    @Override
    public void close() {
        try {
            stop(config().stop().grace());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
