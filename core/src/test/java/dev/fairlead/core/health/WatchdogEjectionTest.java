package dev.fairlead.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.PoolConfig.EjectConfig;
import dev.fairlead.core.config.Share;
import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.core.pool.Lease;
import dev.fairlead.core.pool.Tried;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What real traffic does to health, and what brings a backend back from it. */
class WatchdogEjectionTest {
    @Test
    void consecutiveFailuresEjectAndThePassingCheckDoesNotBringItBack() {
        World world = World.up(3);
        world.traffic(0, Outcome.SERVER_ERROR, 5);
        assertThat(world.told(0))
                .containsExactly("UP -> EJECTED: ejected for 30s: 5 failures in a row, the last: server error");
        assertThat(world.serves(world.get(0))).isFalse();
        world.seconds(29);
        assertThat(world.checks.get(world.get(0))).hasSizeGreaterThan(10);
        assertThat(world.health(0)).isEqualTo(Health.EJECTED);
        world.seconds(2);
        assertThat(world.told(0)).last().isEqualTo("EJECTED -> UP: ejection over; on trial: 3 requests, one at a time");
        assertThat(world.serves(world.get(0))).isTrue();
    }

    @Test
    void ejectionsInARowLastLonger() {
        World world = World.up(3);
        for (int n = 1; n <= 4; n++) {
            world.traffic(0, Outcome.BROKEN, 5);
            assertThat(world.told(0)).last().asString().contains("ejected for " + 30 * n + "s");
            world.seconds(30L * n + 1);
        }
    }

    @Test
    void requestsUnderWayWhenItWasEjectedDoNotEjectItAgain() {
        World world = World.up(3);
        List<Lease> old = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            old.add((Lease) world.pool.acquire(0, 0, new Tried(), world.now));
        }
        world.traffic(0, Outcome.TIMED_OUT, 50);
        world.seconds(31);
        assertThat(world.health(0)).isEqualTo(Health.UP);
        old.forEach(lease -> lease.close(Outcome.TIMED_OUT, world.now));
        world.turn();
        assertThat(world.health(0)).isEqualTo(Health.UP);
        assertThat(world.get(0).onTrial()).isTrue();
    }

    @Test
    void aPoolOfOneNeverEjects() {
        World world = World.up(1);
        world.traffic(0, Outcome.BROKEN, 100);
        assertThat(world.health(0)).isEqualTo(Health.UP);
        assertThat(world.told(0))
                .containsExactly(
                        "UP -> UP: not ejected, nothing else takes work: 5 failures in a row, the last: broken");
    }

    @Test
    void aPoolOfTwoEjectsOneAndKeepsTheOther() {
        World world = World.up(2);
        world.traffic(0, Outcome.BROKEN, 5);
        world.traffic(1, Outcome.BROKEN, 5);
        assertThat(world.health(0)).isEqualTo(Health.EJECTED);
        assertThat(world.health(1)).isEqualTo(Health.UP);
    }

    @Test
    void neverMoreThanHalfOfThePoolIsEjected() {
        for (int size : new int[] {3, 4, 5, 10}) {
            World world = World.up(size);
            for (int i = 0; i < size; i++) {
                world.traffic(i, Outcome.BROKEN, 5);
            }
            assertThat(world.pool.roster().eligible()).hasSize(size - Math.max(1, size / 2));
        }
    }

    @Test
    void aRefusedBackendIsEjectedLaterWithoutFillingTheLog() {
        World world = World.up(2);
        world.traffic(0, Outcome.BROKEN, 5);
        for (int i = 0; i < 29; i++) {
            world.traffic(1, Outcome.BROKEN, 10);
            world.seconds(1);
        }
        assertThat(world.told(1)).hasSize(1);
        world.seconds(3);
        assertThat(world.health(0)).isEqualTo(Health.UP);
        world.traffic(1, Outcome.BROKEN, 5);
        assertThat(world.health(1)).isEqualTo(Health.EJECTED);
    }

    @Test
    void aBackendThatFailsItsChecksWhileEjectedShowsItAndServesTheRestOfItsTime() {
        World world = World.up(3);
        world.traffic(0, Outcome.BROKEN, 5);
        world.failing.put(world.get(0), "status 500");
        world.sick.add(world.get(0));
        world.seconds(6);
        assertThat(world.health(0)).isEqualTo(Health.DOWN);
        world.failing.clear();
        world.seconds(6);
        assertThat(world.told(0)).last().isEqualTo("DOWN -> EJECTED: check passed 2 times");
        world.seconds(20);
        assertThat(world.health(0)).isEqualTo(Health.UP);
    }

    @Test
    void aBackendThatDiedUnderItsRequestsIsBackOnTrialWhenItIsBack() {
        World world = World.up(3);
        world.failing.put(world.get(0), "connect refused");
        world.traffic(0, Outcome.BROKEN, 5);
        assertThat(world.health(0)).isEqualTo(Health.EJECTED);
        world.seconds(6);
        assertThat(world.health(0)).isEqualTo(Health.DOWN);
        world.failing.clear();
        world.seconds(2);
        assertThat(world.told(0))
                .last()
                .isEqualTo("EJECTED -> UP: ejection ended early: nobody was there, and someone is again;"
                        + " on trial: 3 requests, one at a time");
        assertThat(world.get(0).onTrial()).isTrue();
    }

    @Test
    void aRestartTooShortForTheVerdictIsSeenByTheChecksOfTheEjected() {
        World world = World.up(3);
        world.failing.put(world.get(0), "connect refused");
        world.traffic(0, Outcome.BROKEN, 5);
        world.pass(Duration.ofMillis(800));
        assertThat(world.health(0)).isEqualTo(Health.EJECTED);
        world.failing.clear();
        world.seconds(2);
        assertThat(world.health(0)).isEqualTo(Health.UP);
        assertThat(world.get(0).onTrial()).isTrue();
    }

    @Test
    void whoSeemsToDieAgainAndAgainIsNotBelievedForEver() {
        World world = World.up(3);
        for (int i = 0; i < 3; i++) {
            dieAndReturn(world, Outcome.BROKEN);
            assertThat(world.health(0)).isEqualTo(Health.UP);
        }
        dieAndReturn(world, Outcome.BROKEN);
        assertThat(world.health(0)).isEqualTo(Health.EJECTED);
        world.seconds(120);
        assertThat(world.health(0)).isEqualTo(Health.UP);
    }

    @Test
    void whoIsFoundGoneByTrafficAndByChecksIsBelievedEachTime() {
        World world = World.up(3);
        for (int i = 0; i < 10; i++) {
            dieAndReturn(world, Outcome.CONNECT_FAILED);
            assertThat(world.health(0)).isEqualTo(Health.UP);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONNECT_FAILED", "BROKEN"})
    void aRestartShorterThanTheFastIntervalIsSeenWhereverItFalls(Outcome last) {
        for (int i = 0; i < 20; i++) {
            World world = World.up(3);
            // The first time some are believed for less.
            for (int time = 0; time < 3; time++) {
                world.pass(Duration.ofMillis(37L * i));
                world.failing.put(world.get(0), "connect refused");
                world.traffic(0, last, 5);
                world.pass(Duration.ofMillis(100));
                world.failing.clear();
                world.seconds(3);
                assertThat(world.health(0)).isEqualTo(Health.UP);
            }
        }
    }

    private static void dieAndReturn(World world, Outcome last) {
        world.failing.put(world.get(0), "connect refused");
        world.traffic(0, last, 5);
        world.seconds(2);
        world.failing.clear();
        world.seconds(3);
    }

    @Test
    void aBackendThatDiedIsBackWhenItsChecksSaySo() {
        World world = new World(3, World.tcp(500, 500), World.EJECT, 1);
        world.seconds(5);
        world.failing.put(world.get(0), "connect refused");
        world.traffic(0, Outcome.CONNECT_FAILED, 5);
        assertThat(world.health(0)).isEqualTo(Health.EJECTED);
        world.seconds(3);
        assertThat(world.health(0)).isEqualTo(Health.DOWN);
        world.failing.clear();
        world.pass(Duration.ofMillis(1_200));
        assertThat(world.told(0)).last().isEqualTo("DOWN -> UP: check passed 2 times");
    }

    @Test
    void aBackendThatRefusedConnectionsForAMomentIsBelievedOnce() {
        World world = new World(3, World.tcp(500, 500), World.EJECT, 1);
        world.seconds(5);
        world.traffic(0, Outcome.CONNECT_FAILED, 5);
        assertThat(world.health(0)).isEqualTo(Health.EJECTED);
        world.pass(Duration.ofMillis(1_200));
        assertThat(world.told(0))
                .last()
                .isEqualTo(
                        "EJECTED -> UP: ejection ended early: it takes connections again; on trial: 3 requests, one at a time");
        world.traffic(0, Outcome.CONNECT_FAILED, 5);
        world.seconds(59);
        assertThat(world.health(0)).isEqualTo(Health.EJECTED);
        world.seconds(2);
        assertThat(world.told(0)).last().isEqualTo("EJECTED -> UP: ejection over; on trial: 3 requests, one at a time");
    }

    @Test
    void aSickCheckAloneDoesNotEndAnEjection() {
        World world = World.up(3);
        world.traffic(0, Outcome.CONNECT_FAILED, 5);
        world.failing.put(world.get(0), "status 500");
        world.sick.add(world.get(0));
        world.seconds(6);
        assertThat(world.health(0)).isEqualTo(Health.DOWN);
        world.failing.clear();
        world.seconds(6);
        assertThat(world.told(0))
                .containsSubsequence(
                        "DOWN -> EJECTED: check passed 2 times",
                        "EJECTED -> UP: ejection ended early: it takes connections again; on trial: 3 requests, one at a time");
    }

    @Test
    void anEjectionThatEndsBehindADownVerdictLeavesItDown() {
        World world = World.up(3);
        world.traffic(0, Outcome.BROKEN, 5);
        world.failing.put(world.get(0), "connect refused");
        world.seconds(60);
        assertThat(world.health(0)).isEqualTo(Health.DOWN);
        world.failing.clear();
        world.seconds(5);
        assertThat(world.told(0)).last().isEqualTo("DOWN -> UP: check passed 2 times");
        world.traffic(0, Outcome.BROKEN, 5);
        assertThat(world.health(0)).isEqualTo(Health.EJECTED);
    }

    @Test
    void theLastOneLeftIsCalledBackEarly() {
        World world = World.up(2);
        world.traffic(0, Outcome.BROKEN, 5);
        world.failing.put(world.get(1), "connect refused");
        world.seconds(5);
        assertThat(world.health(1)).isEqualTo(Health.DOWN);
        assertThat(world.told(0)).last().isEqualTo("EJECTED -> UP: ejection ended early: nothing else takes work");
        assertThat(world.serves(world.get(0))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aShortRowEjectsWhenTheOthersAreWell(int consecutive) {
        EjectConfig config = new EjectConfig(
                consecutive, new Share(0), 20, Duration.ZERO, 16, Duration.ofSeconds(30), Duration.ofSeconds(300), 3);
        World world = new World(2, World.TCP, config, 1);
        world.seconds(5);
        world.traffic(world.get(0), Outcome.SERVER_ERROR, consecutive);
        assertThat(world.health(0)).isEqualTo(Health.EJECTED);
    }
}
