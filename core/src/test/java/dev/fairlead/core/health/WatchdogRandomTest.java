package dev.fairlead.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.HealthConfig;
import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendKey;
import dev.fairlead.core.pool.BackendState;
import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.core.pool.BackendState.Wish;
import dev.fairlead.core.pool.Lease;
import dev.fairlead.core.pool.Roster;
import dev.fairlead.core.pool.Tried;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random lives of small pools; what must hold is checked after every step. A failure names its seed. */
class WatchdogRandomTest {
    private static final Outcome[] OUTCOMES = Outcome.values();

    private final Set<Backend> passed = new HashSet<>();
    private final Map<Backend, Long> ejectedSince = new HashMap<>();
    private final Map<Backend, Long> deadlines = new HashMap<>();
    private final List<Lease> inWork = new ArrayList<>();
    private int seenEvents;

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3})
    void invariantsHoldAfterEveryStep(long block) {
        for (long seed = block * 50; seed < block * 50 + 50; seed++) {
            live(seed);
        }
    }

    private void live(long seed) {
        var random = new SplittableRandom(seed);
        passed.clear();
        ejectedSince.clear();
        deadlines.clear();
        inWork.clear();
        seenEvents = 0;
        HealthConfig health = random.nextInt(5) == 0 ? World.OFF : World.TCP;
        double panicBelow = random.nextBoolean() ? 0.5 : 0;
        World world = new World(random.nextInt(1, 7), World.care(health, World.EJECT), panicBelow, seed);
        for (int step = 0; step < 300; step++) {
            String what = step(world, random);
            world.turn();
            try {
                check(world, health);
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ", step " + step + ", " + what + ", " + world.backends, e);
            }
        }
        recovers(world, seed);
    }

    private String step(World world, SplittableRandom random) {
        int size = world.backends.size();
        if (size == 0) {
            world.backends.add(world.backend());
            world.publish();
            return "add to none";
        }
        Backend backend = world.get(random.nextInt(size));
        switch (random.nextInt(15)) {
            case 0, 1, 2 -> world.pass(Duration.ofMillis(random.nextInt(3000)));
            case 3 -> world.seconds(random.nextInt(40));
            case 4, 5 -> world.traffic(backend, OUTCOMES[random.nextInt(OUTCOMES.length)], random.nextInt(8));
            case 6 -> world.failing.put(backend, "connect refused");
            case 7, 8 -> world.failing.remove(backend);
            case 10 -> {
                int weight = random.nextInt(3);
                world.watchdog.weigh(backend, weight, "at random", world.now);
            }
            case 11 -> {
                if (world.pool.acquire(0, random.nextLong(), new Tried(), world.now) instanceof Lease lease) {
                    inWork.add(lease);
                }
            }
            case 12 -> {
                if (!inWork.isEmpty()) {
                    Lease lease = inWork.remove(random.nextInt(inWork.size()));
                    lease.firstByte(world.now);
                    lease.close(OUTCOMES[random.nextInt(OUTCOMES.length)], world.now);
                }
            }
            case 9, 13 -> order(world, backend, random);
            default -> {
                if (random.nextBoolean() && size < 8) {
                    world.backends.add(world.backend());
                } else {
                    world.backends.remove(backend);
                }
                world.publish();
            }
        }
        return "on " + backend;
    }

    private void order(World world, Backend backend, SplittableRandom random) {
        Wish wish = Wish.values()[random.nextInt(3)];
        Duration deadline = random.nextBoolean() ? null : Duration.ofSeconds(random.nextInt(1, 20));
        Duration lease = random.nextBoolean() ? null : Duration.ofSeconds(random.nextInt(1, 20));
        boolean begins = backend.state().wish() != Wish.DRAIN;
        world.watchdog.order(backend, new Order(wish, "at random", deadline, lease, random.nextInt(1, 4)), world.now);
        if (wish != Wish.DRAIN) {
            deadlines.remove(backend);
        } else if (deadline != null) {
            deadlines.put(backend, world.now + deadline.toNanos());
        } else if (begins) {
            deadlines.put(backend, world.now + Duration.ofMinutes(5).toNanos());
        }
    }

    /** Who may not have work has none, whatever the need; a drain is never longer than its deadline. */
    private void checkWishes(World world) {
        Roster roster = world.pool.roster();
        for (Backend backend : roster.eligible()) {
            BackendState state = backend.state();
            assertThat(state.wish()).as("wish of %s", backend).isEqualTo(Wish.READY);
            assertThat(state.health()).as("health of %s", backend).isNotEqualTo(Health.UNCHECKED);
            assertThat(state.weight()).as("weight of %s", backend).isPositive();
            assertThat(roster.panic() || state.takesNew())
                    .as("eligible %s", backend)
                    .isTrue();
            assertThat(state.takesNew() || !state.silent())
                    .as("answers: %s", backend)
                    .isTrue();
        }
        for (Backend backend : roster.all()) {
            assertThat(backend.state().share()).isBetween(1, 100);
            if (backend.state().wish() != Wish.DRAIN) {
                // Its lease may have ended.
                deadlines.remove(backend);
            }
            Long deadline = deadlines.get(backend);
            if (deadline != null && deadline - world.now <= 0) {
                boolean over = backend.inflight() == 0 || world.cut.contains(backend);
                assertThat(over).as("drain of %s is over", backend).isTrue();
            }
        }
    }

    private void check(World world, HealthConfig health) {
        checkWishes(world);
        for (Event event : world.events.subList(seenEvents, world.events.size())) {
            follow(world, event);
        }
        seenEvents = world.events.size();

        boolean anyTakes = false;
        boolean anyCould = false;
        for (Backend backend : world.backends) {
            BackendState state = backend.state();
            anyTakes |= state.takesNew();
            anyCould |= state.wish() == Wish.READY && state.weight() > 0 && state.health() == Health.EJECTED;
            boolean ejected = state.health() == Health.EJECTED;
            if (ejected) {
                long since = ejectedSince.computeIfAbsent(backend, b -> world.now);
                assertThat(world.now - since)
                        .isLessThanOrEqualTo(World.EJECT.maxTime().toNanos());
            } else {
                ejectedSince.remove(backend);
            }
            if (state.takesNew() && !health.off()) {
                assertThat(passed).as("passed a check").contains(backend);
            }
            if (!world.pool.roster().panic()) {
                assertThat(world.pool.roster().eligible().contains(backend)).isEqualTo(state.takesNew());
            }
        }
        assertThat(anyTakes || !anyCould)
                .as("no ejection leaves the pool without anyone")
                .isTrue();
    }

    /** Keeps the model of who has passed a check since the gate, and checks the ceiling at the moment of ejection. */
    private void follow(World world, Event event) {
        BackendKey key = event.backend();
        Backend backend = key == null ? null : world.pool.find(key);
        if (backend == null || event.kind() != Event.Kind.HEALTH) {
            return;
        }
        Health after = Health.valueOf(event.after().toUpperCase(Locale.ROOT));
        switch (after) {
            case UP, EJECTED -> {
                if (event.why().contains("passed")) {
                    passed.add(backend);
                }
            }
            case UNCHECKED -> passed.remove(backend);
            case DOWN -> {}
        }
        if (after == Health.EJECTED
                && event.why().startsWith("ejected")
                && backend.state().wish() == Wish.READY) {
            long wanted = world.backends.stream()
                    .filter(b -> b.state().wish() == Wish.READY && b.state().weight() > 0)
                    .count();
            long left = world.pool.roster().eligible().size();
            long out = world.backends.stream()
                    .filter(b -> b.state().health() == Health.EJECTED)
                    .count();
            if (backend.state().weight() > 0 && backend.state().health() == Health.EJECTED) {
                assertThat(left).as("left when ejecting " + event).isPositive();
                assertThat(2 * left >= wanted || out == 1)
                        .as("ceiling when ejecting " + event)
                        .isTrue();
            }
        }
    }

    /** However bad its life, a pool whose backends are well again serves with all of them. */
    private static void recovers(World world, long seed) {
        world.failing.clear();
        for (int i = 0; i < world.backends.size(); i++) {
            world.watchdog.weigh(world.get(i), 1, "well again", world.now);
            world.wish(i, Wish.READY);
        }
        world.seconds(301);
        assertThat(world.pool.roster().eligible()).as("seed " + seed).hasSameElementsAs(world.backends);
    }
}
