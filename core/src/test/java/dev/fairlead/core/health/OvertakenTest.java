package dev.fairlead.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.pool.Acquired;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.core.pool.Lease;
import dev.fairlead.core.pool.Tried;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is seen of a backend in whose place others answer, because requests are sent twice. */
class OvertakenTest {
    private static final long AFTER = 20;

    private static World serving(Duration hedge) {
        Care care = World.care(World.TCP, World.EJECT);
        World world = new World(
                3,
                new Care(
                        care.health(),
                        care.eject(),
                        care.slowStart(),
                        care.warmUp(),
                        care.warmUpTime(),
                        hedge,
                        care.drain()),
                0,
                1);
        world.seconds(5);
        for (int i = 0; i < 100; i++) {
            tenth(world, Outcome.OK, 1, 1);
        }
        return world;
    }

    private static Lease use(World world, Backend wanted) {
        var tried = new Tried();
        Acquired acquired = world.pool.acquire(0, 0, tried, world.now);
        while (acquired instanceof Lease lease && lease.backend() != wanted) {
            lease.close(Outcome.UNUSED, world.now);
            acquired = world.pool.acquire(0, 0, tried, world.now);
        }
        if (acquired instanceof Lease lease) {
            return lease;
        }
        throw new AssertionError(wanted + " is not to be had");
    }

    private static void used(World world, int index, Outcome outcome, long millis) {
        long end = world.now + millis * 1_000_000;
        Lease lease = use(world, world.get(index));
        if (outcome == Outcome.OK) {
            lease.firstByte(end);
        }
        lease.close(outcome, end);
    }

    /** A tenth of a second in which the others answer, and the first comes to {@code outcome} so often. */
    private static void tenth(World world, Outcome outcome, int times, long othersMillis) {
        for (int i = 0; i < times && world.health(0) == Health.UP; i++) {
            used(world, 0, outcome, outcome == Outcome.OK ? 1 : AFTER);
        }
        used(world, 1, Outcome.OK, othersMillis);
        used(world, 2, Outcome.OK, othersMillis);
        world.pass(Duration.ofMillis(100));
    }

    private static int tenthsUntilEjected(World world, int every) {
        for (int tenths = 0; tenths < 200; tenths++) {
            if (world.health(0) == Health.EJECTED) {
                return tenths;
            }
            tenth(world, Outcome.OVERTAKEN, tenths % every == 0 ? 1 : 0, 1);
        }
        throw new AssertionError("not ejected");
    }

    @Test
    void whoHangsIsNoticedThoughOthersAnswerInItsPlace() {
        World world = serving(Duration.ZERO);
        assertThat(tenthsUntilEjected(world, 1)).isBetween(15, 30);
        assertThat(world.get(0).state().why())
                .contains("answered none of ")
                .contains("in 2s before another backend did, the others ");
        assertThat(world.health(1)).isEqualTo(Health.UP);
    }

    @Test
    void oneRequestASecondIsEnough() {
        World world = serving(Duration.ZERO);
        assertThat(tenthsUntilEjected(world, 10)).isLessThanOrEqualTo(125);
    }

    @Test
    void anyAnswerOfItsOwnClearsIt() {
        World world = serving(Duration.ZERO);
        for (int i = 0; i < 1_000; i++) {
            tenth(world, i % 15 == 0 ? Outcome.OK : Outcome.OVERTAKEN, 1, 1);
        }
        assertThat(world.health(0)).isEqualTo(Health.UP);
    }

    @Test
    void aShortPauseIsNoSilence() {
        World world = serving(Duration.ZERO);
        for (int i = 0; i < 20; i++) {
            for (int j = 0; j < 12; j++) {
                tenth(world, Outcome.OVERTAKEN, 5, 1);
            }
            tenth(world, Outcome.OK, 1, 1);
        }
        assertThat(world.health(0)).isEqualTo(Health.UP);
    }

    @Test
    void aBurstBeforeNothingMoreComesIsNoSilence() {
        World world = serving(Duration.ZERO);
        tenth(world, Outcome.OVERTAKEN, 50, 1);
        for (int i = 0; i < 200; i++) {
            tenth(world, Outcome.OVERTAKEN, 0, 1);
        }
        assertThat(world.health(0)).isEqualTo(Health.UP);
    }

    @Test
    void whoIsOnlyAskedBesideOthersAndNotWaitedForIsNotSilent() {
        World world = serving(Duration.ZERO);
        for (int i = 0; i < 200; i++) {
            tenth(world, Outcome.DROPPED, 5, 1);
        }
        assertThat(world.health(0)).isEqualTo(Health.UP);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 5})
    void whereOthersAreAskedSoonerThanAnswersComeBeingOvertakenIsUsual(long after) {
        World world = serving(Duration.ofMillis(after));
        for (int i = 0; i < 100; i++) {
            tenth(world, Outcome.OK, 1, 2 * after);
        }
        for (int i = 0; i < 200; i++) {
            tenth(world, Outcome.OVERTAKEN, 1, 2 * after);
        }
        assertThat(world.health(0)).isEqualTo(Health.UP);
    }

    @Test
    void thoseThatAreLeftToWaitCountTogetherWithTheOvertaken() {
        World world = serving(Duration.ZERO);
        for (int i = 0; i < 3; i++) {
            use(world, world.get(0));
        }
        world.pass(Duration.ofMillis(500));
        for (int i = 0; i < 20 && world.health(0) == Health.UP; i++) {
            tenth(world, Outcome.OVERTAKEN, i < 8 ? 1 : 0, 1);
        }
        assertThat(world.health(0)).isEqualTo(Health.EJECTED);
    }

    @Test
    void whoComesBackOnTrialAndStillHangsGoesAgain() {
        World world = serving(Duration.ZERO);
        tenthsUntilEjected(world, 1);
        for (int i = 0; i < 400 && world.health(0) == Health.EJECTED; i++) {
            tenth(world, Outcome.OK, 0, 1);
        }
        assertThat(world.get(0).onTrial()).isTrue();
        assertThat(tenthsUntilEjected(world, 1)).isLessThanOrEqualTo(30);
    }
}
