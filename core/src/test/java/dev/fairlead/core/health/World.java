package dev.fairlead.core.health;

import dev.fairlead.core.config.HealthConfig;
import dev.fairlead.core.config.PoolConfig.EjectConfig;
import dev.fairlead.core.config.PoolConfig.SlowStartConfig;
import dev.fairlead.core.config.Share;
import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendKey;
import dev.fairlead.core.pool.BackendState;
import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.core.pool.BackendState.Wish;
import dev.fairlead.core.pool.Lease;
import dev.fairlead.core.pool.Line;
import dev.fairlead.core.pool.Pool;
import dev.fairlead.core.pool.Tried;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A pool, its watchdog and a control loop on manual time; what backends answer is set by the test. */
final class World {
    static final EjectConfig EJECT = new EjectConfig(
            5, new Share(0.25), 20, Duration.ofSeconds(2), 16, Duration.ofSeconds(30), Duration.ofSeconds(300), 3);
    static final HealthConfig TCP = tcp(2000, 500);
    static final HealthConfig OFF =
            new HealthConfig(null, null, Duration.ofSeconds(2), Duration.ofMillis(500), Duration.ofSeconds(2), 3, 2);

    static final SlowStartConfig SLOW = new SlowStartConfig(Duration.ofSeconds(30), SlowStartConfig.Shape.LINEAR);

    private record Trip(Backend backend, Outcome last) {}

    private record Running(Backend backend, long end, CheckResult result) {}

    final List<Backend> backends = new ArrayList<>();
    final List<Event> events = new ArrayList<>();
    final Pool pool;
    final Ejector ejector;
    final Watchdog watchdog;

    /** Whether checks of it pass; absent means they do. */
    final Map<Backend, String> failing = new LinkedHashMap<>();

    /** Those of the failing that answer. */
    final Set<Backend> sick = new HashSet<>();

    /** How long a check takes; absent means no time. */
    final Map<Backend, Long> slow = new LinkedHashMap<>();

    /** When checks of each began. */
    final Map<Backend, List<Long>> checks = new LinkedHashMap<>();

    final List<Backend> cut = new ArrayList<>();
    final List<Backend> warmed = new ArrayList<>();

    private final ArrayDeque<Trip> trips = new ArrayDeque<>();
    private final List<Running> running = new ArrayList<>();
    private int named;
    int refreshes;

    /** Near the end of the range, so that times wrap. */
    long now = Long.MAX_VALUE - 20_000_000_000L;

    World(int size, HealthConfig health, EjectConfig eject, long seed) {
        this(size, care(health, eject), 0, seed);
    }

    World(int size, Care care, double panicBelow, long seed) {
        for (int i = 0; i < size; i++) {
            backends.add(backend());
        }
        this.ejector =
                new Ejector(care.eject().consecutive(), (backend, last, when) -> trips.add(new Trip(backend, last)));
        this.pool = new Pool(
                "app",
                roster -> {
                    refreshes++;
                    return (key, tried) -> roster.eligible().stream()
                            .filter(b -> !tried.skips(b))
                            .findFirst()
                            .orElse(null);
                },
                ejector,
                panicBelow,
                Line.NONE,
                backends);
        this.watchdog = new Watchdog(pool, care, this::millis, new SplittableRandom(seed), events::add);
    }

    /** One whose backends wait for their first check. */
    static World checked(int size) {
        return new World(size, TCP, EJECT, 42);
    }

    /** One whose backends have been up for a while. */
    static World up(int size) {
        World world = checked(size);
        world.seconds(5);
        world.events.clear();
        return world;
    }

    static Care care(HealthConfig health, EjectConfig eject) {
        return new Care(health, eject, SLOW, false, Duration.ofSeconds(10), Duration.ZERO, Duration.ofSeconds(300));
    }

    static HealthConfig tcp(long intervalMillis, long fastMillis) {
        return new HealthConfig(
                null,
                new HealthConfig.TcpCheck(),
                Duration.ofMillis(intervalMillis),
                Duration.ofMillis(fastMillis),
                Duration.ofSeconds(2),
                3,
                2);
    }

    Backend backend() {
        int number = named++;
        return new Backend(
                new BackendKey("app", "b" + number),
                InetSocketAddress.createUnresolved("b" + number, 80),
                BackendState.gated(1, 0),
                1024,
                1);
    }

    Backend get(int index) {
        return backends.get(index);
    }

    Health health(int index) {
        return get(index).state().health();
    }

    long millis() {
        return (now - (Long.MAX_VALUE - 20_000_000_000L)) / 1_000_000;
    }

    /** Lets time pass; everything due happens when it is due. */
    void pass(Duration duration) {
        long end = now + duration.toNanos();
        turn();
        while (true) {
            long next = watchdog.nextDue(now);
            for (Running check : running) {
                next = check.end - next < 0 ? check.end : next;
            }
            if (next - end > 0) {
                break;
            }
            // A tick that did all it could must not be due again at once.
            now = Math.max(next - now, 1) + now;
            turn();
        }
        now = end;
        turn();
    }

    void seconds(long seconds) {
        pass(Duration.ofSeconds(seconds));
    }

    /** One round of the control loop. */
    void turn() {
        while (!trips.isEmpty()) {
            Trip trip = trips.poll();
            watchdog.onTrip(trip.backend, trip.last, now);
        }
        for (Running check : List.copyOf(running)) {
            if (check.end - now <= 0) {
                running.remove(check);
                watchdog.onCheck(check.backend, check.result, now);
            }
        }
        Todo todo = watchdog.tick(now);
        cut.addAll(todo.cuts());
        warmed.addAll(todo.warmUps());
        for (Backend backend : todo.checks()) {
            checks.computeIfAbsent(backend, b -> new ArrayList<>()).add(now);
            String fault = failing.get(backend);
            long took = slow.getOrDefault(backend, 0L);
            running.add(new Running(backend, now + took, result(backend, fault, took)));
        }
        if (running.stream().anyMatch(check -> check.end - now <= 0)) {
            turn();
        }
    }

    private CheckResult result(Backend backend, @Nullable String fault, long took) {
        if (fault == null) {
            return CheckResult.pass("", took);
        }
        return sick.contains(backend) ? CheckResult.sick(fault, took) : CheckResult.silent(fault, took);
    }

    int checksUnderWay() {
        return running.size();
    }

    /** Real traffic that ends so, {@code times} in a row, on this backend. */
    void traffic(Backend backend, Outcome outcome, int times) {
        for (int i = 0; i < times; i++) {
            ejector.closed(backend, outcome, now);
        }
        turn();
    }

    void traffic(int index, Outcome outcome, int times) {
        traffic(get(index), outcome, times);
    }

    /** A use of this backend, had the way an exchange has it. */
    Lease use(Backend wanted) {
        var tried = new Tried();
        while (pool.acquire(0, 0, tried, now) instanceof Lease lease) {
            if (lease.backend() == wanted) {
                return lease;
            }
            lease.close(Outcome.UNUSED, now);
        }
        throw new AssertionError(wanted + " is not to be had");
    }

    /** Whether the pool would give this backend work, asked the way an exchange asks. */
    boolean serves(Backend wanted) {
        var tried = new Tried();
        for (int i = 0; i < Tried.MAX; i++) {
            if (!(pool.acquire(0, 0, tried, now) instanceof Lease lease)) {
                return false;
            }
            lease.close(Outcome.UNUSED, now);
            if (lease.backend() == wanted) {
                return true;
            }
        }
        return false;
    }

    void wish(int index, Wish wish) {
        watchdog.order(get(index), Order.of(wish, "the operator wishes"), now);
        turn();
    }

    void publish() {
        pool.publish(backends);
        turn();
    }

    List<String> told(int index) {
        return events.stream()
                .filter(e -> get(index).key().equals(e.backend()))
                .filter(e -> e.kind() == Event.Kind.HEALTH || e.kind() == Event.Kind.SPARED)
                .map(e -> e.before().toUpperCase(Locale.ROOT) + " -> "
                        + e.after().toUpperCase(Locale.ROOT) + ": " + e.why())
                .toList();
    }
}
