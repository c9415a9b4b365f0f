package dev.fairlead.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.PoolConfig.SlowStartConfig;
import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.core.pool.BackendState.Wish;
import dev.fairlead.core.pool.Lease;
import dev.fairlead.core.pool.Pool;
import dev.fairlead.core.pool.Tried;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The life of a backend between gate and gone, as the operator and time bring it about. */
class LifecycleTest {
    private static final Duration DEADLINE = Duration.ofMinutes(5);

    private static List<String> told(World world, Event.Kind kind) {
        return world.events.stream()
                .filter(e -> e.kind() == kind)
                .map(e -> e.before() + " -> " + e.after() + ": " + e.why())
                .toList();
    }

    private static int share(World world, int index) {
        return world.get(index).state().share();
    }

    // ---- drain -----------------------------------------------------------------

    @Test
    void aDrainIsDoneWhenNothingIsLeftInWork() {
        World world = World.up(2);
        Lease lease = world.use(world.get(0));
        world.wish(0, Wish.DRAIN);
        assertThat(world.serves(world.get(0))).isFalse();
        world.seconds(10);
        assertThat(world.watchdog.drained(world.get(0))).isFalse();
        assertThat(world.watchdog.drainLeft(world.get(0), world.now))
                .isEqualTo(DEADLINE.minusSeconds(10).toNanos());
        lease.close(Outcome.OK, world.now);
        world.seconds(1);
        assertThat(world.watchdog.drained(world.get(0))).isTrue();
        assertThat(told(world, Event.Kind.DRAINED)).singleElement().asString().startsWith("drain -> drained: nothing");
        assertThat(world.cut).isEmpty();
    }

    @Test
    void whatIsLeftAtTheDeadlineIsCutOnce() {
        World world = World.up(2);
        Lease lease = world.use(world.get(0));
        var order = new Order(Wish.DRAIN, "deploy", Duration.ofSeconds(7), null, 1);
        world.watchdog.order(world.get(0), order, world.now);
        world.pass(Duration.ofMillis(6_990));
        assertThat(world.cut).isEmpty();
        world.seconds(60);
        assertThat(world.cut).containsExactly(world.get(0));
        assertThat(told(world, Event.Kind.DRAINED))
                .containsExactly("drain -> drained: the deadline has passed: cut 1 in work");
        lease.close(Outcome.UNUSED, world.now);
        assertThat(world.watchdog.drained(world.get(0))).isTrue();
    }

    @Test
    void whatSlipsInRightAfterADrainWasDoneIsCutAtTheDeadlineToo() {
        World world = World.up(2);
        Backend backend = world.get(0);
        // An event loop that still looks at the roster of before.
        var before = new Pool("app", roster -> (key, tried) -> backend, world.ejector, List.of(backend));
        world.watchdog.order(backend, new Order(Wish.DRAIN, "deploy", Duration.ofSeconds(7), null, 1), world.now);
        world.turn();
        assertThat(world.watchdog.drained(backend)).isTrue();
        assertThat(before.acquire(0, 0, new Tried(), world.now)).isInstanceOf(Lease.class);
        world.pass(Duration.ofMillis(6_990));
        assertThat(world.watchdog.drained(backend)).isFalse();
        assertThat(world.cut).isEmpty();
        world.seconds(60);
        assertThat(world.cut).containsExactly(backend);
        assertThat(told(world, Event.Kind.DRAINED))
                .last()
                .asString()
                .endsWith("the deadline has passed: cut 1 in work");
    }

    @Test
    void aDrainWithoutRenewalEndsAtTheGate() {
        World world = World.up(2);
        var order = new Order(Wish.DRAIN, "deploy", null, Duration.ofSeconds(10), 1);
        world.watchdog.order(world.get(0), order, world.now);
        world.seconds(8);
        world.watchdog.order(world.get(0), order, world.now);
        world.seconds(8);
        assertThat(world.get(0).state().wish()).isEqualTo(Wish.DRAIN);
        world.failing.put(world.get(0), "connect refused");
        world.seconds(3);
        assertThat(world.get(0).state().wish()).isEqualTo(Wish.READY);
        assertThat(told(world, Event.Kind.WISH)).last().asString().contains("lease was not renewed");
        assertThat(world.health(0)).isEqualTo(Health.DOWN);
        assertThat(world.serves(world.get(0))).isFalse();
    }

    @Test
    void theReasonOfADrainStaysWhateverChecksSay() {
        World world = World.up(2);
        world.wish(0, Wish.DRAIN);
        world.failing.put(world.get(0), "connect refused");
        world.seconds(10);
        assertThat(world.health(0)).isEqualTo(Health.DOWN);
        assertThat(world.get(0).state().why()).isEqualTo("the operator wishes");
        assertThat(world.told(0)).last().asString().contains("connect refused");
    }

    @Test
    void aDrainWithoutRenewalEndsAtTheGateThatItAskedFor() {
        World world = World.up(2);
        world.watchdog.order(world.get(0), new Order(Wish.DRAIN, "deploy", null, Duration.ofSeconds(3), 4), world.now);
        // A renewal that says nothing of it asks for as many.
        world.watchdog.order(world.get(0), new Order(Wish.DRAIN, "deploy", null, Duration.ofSeconds(3), 0), world.now);
        world.seconds(8);
        assertThat(world.told(0)).last().asString().isEqualTo("UNCHECKED -> UP: check passed 4 times");
    }

    @Test
    void whoWaitsAtTheGateMayBeAskedForMore() {
        World world = World.checked(2);
        world.watchdog.order(world.get(0), new Order(Wish.READY, "careful", null, null, 3), world.now);
        world.seconds(5);
        assertThat(world.told(0)).last().asString().isEqualTo("UNCHECKED -> UP: check passed 3 times");
        assertThat(world.told(1)).last().asString().contains("first check passed");
    }

    @Test
    void whoComesBackFromADrainPassesTheGateAsOftenAsAsked() {
        World world = World.up(2);
        world.wish(0, Wish.DRAIN);
        world.seconds(5);
        world.checks.clear();
        world.watchdog.order(world.get(0), new Order(Wish.READY, "deployed", null, null, 3), world.now);
        world.turn();
        assertThat(world.health(0)).isEqualTo(Health.UNCHECKED);
        world.pass(Duration.ofMillis(600));
        assertThat(world.health(0)).isEqualTo(Health.UNCHECKED);
        world.seconds(1);
        assertThat(world.health(0)).isEqualTo(Health.UP);
        assertThat(world.checks.get(world.get(0))).hasSizeGreaterThanOrEqualTo(3);
        assertThat(world.told(0)).last().asString().isEqualTo("UNCHECKED -> UP: check passed 3 times");
    }

    @Test
    void aFailureOnTheWayThroughTheGateStartsTheCountAgain() {
        var tracker = new Tracker(Tracker.Verdict.UP);
        tracker.gate(3, "gated");
        CheckResult pass = CheckResult.pass("", 1);
        CheckResult fail = CheckResult.sick("status 500", 1);
        assertThat(tracker.take(pass, World.TCP)).isFalse();
        assertThat(tracker.take(pass, World.TCP)).isFalse();
        assertThat(tracker.take(fail, World.TCP)).isTrue();
        assertThat(tracker.verdict()).isEqualTo(Tracker.Verdict.DOWN);
        assertThat(tracker.take(pass, World.TCP)).isFalse();
        assertThat(tracker.take(pass, World.TCP)).isFalse();
        assertThat(tracker.take(pass, World.TCP)).isTrue();
        assertThat(tracker.verdict()).isEqualTo(Tracker.Verdict.UP);
        assertThat(tracker.take(fail, World.TCP)).isFalse();
    }

    // ---- slow start ------------------------------------------------------------

    @Test
    void whoStartsTogetherStartsWhole() {
        World world = new World(3, World.TCP, World.EJECT, 1);
        world.seconds(2);
        assertThat(world.backends).allMatch(b -> b.state().share() == 100);
    }

    @Test
    void whoComesBackGetsAGrowingShare() {
        World world = World.up(3);
        world.failing.put(world.get(0), "connect refused");
        world.seconds(5);
        world.failing.clear();
        world.seconds(3);
        assertThat(world.health(0)).isEqualTo(Health.UP);
        int last = share(world, 0);
        assertThat(last).isEqualTo(10);
        for (int i = 0; i < 30; i++) {
            world.seconds(1);
            assertThat(share(world, 0)).isGreaterThanOrEqualTo(last).isLessThanOrEqualTo(last + 10);
            last = share(world, 0);
        }
        assertThat(last).isEqualTo(100);
        assertThat(told(world, Event.Kind.SHARE)).containsExactly("slow start -> up: has its whole share");
        assertThat(world.backends).allMatch(b -> b.state().share() == 100);
    }

    @Test
    void whoComesBackToNobodyStartsWhole() {
        World world = World.up(2);
        world.backends.forEach(b -> world.failing.put(b, "connect refused"));
        world.seconds(8);
        world.failing.clear();
        world.seconds(3);
        assertThat(world.backends)
                .allMatch(b -> b.state().takesNew() && b.state().share() == 100);
    }

    @ParameterizedTest
    @CsvSource({"LINEAR, 10, 25, 50, 75", "AGGRESSIVE, 10, 50, 70, 85"})
    void rampsGrowAsTheyAreCalled(SlowStartConfig.Shape shape, int atOnce, int quarter, int half, int late) {
        var config = new SlowStartConfig(Duration.ofSeconds(40), shape);
        var ramp = new Ramp();
        long begun = Long.MAX_VALUE - 1_000_000_000L;
        ramp.begin(begun);
        assertThat(ramp.share(config, begun)).isEqualTo(atOnce);
        assertThat(ramp.share(config, begun + 10_000_000_000L)).isEqualTo(quarter);
        assertThat(ramp.share(config, begun + 20_000_000_000L)).isEqualTo(half);
        assertThat(ramp.share(config, begun + 30_000_000_000L)).isEqualTo(late);
        assertThat(ramp.next(config, begun + 20_000_000_000L)).isEqualTo(begun + 22_000_000_000L);
        assertThat(ramp.active()).isTrue();
        assertThat(ramp.share(config, begun + 40_000_000_000L)).isEqualTo(100);
        assertThat(ramp.active()).isFalse();
    }

    // ---- degraded, silent, warm-up ---------------------------------------------

    @Test
    void aDegradedBackendKeepsServingWithTheShareItsCheckAsksFor() {
        World world = World.up(2);
        Backend backend = world.get(0);
        world.watchdog.tick(world.now);
        world.now += 3_000_000_000L;
        assertThat(world.watchdog.tick(world.now).checks()).contains(backend);
        world.watchdog.onCheck(backend, CheckResult.degraded(40, "degraded: db", 1), world.now);
        assertThat(backend.state().takesNew()).isTrue();
        assertThat(backend.state().share()).isEqualTo(40);
        assertThat(backend.state().worth()).isEqualTo(40);
        assertThat(told(world, Event.Kind.SHARE)).containsExactly("100% -> 40%: the check asks for it: degraded: db");
        world.seconds(5);
        assertThat(backend.state().share()).isEqualTo(100);
    }

    @Test
    void panicTakesInThoseThatAnswerAndEndsWhenEnoughAreBack() {
        World world = new World(3, World.care(World.TCP, World.EJECT), 0.5, 1);
        world.seconds(5);
        world.failing.put(world.get(0), "status 500");
        world.failing.put(world.get(1), "connect refused");
        world.sick.add(world.get(0));
        world.seconds(5);
        assertThat(world.pool.roster().panic()).isTrue();
        assertThat(world.pool.roster().eligible()).containsExactly(world.get(0), world.get(2));
        assertThat(world.get(1).state().silent()).isTrue();
        assertThat(told(world, Event.Kind.PANIC)).singleElement().asString().startsWith("calm -> panic: 1 of 3");
        world.failing.clear();
        world.seconds(3);
        assertThat(world.pool.roster().panic()).isFalse();
        assertThat(told(world, Event.Kind.PANIC)).last().asString().startsWith("panic -> calm: ");
    }

    @Test
    void nobodyServesBeforeItIsWarm() {
        Care care = World.care(World.TCP, World.EJECT);
        var warm = new Care(
                care.health(),
                care.eject(),
                care.slowStart(),
                true,
                Duration.ofSeconds(10),
                care.hedge(),
                care.drain());
        World world = new World(1, warm, 0, 1);
        world.seconds(2);
        assertThat(world.warmed).containsExactly(world.get(0));
        assertThat(world.health(0)).isEqualTo(Health.UNCHECKED);
        world.watchdog.onWarm(world.get(0), "3 of 3 paths answered", world.now);
        world.turn();
        assertThat(world.health(0)).isEqualTo(Health.UP);
        assertThat(world.get(0).state().why()).isEqualTo("first check passed; warmed up: 3 of 3 paths answered");
        world.watchdog.onWarm(world.get(0), "again", world.now);
        assertThat(world.get(0).state().why()).doesNotContain("again");
    }

    @Test
    void aWarmUpThatNeverEndsDoesNotKeepItOutForEver() {
        Care care = World.care(World.TCP, World.EJECT);
        var warm = new Care(
                care.health(),
                care.eject(),
                care.slowStart(),
                true,
                Duration.ofSeconds(10),
                care.hedge(),
                care.drain());
        World world = new World(1, warm, 0, 1);
        world.seconds(14);
        assertThat(world.health(0)).isEqualTo(Health.UNCHECKED);
        world.seconds(3);
        assertThat(world.health(0)).isEqualTo(Health.UP);
    }
}
