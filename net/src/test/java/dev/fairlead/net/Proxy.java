package dev.fairlead.net;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.fairlead.core.balance.Balancers;
import dev.fairlead.core.config.BalanceConfig;
import dev.fairlead.core.config.RuntimeConfig.TransportKind;
import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.limit.Crowd;
import dev.fairlead.core.limit.KeyedHash;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendKey;
import dev.fairlead.core.pool.BackendState;
import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.core.pool.BackendState.Wish;
import dev.fairlead.core.pool.Line;
import dev.fairlead.core.pool.Pool;
import dev.fairlead.core.route.RouteTable;
import dev.fairlead.core.time.Seeds;
import dev.fairlead.core.time.Ticker;
import dev.fairlead.core.time.WallClock;
import dev.fairlead.net.connect.BackendPools;
import dev.fairlead.net.http.AccessLog;
import dev.fairlead.net.http.ErrorReplies;
import dev.fairlead.net.http.Hedges;
import dev.fairlead.net.http.HttpCounters;
import dev.fairlead.net.http.HttpCounters.Count;
import dev.fairlead.net.http.HttpDoor;
import dev.fairlead.net.http.PoolCounters;
import dev.fairlead.net.http.RateGate;
import dev.fairlead.net.http.RetryBudgets;
import dev.fairlead.net.http.Routing;
import dev.fairlead.net.http.SpillSpace;
import dev.fairlead.net.http.Target;
import dev.fairlead.net.http.h1.H1Clients;
import dev.fairlead.net.tls.Turns;
import dev.fairlead.net.transport.Listener;
import dev.fairlead.net.transport.Loop;
import dev.fairlead.net.transport.Loops;
import dev.fairlead.net.transport.Transport;
import dev.fairlead.testkit.RawClient;
import dev.fairlead.testkit.RecordingBackend;
import io.netty.channel.SingleThreadIoEventLoop;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The data plane between real sockets: one listener, one pool, a few loops. Closing it checks what must hold after every
 * story: no lease, no exchange and no connection is left, and nothing was logged as an error.
 */
public final class Proxy implements AutoCloseable {
    private final Loops loops;
    private final HttpCounters counters;
    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
    private final AccessLog log;
    private final Path spillFolder;
    private final SpillSpace spill;
    private final List<BackendPools> connectors = new ArrayList<>();
    private final List<H1Clients> clients = new ArrayList<>();
    private final List<Backend> backends = new ArrayList<>();
    private final List<RawClient> opened = new CopyOnWriteArrayList<>();
    private final List<Outcome> outcomes = new CopyOnWriteArrayList<>();
    private final Pool pool;
    private final @Nullable Hedges hedges;
    private final RetryBudgets budgets;
    private final Listener listener;
    private final ListAppender<ILoggingEvent> errors = new ListAppender<>();
    private volatile boolean draining;
    private boolean closed;

    /** A proxy on this transport. */
    public static ProxyPlan on(TransportKind transport) {
        return new ProxyPlan(transport);
    }

    Proxy(ProxyPlan plan, InetSocketAddress... addresses) throws IOException, InterruptedException {
        errors.start();
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).addAppender(errors);
        loops = Loops.start(
                Transport.of(plan.transport),
                plan.loops,
                new Loops.Most(plan.buffers, plan.connectionBuffer, plan.exchanges),
                Ticker.system(),
                WallClock.system(),
                Seeds.fixed(1));
        counters = new HttpCounters(plan.loops);
        spillFolder = Files.createTempDirectory("fairlead-spill-test");
        spill = new SpillSpace(spillFolder, plan.spill);
        log = new AccessLog(lines, plan.loops, 1 << 20);
        for (InetSocketAddress address : addresses) {
            backends.add(new Backend(
                    new BackendKey("app", address.getHostString() + ":" + address.getPort()),
                    address,
                    new BackendState(Wish.READY, Health.UP, 1, 0, "test"),
                    plan.caps == null ? Backend.Caps.fixed(plan.cap) : plan.caps,
                    plan.loops));
        }
        pool = new Pool(
                "app",
                Balancers.of(new BalanceConfig.RoundRobin()),
                (backend, outcome, now) -> outcomes.add(outcome),
                0,
                new Line(
                        plan.queue,
                        plan.fair,
                        loops.all().stream().map(Loop::executor).toList()),
                backends);
        budgets = new RetryBudgets(plan.budget, plan.loops, Ticker.system().nanos());
        hedges = plan.hedges();
        var routing = new Routing(
                RouteTable.of(plan.routes, List.of("app"), 1),
                List.of(new Target(pool, plan.poolPolicy(), null, budgets, hedges, new PoolCounters(plan.loops))),
                RateGate.of(plan.routes, Seeds.fixed(2)));
        var crowd = new Crowd(plan.maxConnections, plan.perClient, new KeyedHash(1, 2));
        for (Loop loop : loops.all()) {
            var connector = new BackendPools(loop);
            connectors.add(connector);
            var door = new HttpDoor(
                    loop,
                    "web",
                    plan.clientPolicy(),
                    () -> routing,
                    connector,
                    counters.lane(loop.lane()),
                    log.lane(loop.lane()),
                    ErrorReplies.of(plan.errors),
                    spill,
                    () -> draining);
            clients.add(new H1Clients(door, plan.trusted, crowd, new Turns(loop)));
        }
        listener = Listener.bind(
                loops,
                new InetSocketAddress(plan.listen, 0),
                (channel, loop) -> clients.get(loop.lane()).accept(channel));
    }

    public InetSocketAddress address() {
        return listener.address();
    }

    /** A new client connection; closed with the proxy at the latest. */
    public RawClient client() {
        return client(0);
    }

    /** A new client connection with a receive buffer of about this size. */
    public RawClient client(int receiveBuffer) {
        RawClient client = RawClient.connect(address(), receiveBuffer);
        opened.add(client);
        return client;
    }

    public long count(Count count) {
        return counters.sum(count);
    }

    /** How many retries the budget did not allow. */
    public long retriesRefused() {
        return budgets.refused();
    }

    public long failed(Failure failure) {
        return counters.sum(failure);
    }

    /** The backend of this number, as the pool sees it. */
    public Backend backend(int number) {
        return backends.get(number);
    }

    /** How many wait for a place. */
    public int waiting() {
        return pool.line().waiting();
    }

    /** Bytes of bodies on disk. */
    public long spilled() {
        return spill.used();
    }

    /** Names in the folder for bodies on disk. */
    public int spillNames() {
        return Objects.requireNonNull(spillFolder.toFile().list()).length;
    }

    /** Takes the folder for bodies on disk away, or brings it back. */
    public void spillFolder(boolean there) {
        try {
            if (there) {
                Files.createDirectory(spillFolder);
            } else {
                Files.delete(spillFolder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How often sending a request twice came to this. */
    public long hedges(Hedges.Result result) {
        return Objects.requireNonNull(hedges).sum(result);
    }

    /** What the uses of backends came to, in order. */
    public List<Outcome> outcomes() {
        return outcomes;
    }

    /** Takes a backend down, as the watchdog would. */
    public void down(int number) {
        Backend backend = backends.get(number);
        backend.update(state -> state.withHealth(Health.DOWN, 0, "test"));
        pool.refresh();
        onLoops(lane -> connectors.get(lane).leave(backend));
    }

    /** Wishes this of a backend, as an operator would. */
    public void wish(int number, Wish wish) {
        backends.get(number).update(state -> state.withWish(wish, 0, "test"));
        pool.refresh();
    }

    /** Bytes in buffers, as of the last tick. */
    public long held() {
        return loops.buffers().held();
    }

    /** Kept connections to backends, over all loops. */
    public int kept() {
        return sum(lane -> connectors.get(lane).kept());
    }

    /** Open client connections, over all loops. */
    public int connections() {
        return sum(lane -> clients.get(lane).size());
    }

    /** Stops accepting, closes what is idle, and the rest after its present exchange. */
    public void drain() {
        draining = true;
        listener.close().awaitUninterruptibly();
        onLoops(lane -> clients.get(lane).drain());
    }

    /** Everything that is open on the loops, the listener included. */
    private int channels() {
        if (loops.transport().name().equals("io_uring")) {
            // There Netty's count only grows, though nothing is left.
            return draining ? 0 : 1;
        }
        return sum(lane -> {
            try {
                var count = SingleThreadIoEventLoop.class.getDeclaredMethod("getNumOfRegisteredChannels");
                count.setAccessible(true);
                return (int) count.invoke(loops.all().get(lane).executor());
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("Netty changed", e);
            }
        });
    }

    private void onLoops(Consumer<Integer> action) {
        var _ = sum(lane -> {
            action.accept(lane);
            return 0;
        });
    }

    private int sum(ToIntFunction<Integer> part) {
        var sum = new AtomicInteger();
        for (Loop loop : loops.all()) {
            loop.executor()
                    .submit(() -> sum.addAndGet(part.applyAsInt(loop.lane())))
                    .syncUninterruptibly();
        }
        return sum.get();
    }

    /** The access-log lines so far. */
    public List<String> lines() {
        onLoops(lane -> log.lane(lane).flush());
        RecordingBackend.await("the access log", () -> count(Count.REQUESTS) - count(Count.ACTIVE) <= written());
        return text().lines().toList();
    }

    private long written() {
        return text().lines().count();
    }

    private String text() {
        synchronized (lines) {
            return lines.toString(StandardCharsets.UTF_8);
        }
    }

    /** What was logged as an error so far. */
    public List<String> errors() {
        synchronized (errors) {
            return List.copyOf(errors.list).stream()
                    .filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                    .map(event -> event.getFormattedMessage()
                            + (event.getThrowableProxy() == null
                                    ? ""
                                    : ": " + event.getThrowableProxy().getClassName() + " "
                                            + event.getThrowableProxy().getMessage()))
                    .toList();
        }
    }

    /** What was logged so far was to be expected. */
    public void forgetErrors() {
        synchronized (errors) {
            errors.list.clear();
        }
    }

    /** Ends it, and fails when anything is left behind. A second call does nothing. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            opened.forEach(RawClient::reset);
            RecordingBackend.await("all client connections to be gone", () -> connections() == 0);
            assertThat(count(Count.ACTIVE)).as("exchanges left").isZero();
            assertThat(loops.inWork().all()).as("exchanges left on the loops").isZero();
            assertThat(count(Count.UNREAD)).as("slow readers left").isZero();
            assertThat(count(Count.CONNECTIONS_CLOSED))
                    .as("connections closed")
                    .isEqualTo(count(Count.CONNECTIONS_ACCEPTED));
            for (Backend backend : backends) {
                assertThat(backend.inflight()).as("leases left on " + backend).isZero();
            }
            RecordingBackend.await("no body to be left on disk", () -> spilled() == 0);
            assertThat(spillNames()).as("files of bodies").isZero();
            onLoops(lane -> connectors.get(lane).closeIdle());
            assertThat(kept()).as("idle backend connections").isZero();
            RecordingBackend.await("every connection to a backend to be gone", () -> channels() == (draining ? 0 : 1));
            assertThat(errors()).as("logged errors").isEmpty();
        } finally {
            listener.close().awaitUninterruptibly();
            loops.close().awaitUninterruptibly();
            log.close();
            var _ = spillFolder.toFile().delete();
            ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).detachAppender(errors);
        }
    }
}
