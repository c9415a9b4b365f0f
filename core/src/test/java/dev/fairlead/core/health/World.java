package dev.fairlead.core.health;

import dev.fairlead.core.config.HealthConfig;
import dev.fairlead.core.config.PoolConfig.EjectConfig;
import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendKey;
import dev.fairlead.core.pool.BackendState;
import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.core.pool.BackendState.Wish;
import dev.fairlead.core.pool.Lease;
import dev.fairlead.core.pool.Pool;
import dev.fairlead.core.pool.Tried;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A pool, its watchdog and a control loop on manual time; what backends answer is set by the test. */
final class World {
    static final EjectConfig EJECT = new EjectConfig(5, Duration.ofSeconds(30), Duration.ofSeconds(300));
    static final HealthConfig TCP = tcp(2000, 500);
    static final HealthConfig OFF =
            new HealthConfig(null, null, Duration.ofSeconds(2), Duration.ofMillis(500), Duration.ofSeconds(2), 3, 2);

    private record Trip(Backend backend, Outcome last) {}

    private record Running(Backend backend, long end, CheckResult result) {}

    final List<Backend> backends = new ArrayList<>();
    final List<HealthEvent> events = new ArrayList<>();
    final Pool pool;
    final Ejector ejector;
    final Watchdog watchdog;

    /** Whether checks of it pass; absent means they do. */
    final Map<Backend, String> failing = new LinkedHashMap<>();

    /** How long a check takes; absent means no time. */
    final Map<Backend, Long> slow = new LinkedHashMap<>();

    /** When checks of each began. */
    final Map<Backend, List<Long>> checks = new LinkedHashMap<>();

    private final ArrayDeque<Trip> trips = new ArrayDeque<>();
    private final List<Running> running = new ArrayList<>();
    private int named;
    int refreshes;

    /** Near the end of the range, so that times wrap. */
    long now = Long.MAX_VALUE - 20_000_000_000L;

    World(int size, HealthConfig health, EjectConfig eject, long seed) {
        for (int i = 0; i < size; i++) {
            backends.add(backend());
        }
        this.ejector = new Ejector(eject.consecutive(), (backend, last, when) -> trips.add(new Trip(backend, last)));
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
                backends);
        this.watchdog = new Watchdog(pool, health, eject, this::millis, new SplittableRandom(seed), events::add);
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
        for (Backend backend : watchdog.tick(now)) {
            checks.computeIfAbsent(backend, b -> new ArrayList<>()).add(now);
            String fault = failing.get(backend);
            long took = slow.getOrDefault(backend, 0L);
            running.add(new Running(
                    backend, now + took, fault == null ? CheckResult.pass("", took) : CheckResult.silent(fault, took)));
        }
        if (running.stream().anyMatch(check -> check.end - now <= 0)) {
            turn();
        }
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
        get(index).update(state -> state.withWish(wish, millis(), "the operator wishes"));
        pool.refresh();
        turn();
    }

    void publish() {
        pool.publish(backends);
        turn();
    }

    List<String> told(int index) {
        return events.stream()
                .filter(e -> e.backend().equals(get(index).key()))
                .map(e -> e.before() + " -> " + e.after() + ": " + e.why())
                .toList();
    }
}
