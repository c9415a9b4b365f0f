package dev.fairlead.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.health.Deploy.Stage;
import dev.fairlead.core.health.Deploy.State;
import dev.fairlead.core.health.Deploy.Terms;
import dev.fairlead.core.health.Deploy.View;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A deploy on manual time, with backends that are whatever the test says. */
class DeployTest {
    private static final long SECOND = 1_000_000_000L;

    /** What a backend is in the eyes of a pool. */
    private static final class Site {
        boolean wanted = true;
        boolean ours;
        boolean drained;
        boolean up = true;
        boolean whole = true;

        @Nullable
        String askedIfLost;
    }

    /** A pool that does what it is asked to, and writes it down. */
    private static final class Pool implements Deploy.Hands {
        final Map<String, Site> sites = new LinkedHashMap<>();
        final List<String> done = new ArrayList<>();

        @Nullable
        String refusal;

        Pool(int size) {
            for (int i = 0; i < size; i++) {
                sites.put("b" + i, new Site());
            }
        }

        Site get(int index) {
            Site site = sites.get("b" + index);
            assertThat(site).isNotNull();
            return site;
        }

        @Override
        public @Nullable View look(String address) {
            Site site = sites.get(address);
            return site == null
                    ? null
                    : new View(site.wanted, site.ours, site.drained, site.wanted && site.up, site.whole, "as it is");
        }

        @Override
        public @Nullable String drain(String address, Terms terms) {
            if (refusal != null) {
                return refusal;
            }
            Site site = sites.get(address);
            site.wanted = false;
            site.ours = true;
            site.drained = false;
            site.askedIfLost = null;
            done.add("drain " + address);
            return null;
        }

        @Override
        public void hold(String address, Terms terms, @Nullable String match) {
            Site site = sites.get(address);
            site.askedIfLost = match == null ? site.askedIfLost : match;
        }

        @Override
        public void release(String address, int passes, @Nullable String match, String why) {
            Site site = sites.get(address);
            site.wanted = true;
            site.ours = false;
            site.up = false;
            done.add("release " + address + " " + passes + " " + match);
        }
    }

    private static final Terms TERMS =
            new Terms(1, 3, "v2", Duration.ofSeconds(20), 0.5, Duration.ofSeconds(10), null, true);

    private long now = Long.MAX_VALUE - 30 * SECOND;

    private Deploy deploy(Pool pool, Terms terms) {
        var deploy = new Deploy(terms, List.copyOf(pool.sites.keySet()), pool, now);
        deploy.tick(now);
        return deploy;
    }

    /** Lets time pass while its caller lives. */
    private void alive(Deploy deploy, long seconds) {
        for (long i = 0; i < seconds; i++) {
            now += SECOND;
            deploy.renew(now);
            deploy.tick(now);
        }
    }

    private static List<Stage> stages(Deploy deploy) {
        return deploy.steps().stream().map(Deploy.Step::stage).toList();
    }

    /** Drains one and hands it over. */
    private Deploy handedOver(Pool pool, Terms terms) {
        Deploy deploy = deploy(pool, terms);
        pool.get(0).drained = true;
        deploy.tick(now);
        assertThat(stages(deploy).getFirst()).isEqualTo(Stage.YOURS);
        return deploy;
    }

    @Test
    void oneAfterTheOtherIsDrainedHandedOverGatedAndRamped() {
        var pool = new Pool(2);
        Deploy deploy = deploy(pool, TERMS);
        for (int i = 0; i < 2; i++) {
            Site site = pool.get(i);
            assertThat(stages(deploy).get(i)).isEqualTo(Stage.DRAINING);
            assertThat(deploy.report("b" + i, true, "", now)).isEqualTo("b" + i + " is not yours to change: draining");
            site.drained = true;
            deploy.tick(now);
            assertThat(stages(deploy).get(i)).isEqualTo(Stage.YOURS);
            site.whole = false;
            assertThat(deploy.report("b" + i, true, "", now)).isNull();
            assertThat(stages(deploy).get(i)).isEqualTo(Stage.GATE);
            // Told twice because the first answer was lost.
            assertThat(deploy.report("b" + i, true, "", now)).isNull();
            site.up = true;
            deploy.tick(now);
            assertThat(stages(deploy).get(i)).isEqualTo(Stage.RAMP);
            site.whole = true;
            deploy.tick(now);
        }
        assertThat(deploy.state()).isEqualTo(State.DONE);
        assertThat(stages(deploy)).containsOnly(Stage.DONE);
        assertThat(pool.done).containsExactly("drain b0", "release b0 3 v2", "drain b1", "release b1 3 v2");
    }

    @Test
    void aBatchGoesTogetherAndTheNextWaitsForAllOfIt() {
        var pool = new Pool(5);
        Deploy deploy = deploy(pool, new Terms(2, 1, null, TERMS.gateTime(), 0.5, TERMS.lease(), null, false));
        assertThat(pool.done).containsExactly("drain b0", "drain b1");
        pool.get(0).drained = true;
        deploy.tick(now);
        assertThat(deploy.report("b0", true, "", now)).isNull();
        pool.get(0).up = true;
        deploy.tick(now);
        assertThat(stages(deploy))
                .containsExactly(Stage.DONE, Stage.DRAINING, Stage.WAITING, Stage.WAITING, Stage.WAITING);
        pool.get(1).drained = true;
        deploy.tick(now);
        assertThat(deploy.report("b1", true, "", now)).isNull();
        pool.get(1).up = true;
        deploy.tick(now);
        assertThat(pool.done).endsWith("drain b2", "drain b3");
    }

    @Test
    void aChangeThatFailedIsUndoneByWhoSaysSoAndReturnsAsItWas() {
        var pool = new Pool(3);
        Deploy deploy = handedOver(pool, TERMS);
        assertThat(deploy.report("b0", false, "status 7", now)).isNull();
        assertThat(deploy.state()).isEqualTo(State.FAILED);
        assertThat(deploy.why()).isEqualTo("b0: status 7");
        assertThat(pool.done).containsExactly("drain b0", "release b0 3 null");
        assertThat(stages(deploy)).containsExactly(Stage.FAILED, Stage.WAITING, Stage.WAITING);
        assertThat(deploy.report("b0", false, "status 7", now)).isNull();
        assertThat(deploy.report("b1", true, "", now)).isEqualTo("the deploy has ended: failed: b0: status 7");
    }

    @Test
    void whoDoesNotComeThroughTheGateStaysBehindItAndNobodyElseIsTouched() {
        var pool = new Pool(2);
        Deploy deploy = handedOver(pool, TERMS);
        assertThat(deploy.report("b0", true, "", now)).isNull();
        alive(deploy, 19);
        assertThat(deploy.state()).isEqualTo(State.RUNNING);
        alive(deploy, 2);
        assertThat(deploy.state()).isEqualTo(State.FAILED);
        assertThat(deploy.why()).isEqualTo("b0: it did not pass the gate within 20s: as it is");
        // It is asked for what it was asked for.
        assertThat(pool.done).containsExactly("drain b0", "release b0 3 v2");
    }

    @Test
    void whoLeavesRotationWhileItRampsFailsTheDeploy() {
        var pool = new Pool(2);
        Deploy deploy = handedOver(pool, TERMS);
        pool.get(0).whole = false;
        assertThat(deploy.report("b0", true, "", now)).isNull();
        pool.get(0).up = true;
        deploy.tick(now);
        pool.get(0).up = false;
        deploy.tick(now);
        assertThat(deploy.why()).isEqualTo("b0: it left rotation after its deploy: as it is");
    }

    @Test
    void withoutAWordOfItsCallerItLapsesAndAsksForTheNewVersion() {
        var pool = new Pool(2);
        Deploy deploy = handedOver(pool, TERMS);
        alive(deploy, 30);
        assertThat(deploy.state()).isEqualTo(State.RUNNING);
        assertThat(pool.get(0).askedIfLost).isEqualTo("v2");
        now += 10 * SECOND;
        deploy.tick(now);
        assertThat(deploy.state()).isEqualTo(State.LAPSED);
        assertThat(deploy.why()).isEqualTo("nothing was heard of its caller for 10s");
        assertThat(pool.done).containsExactly("drain b0", "release b0 3 v2");
        assertThat(deploy.leaseLeft(now)).isZero();
    }

    @Test
    void whatNobodyHasTouchedIsNotAskedForTheNewVersion() {
        var pool = new Pool(2);
        Deploy deploy = deploy(pool, TERMS);
        deploy.renew(now);
        assertThat(pool.get(0).askedIfLost).isNull();
        deploy.abort("enough");
        assertThat(deploy.state()).isEqualTo(State.ABORTED);
        assertThat(pool.done).containsExactly("drain b0", "release b0 3 null");
        deploy.abort("again");
        assertThat(deploy.why()).isEqualTo("enough");
    }

    @Test
    void abortingWhatWasHandedOverAsksForTheNewVersion() {
        var pool = new Pool(2);
        Deploy deploy = handedOver(pool, TERMS);
        deploy.abort("enough");
        assertThat(pool.done).containsExactly("drain b0", "release b0 3 v2");
    }

    @Test
    void whatAnOperatorHasOutIsTheirs() {
        var pool = new Pool(3);
        pool.get(0).wanted = false;
        Deploy deploy = deploy(pool, TERMS);
        assertThat(stages(deploy)).containsExactly(Stage.LEFT_OUT, Stage.DRAINING, Stage.WAITING);
        // And what they take out meanwhile.
        pool.get(2).wanted = false;
        pool.get(1).ours = false;
        deploy.tick(now);
        assertThat(deploy.state()).isEqualTo(State.FAILED);
        assertThat(deploy.why()).isEqualTo("b1: it is not ours any more: as it is");
        assertThat(pool.done).containsExactly("drain b1");
    }

    @Test
    void whoHasLeftIsLeftOut() {
        var pool = new Pool(2);
        Deploy deploy = handedOver(pool, new Terms(1, 1, null, TERMS.gateTime(), 0.5, TERMS.lease(), null, false));
        pool.sites.remove("b1");
        assertThat(deploy.report("b0", true, "", now)).isNull();
        pool.get(0).up = true;
        deploy.tick(now);
        assertThat(deploy.state()).isEqualTo(State.DONE);
        assertThat(stages(deploy)).containsExactly(Stage.DONE, Stage.LEFT_OUT);
    }

    @Test
    void aDrainThatIsRefusedEndsItAndGivesBackWhatItHolds() {
        var pool = new Pool(3);
        pool.refusal = "too few";
        Deploy deploy = deploy(pool, TERMS);
        assertThat(deploy.state()).isEqualTo(State.FAILED);
        assertThat(deploy.why()).isEqualTo("b0: too few");
        assertThat(pool.done).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = State.class,
            names = {"DONE", "FAILED", "ABORTED", "LAPSED"})
    void whatHasEndedStaysAsItIs(State how) {
        var pool = new Pool(1);
        Deploy deploy = handedOver(pool, new Terms(1, 1, null, TERMS.gateTime(), 0, TERMS.lease(), null, false));
        switch (how) {
            case DONE -> {
                assertThat(deploy.report("b0", true, "", now)).isNull();
                pool.get(0).up = true;
            }
            case FAILED -> assertThat(deploy.report("b0", false, "", now)).isNull();
            case ABORTED -> deploy.abort("enough");
            default -> now += 11 * SECOND;
        }
        deploy.tick(now);
        assertThat(deploy.state()).isEqualTo(how);
        long revision = deploy.revision();
        var done = List.copyOf(pool.done);
        now += 100 * SECOND;
        pool.get(0).up = false;
        deploy.tick(now);
        deploy.renew(now);
        deploy.abort("late");
        assertThat(deploy.revision()).isEqualTo(revision);
        assertThat(pool.done).isEqualTo(done);
        assertThat(deploy.state()).isEqualTo(how);
    }

    /** Whatever happens, never more than a batch is out for it, and nothing once it has ended. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void neverMoreThanABatchIsOutAndNothingAfterTheEnd(long seed) {
        var random = new SplittableRandom(seed);
        var ends = new ArrayList<State>();
        for (int round = 0; round < 2_000; round++) {
            var pool = new Pool(random.nextInt(1, 7));
            int batch = random.nextInt(1, 4);
            Deploy deploy = deploy(
                    pool, new Terms(batch, 2, "v2", TERMS.gateTime(), 0, TERMS.lease(), null, random.nextBoolean()));
            for (int i = 0; i < 400 && deploy.state() == State.RUNNING; i++) {
                step(pool, deploy, random);
                assertThat(pool.sites.values().stream().filter(site -> site.ours))
                        .hasSizeLessThanOrEqualTo(batch);
            }
            deploy.abort("the test is over");
            assertThat(pool.sites.values()).noneMatch(site -> site.ours);
            ends.add(deploy.state());
        }
        assertThat(ends).contains(State.DONE, State.FAILED, State.ABORTED, State.LAPSED);
    }

    private void step(Pool pool, Deploy deploy, SplittableRandom random) {
        now += random.nextLong(2 * SECOND);
        String address = "b" + random.nextInt(7);
        Site site = pool.sites.get(address);
        switch (random.nextInt(100)) {
            case 0 -> deploy.abort("at random");
            case 1 -> now += random.nextLong(20 * SECOND);
            case 2 -> {
                if (site != null && !site.ours) {
                    site.wanted = random.nextBoolean();
                }
            }
            default -> {
                if (site != null) {
                    site.drained |= site.ours;
                    site.up |= random.nextInt(3) > 0;
                    site.whole = random.nextInt(4) > 0;
                }
                String _ = deploy.report(address, random.nextInt(50) > 0, "", now);
                deploy.renew(now);
            }
        }
        deploy.tick(now);
    }
}
