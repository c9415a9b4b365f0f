package dev.fairlead.server.control;

import dev.fairlead.core.config.Config;
import dev.fairlead.core.config.PoolConfig;
import dev.fairlead.core.config.Problem;
import dev.fairlead.core.config.RouteConfig;
import dev.fairlead.core.route.RouteTable;
import dev.fairlead.net.http.ErrorReplies;
import dev.fairlead.net.http.RateGate;
import dev.fairlead.net.http.Routing;
import dev.fairlead.net.http.Target;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * The configuration in force, and how another one takes its place: whatever may fail comes first, and changes nothing.
 *
 * <p>Read by anyone; changed by one thread at a time, which may wait.
 */
final class Current {
    /** Longest time for new backends to show whether they work before those they replace are given up. */
    private static final Duration FIRST_CHECKS = Duration.ofSeconds(5);

    private static final long LOOK_MILLIS = 5;

    /** What is in force, as a whole. */
    private record Live(Config config, Routing routing) {}

    private final Surroundings world;
    private final Control control;
    private final Pools pools;
    private final Listeners listeners;
    private final BooleanSupplier stopped;
    private volatile Live live;

    /** @param pools those of {@code config}, already made */
    Current(
            Config config,
            Surroundings world,
            Control control,
            Pools pools,
            Listeners.Shared shared,
            BooleanSupplier stopped) {
        this.world = world;
        this.control = control;
        this.pools = pools;
        this.stopped = stopped;
        this.live = new Live(config, routing(table(config), pools, RateGate.of(config.routes(), world.seeds())));
        this.listeners = new Listeners(shared, this::routing);
    }

    private RouteTable table(Config config) {
        return RouteTable.of(
                routes(config),
                List.copyOf(config.pools().keySet()),
                world.seeds().next());
    }

    /** Where connections are passed on to some pools, the one that is left needs no routes, either. */
    private static List<RouteConfig> routes(Config config) {
        Set<String> passed = config.passed();
        if (!config.routes().isEmpty() || passed.isEmpty()) {
            return config.routes();
        }
        return config.pools().keySet().stream()
                .filter(pool -> !passed.contains(pool))
                .limit(1)
                .map(pool -> new RouteConfig(new RouteConfig.MatchConfig(null, null), pool, null))
                .toList();
    }

    private static Routing routing(RouteTable table, Pools pools, List<RateGate> gates) {
        List<Target> targets = pools.values().stream().map(RunningPool::target).toList();
        return new Routing(table, targets, gates);
    }

    Config config() {
        return live.config();
    }

    Routing routing() {
        return live.routing();
    }

    Listeners listeners() {
        return listeners;
    }

    /** How many backends are on their way out. */
    int leaving() {
        return pools.leaving();
    }

    /** Listeners on their way out that still have connections. */
    List<LeavingListener> leavingListeners() {
        return listeners.leaving(world.ticker().nanos());
    }

    /** How the rate limits of routes stand; looks at every key there is place for. */
    List<RouteLimit> rateLimits() {
        Live now = live;
        return RouteLimit.of(
                now.config().routes(), now.routing().gates(), world.ticker().nanos());
    }

    /** Binds the first listeners. */
    void bind() throws IOException, InterruptedException {
        listeners.bind(config().listeners(), ErrorReplies.of(config().errors()));
    }

    /** Brings another configuration into force, but for what only a restart can. */
    Reloaded change(Config wanted, List<Problem> warnings) throws InterruptedException {
        Live now = live;
        Config next = Differences.feasible(now.config(), wanted);
        Pools.Plan plan;
        Listeners.Plan doors;
        RouteTable table;
        List<RateGate> gates;
        try {
            // Names are looked up here, which may take long.
            plan = pools.plan(next.pools());
            table = table(next);
            gates = RateGate.of(
                    next.routes(),
                    world.seeds(),
                    now.config().routes(),
                    now.routing().gates());
            if (stopped.getAsBoolean()) {
                return Reloads.STOPPING;
            }
            doors = listeners.plan(next.listeners(), ErrorReplies.of(next.errors()));
        } catch (IOException | IllegalStateException e) {
            return new Reloaded.Refused(String.valueOf(e.getMessage()));
        }
        boolean agreed = false;
        try {
            agreed = agreed(plan, () -> live = new Live(next, routing(table, pools, gates)));
        } finally {
            if (!agreed) {
                listeners.undo(doors);
            }
        }
        // Last, for whoever connects to a new one is to find the new routes.
        if (!agreed || !listeners.swap(doors, world.ticker().nanos(), lasts(now.config(), next))) {
            return Reloads.STOPPING;
        }
        return new Reloaded.Done(
                changes(now.config(), next, plan, doors), Differences.restart(now.config(), wanted), warnings);
    }

    /**
     * Has the new pools take the place of the old ones; where that cannot be, the old ones are as they were.
     *
     * @param publish brings the new routes into force
     * @return false when it is too late for it
     */
    private boolean agreed(Pools.Plan plan, Runnable publish) throws InterruptedException {
        Live before = live;
        // Either this was done, or it never will be.
        control.ask(() -> {
            pools.arrive(plan);
            return true;
        });
        boolean agreed = false;
        try {
            awaitFirstChecks(plan);
            agreed = control.ask(() -> {
                if (stopped.getAsBoolean()) {
                    return false;
                }
                // First the routes: nobody new shall come to a pool that is about to go.
                pools.enter(plan);
                publish.run();
                pools.depart(plan);
                return true;
            });
        } finally {
            if (!agreed) {
                control.execute(() -> {
                    live = before;
                    pools.retreat(plan);
                });
            }
        }
        return agreed;
    }

    /** How long connections of a listener that goes may stay: as long as any backend's may, and at least as when all stops. */
    private static Duration lasts(Config was, Config is) {
        return Stream.of(was, is)
                .flatMap(config -> Stream.concat(
                        Stream.of(config.stop().grace()),
                        config.pools().values().stream().map(PoolConfig::drain)))
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    /** Who replaces others is let in before they go, so that there is always someone to send work to. */
    private void awaitFirstChecks(Pools.Plan plan) throws InterruptedException {
        long end = world.ticker().nanos() + FIRST_CHECKS.toNanos();
        while (!stopped.getAsBoolean()
                && pools.awaited(plan)
                && end - world.ticker().nanos() > 0) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    private List<String> changes(Config was, Config is, Pools.Plan plan, Listeners.Plan doors) {
        List<String> changes = new ArrayList<>(plan.changes());
        changes.addAll(doors.changes());
        for (String key : Differences.keys(was, is)) {
            if (!key.equals("pools") && !key.equals("listeners")) {
                changes.add(key + " changed");
            }
        }
        return changes;
    }
}
