package dev.fairlead.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.HealthConfig;
import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.core.pool.BackendState.Wish;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class WatchdogTest {
    private static final long MS = 1_000_000;

    @Test
    void newBackendsGetNoTrafficBeforeTheirFirstPassAndAllOfItRightAfter() {
        World world = World.checked(3);
        assertThat(world.serves(world.get(0))).isFalse();
        world.pass(Duration.ofMillis(10));
        assertThat(world.serves(world.get(0))).isTrue();
        assertThat(world.told(2)).containsExactly("UNCHECKED -> UP: first check passed");
    }

    @Test
    void changesOfManyBackendsAreTakenInByOneRefresh() {
        World world = World.checked(100);
        world.watchdog.tick(world.now);
        world.now += 500 * MS;
        List<Backend> due = world.watchdog.tick(world.now).checks();
        assertThat(due).hasSizeGreaterThan(90);
        int before = world.refreshes;
        due.forEach(b -> world.watchdog.onCheck(b, CheckResult.pass("", 1), world.now));
        assertThat(world.refreshes).isEqualTo(before);
        assertThat(world.watchdog.nextDue(world.now)).isEqualTo(world.now);
        world.watchdog.tick(world.now);
        assertThat(world.refreshes).isEqualTo(before + 1);
        world.watchdog.tick(world.now);
        assertThat(world.refreshes).isEqualTo(before + 1);
    }

    @Test
    void withoutACheckBackendsAreUpAtOnceAndNeverProbed() {
        World world = new World(2, World.OFF, World.EJECT, 1);
        world.turn();
        assertThat(world.told(0)).containsExactly("UNCHECKED -> UP: no check configured");
        world.seconds(60);
        assertThat(world.checks).isEmpty();
        world.traffic(0, Outcome.BROKEN, 5);
        assertThat(world.health(0)).isEqualTo(Health.EJECTED);
        world.seconds(31);
        assertThat(world.health(0)).isEqualTo(Health.UP);
    }

    @Test
    void aFailingBackendGoesAfterFallChecksAtTheFastIntervalAndReturnsAfterRise() {
        World world = World.up(3);
        world.failing.put(world.get(1), "connect refused");
        world.pass(Duration.ofMillis(2200 + 2 * 550));
        assertThat(world.told(1)).containsExactly("UP -> DOWN: check failed 3 times: connect refused");
        assertThat(world.serves(world.get(1))).isFalse();
        world.failing.clear();
        world.pass(Duration.ofMillis(2200 + 550));
        assertThat(world.told(1)).last().isEqualTo("DOWN -> UP: check passed 2 times");
        assertThat(world.serves(world.get(1))).isTrue();
    }

    @Test
    void aBackendOnHalfSecondChecksIsBackWithinItsOwedTime() {
        World world = new World(3, World.tcp(500, 500), World.EJECT, 3);
        world.seconds(5);
        world.failing.put(world.get(0), "connect refused");
        world.seconds(2);
        assertThat(world.health(0)).isEqualTo(Health.DOWN);
        world.failing.clear();
        world.pass(Duration.ofMillis(550 + 275));
        assertThat(world.health(0)).isEqualTo(Health.UP);
    }

    @Test
    void whileNothingIsUpEveryCheckHurries() {
        World world = World.up(3);
        world.backends.forEach(b -> world.failing.put(b, "connect refused"));
        world.seconds(60);
        assertThat(world.pool.roster().eligible()).isEmpty();
        world.failing.clear();
        world.pass(Duration.ofMillis(2 * 550));
        assertThat(world.pool.roster().eligible()).hasSize(3);
    }

    @Test
    void oneBackendIsNeverCheckedTwiceAtOnce() {
        World world = World.checked(1);
        world.slow.put(world.get(0), 1900 * MS);
        world.failing.put(world.get(0), "timeout after 2s");
        world.seconds(60);
        List<Long> began = world.checks.get(world.get(0));
        for (int i = 1; i < began.size(); i++) {
            assertThat(began.get(i) - began.get(i - 1)).isGreaterThanOrEqualTo(1900 * MS);
        }
        assertThat(world.checksUnderWay()).isLessThanOrEqualTo(1);
    }

    @Test
    void aCheckWithoutAnyResultCountsAsFailed() {
        World world = World.up(2);
        world.slow.put(world.get(0), 3_600_000 * MS);
        world.seconds(8);
        assertThat(world.health(0)).isEqualTo(Health.UP);
        world.seconds(20);
        assertThat(world.told(0)).containsExactly("UP -> DOWN: check failed 3 times: the check gave no result");
    }

    @Test
    void aCheckThatCouldNotBeMadeSaysNothing() {
        World world = World.up(1);
        for (int i = 0; i < 20; i++) {
            world.now += 3_000 * MS;
            world.watchdog
                    .tick(world.now)
                    .checks()
                    .forEach(b -> world.watchdog.onCheck(b, CheckResult.none("no socket", 1), world.now));
        }
        assertThat(world.health(0)).isEqualTo(Health.UP);
        world.failing.put(world.get(0), "connect refused");
        world.seconds(5);
        assertThat(world.health(0)).isEqualTo(Health.DOWN);
    }

    @Test
    void maintenanceEndsChecksAndLeavingItGoesThroughTheGate() {
        World world = World.up(2);
        world.traffic(0, Outcome.BROKEN, 5);
        world.wish(0, Wish.MAINT);
        assertThat(world.health(0)).isEqualTo(Health.UNCHECKED);
        assertThat(world.get(0).state().why()).isEqualTo("the operator wishes");
        int checks = world.checks.get(world.get(0)).size();
        world.seconds(60);
        assertThat(world.checks.get(world.get(0))).hasSize(checks);
        world.slow.put(world.get(0), 100 * MS);
        world.wish(0, Wish.READY);
        world.pass(Duration.ofMillis(99));
        assertThat(world.serves(world.get(0))).isFalse();
        world.pass(Duration.ofMillis(10));
        assertThat(world.serves(world.get(0))).isTrue();
    }

    @Test
    void aCheckBegunBeforeMaintenanceProvesNothingAfterIt() {
        World world = World.up(2);
        world.slow.put(world.get(0), 1500 * MS);
        while (world.checksUnderWay() == 0) {
            world.pass(Duration.ofMillis(1));
        }
        world.failing.put(world.get(0), "connect refused");
        world.wish(0, Wish.MAINT);
        world.wish(0, Wish.READY);
        world.pass(Duration.ofMillis(1510));
        assertThat(world.health(0)).isEqualTo(Health.UNCHECKED);
        world.pass(Duration.ofMillis(1510));
        assertThat(world.told(0)).last().isEqualTo("UNCHECKED -> DOWN: first check failed: connect refused");
    }

    @Test
    void membersAddedLaterAreGatedAndMembersRemovedAreForgotten() {
        World world = World.up(2);
        Backend gone = world.backends.remove(0);
        Backend added = world.backend();
        world.backends.add(added);
        world.publish();
        assertThat(world.serves(added)).isFalse();
        world.pass(Duration.ofMillis(5));
        assertThat(world.serves(added)).isTrue();
        int checks = world.checks.get(gone).size();
        world.seconds(30);
        assertThat(world.checks.get(gone)).hasSize(checks);
        world.watchdog.onCheck(gone, CheckResult.silent("late", 1), world.now);
        world.watchdog.onTrip(gone, Outcome.BROKEN, world.now);
    }

    @Test
    void whatWasLearnedSurvivesAReloadThatKeepsTheBackend() {
        World world = World.up(3);
        world.traffic(0, Outcome.BROKEN, 5);
        world.backends.add(world.backend());
        world.publish();
        assertThat(world.health(0)).isEqualTo(Health.EJECTED);
        assertThat(world.health(1)).isEqualTo(Health.UP);
        world.watchdog.reconfigure(World.care(World.tcp(1000, 100), World.EJECT), world.now);
        world.turn();
        assertThat(world.health(0)).isEqualTo(Health.EJECTED);
        world.seconds(31);
        assertThat(world.health(0)).isEqualTo(Health.UP);
    }

    @Test
    void switchingChecksOffLetsEveryoneInAndOnKeepsThem() {
        World world = World.checked(2);
        world.failing.put(world.get(0), "connect refused");
        world.seconds(5);
        assertThat(world.health(0)).isEqualTo(Health.DOWN);
        world.watchdog.reconfigure(World.care(World.OFF, World.EJECT), world.now);
        world.turn();
        assertThat(world.health(0)).isEqualTo(Health.UP);
        world.watchdog.reconfigure(World.care(World.TCP, World.EJECT), world.now);
        world.pass(Duration.ofMillis(100));
        assertThat(world.health(0)).isEqualTo(Health.UP);
        world.seconds(5);
        assertThat(world.health(0)).isEqualTo(Health.DOWN);
    }

    @Test
    void aThousandChecksAreSpreadEvenlyAndAtMostSoManyRunAtOnce() {
        World world = World.checked(1000);
        world.seconds(20);
        int[] perTenth = new int[20];
        long from = world.now;
        world.checks.values().forEach(List::clear);
        world.seconds(2);
        world.checks
                .values()
                .forEach(list -> list.forEach(at -> perTenth[(int) Math.min((at - from) / (100 * MS), 19)]++));
        assertThat(Arrays.stream(perTenth).boxed())
                .allSatisfy(count -> assertThat(count).isBetween(25, 80));

        world.backends.forEach(b -> world.slow.put(b, 2000 * MS));
        world.backends.forEach(b -> world.failing.put(b, "timeout after 2s"));
        for (int i = 0; i < 300; i++) {
            world.pass(Duration.ofMillis(100));
            assertThat(world.checksUnderWay()).isLessThanOrEqualTo(HealthConfig.AT_ONCE);
        }
        assertThat(world.backends)
                .allSatisfy(b -> assertThat(b.state().health()).isEqualTo(Health.DOWN));
    }

    private static HealthConfig patient(int atOnce) {
        Duration interval = Duration.ofSeconds(2);
        Duration fast = Duration.ofMillis(500);
        Duration slow = Duration.ofSeconds(20);
        var tcp = new HealthConfig.TcpCheck();
        return new HealthConfig(null, tcp, null, null, interval, fast, slow, null, 3, 2, null, null, atOnce);
    }

    @Test
    void aBackendThatStaysDownIsCheckedLessOften() {
        var world = new World(2, patient(512), World.EJECT, 42);
        world.failing.put(world.get(0), "refused");
        world.seconds(60);
        world.checks.values().forEach(List::clear);
        world.seconds(100);
        assertThat(world.checks.get(world.get(0))).hasSizeBetween(4, 6);
        assertThat(world.checks.get(world.get(1))).hasSizeBetween(45, 55);

        world.failing.clear();
        world.seconds(25);
        assertThat(world.health(0)).isEqualTo(Health.UP);
    }

    @Test
    void noMoreChecksRunAtOnceThanConfigured() {
        var world = new World(10, patient(3), World.EJECT, 42);
        world.backends.forEach(b -> world.slow.put(b, 100 * MS));
        for (int i = 0; i < 500; i++) {
            world.pass(Duration.ofMillis(10));
            assertThat(world.checksUnderWay()).isLessThanOrEqualTo(3);
        }
        assertThat(world.backends)
                .allSatisfy(b -> assertThat(b.state().health()).isEqualTo(Health.UP));
    }

    @Test
    void aNewCapIsTakenInForThoseWhoWaitForAPlace() {
        World world = new World(2, World.OFF, World.EJECT, 1);
        world.seconds(5);
        long before = world.pool.roster().version();
        world.seconds(5);
        assertThat(world.pool.roster().version()).isEqualTo(before);
        world.watchdog.cap(world.get(0), 7, "test", world.now);
        world.seconds(1);
        assertThat(world.pool.roster().version()).isGreaterThan(before);
    }

    @Test
    void aCheckUnderWayWhenAnotherIsConfiguredProvesNothing() {
        World world = World.up(2);
        world.wish(0, Wish.MAINT);
        world.slow.put(world.get(0), 1500 * MS);
        world.wish(0, Wish.READY);
        while (world.checksUnderWay() == 0) {
            world.pass(Duration.ofMillis(1));
        }
        world.failing.put(world.get(0), "connect refused");
        world.watchdog.reconfigure(World.care(World.tcp(1000, 100), World.EJECT), world.now);
        world.pass(Duration.ofMillis(1510));
        assertThat(world.health(0)).isEqualTo(Health.UNCHECKED);
        world.pass(Duration.ofMillis(1710));
        assertThat(world.health(0)).isEqualTo(Health.DOWN);
    }
}
