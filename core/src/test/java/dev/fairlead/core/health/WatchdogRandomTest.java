package dev.fairlead.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.HealthConfig;
import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendKey;
import dev.fairlead.core.pool.BackendState;
import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.core.pool.BackendState.Wish;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
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
        seenEvents = 0;
        HealthConfig health = random.nextInt(5) == 0 ? World.OFF : World.TCP;
        World world = new World(random.nextInt(1, 7), health, World.EJECT, seed);
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

    private static String step(World world, SplittableRandom random) {
        int size = world.backends.size();
        if (size == 0) {
            world.backends.add(world.backend());
            world.publish();
            return "add to none";
        }
        Backend backend = world.get(random.nextInt(size));
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> world.pass(Duration.ofMillis(random.nextInt(3000)));
            case 3 -> world.seconds(random.nextInt(40));
            case 4, 5 -> world.traffic(backend, OUTCOMES[random.nextInt(OUTCOMES.length)], random.nextInt(8));
            case 6 -> world.failing.put(backend, "connect refused");
            case 7, 8 -> world.failing.remove(backend);
            case 9 -> world.wish(world.backends.indexOf(backend), Wish.values()[random.nextInt(3)]);
            case 10 -> {
                int weight = random.nextInt(3);
                world.watchdog.weigh(backend, weight, "at random", world.now);
            }
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

    private void check(World world, HealthConfig health) {
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
            assertThat(world.pool.roster().eligible().contains(backend)).isEqualTo(state.takesNew());
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
