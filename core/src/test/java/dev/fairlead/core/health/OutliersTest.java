package dev.fairlead.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.core.pool.Lease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What real traffic alone shows of a backend whose check passes. */
class OutliersTest {
    private final SplittableRandom random = new SplittableRandom(7);

    /** One tenth of a second of traffic: {@code each} requests to everyone that takes work, failing so often. */
    private void tenth(World world, int each, double... failing) {
        for (int b = 0; b < world.backends.size(); b++) {
            Backend backend = world.get(b);
            for (int i = 0; i < each && backend.state().takesNew(); i++) {
                Lease lease = world.use(backend);
                lease.firstByte(world.now);
                boolean fails = random.nextDouble() < failing[b];
                lease.close(fails ? Outcome.SERVER_ERROR : Outcome.OK, world.now);
            }
        }
        world.pass(Duration.ofMillis(100));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5})
    void halfOfTheAnswersFailingBehindAPassingCheckEjectsWithinSeconds(int size) {
        World world = World.up(size);
        double[] failing = new double[size];
        for (int i = 0; i < 100; i++) {
            tenth(world, 10, failing);
        }
        failing[0] = 0.5;
        int tenths = 0;
        while (world.health(0) == Health.UP && tenths < 100) {
            tenth(world, 10, failing);
            tenths++;
        }
        assertThat(tenths).as("tenths of a second to ejection").isLessThanOrEqualTo(21);
        assertThat(world.get(0).state().why()).containsAnyOf("requests failed in", "failures in a row");
        for (int i = 1; i < size; i++) {
            assertThat(world.health(i)).isEqualTo(Health.UP);
        }
    }

    @Test
    void whatFailsForEveryoneIsTheApplications() {
        World world = World.up(3);
        for (int i = 0; i < 600; i++) {
            tenth(world, 10, 0.3, 0.3, 0.3);
        }
        assertThat(world.backends).allMatch(b -> b.state().health() == Health.UP);
    }

    @Test
    void aFewErrorsNowAndThenEjectNobody() {
        World world = World.up(3);
        for (int i = 0; i < 3000; i++) {
            tenth(world, 3, 0.05, 0.01, 0);
        }
        assertThat(world.events).noneMatch(e -> e.after().equals("ejected"));
    }

    @Test
    void tooFewRequestsProveNothing() {
        World world = World.up(2);
        for (int i = 0; i < 50; i++) {
            tenth(world, i % 10 == 0 ? 1 : 0, i % 20 == 0 ? 1 : 0, 0);
        }
        assertThat(world.health(0)).isEqualTo(Health.UP);
    }

    @Test
    void whoAnswersNothingWhileOthersAnswerIsEjected() {
        World world = World.up(3);
        List<Lease> hung = new ArrayList<>();
        int tenths = 0;
        while (world.health(0) == Health.UP && tenths < 100) {
            if (hung.size() < 12) {
                hung.add(world.use(world.get(0)));
            }
            for (int b = 1; b < 3; b++) {
                Lease lease = world.use(world.get(b));
                lease.firstByte(world.now);
                lease.close(Outcome.OK, world.now);
            }
            world.pass(Duration.ofMillis(100));
            tenths++;
        }
        assertThat(world.health(0)).isEqualTo(Health.EJECTED);
        assertThat(tenths).isLessThanOrEqualTo(30);
        assertThat(world.get(0).state().why()).contains("answered none of").contains("in 2s");
    }

    private void othersAnswer(World world, int tenths) {
        for (int i = 0; i < tenths; i++) {
            for (int b = 1; b < world.backends.size(); b++) {
                Lease lease = world.use(world.get(b));
                lease.firstByte(world.now);
                lease.close(Outcome.OK, world.now);
            }
            world.pass(Duration.ofMillis(100));
        }
    }

    @Test
    void twoThatWaitInVainAreEnoughWhereNobodyEverWaits() {
        World world = World.up(3);
        othersAnswer(world, 50);
        world.use(world.get(0));
        world.use(world.get(0));
        othersAnswer(world, 30);
        assertThat(world.health(0)).isEqualTo(Health.EJECTED);
        assertThat(world.get(0).state().why()).contains("answered none of 2 requests in 2s");
    }

    @Test
    void oneThatWaitsMayBeSlowByItself() {
        World world = World.up(3);
        othersAnswer(world, 50);
        world.use(world.get(0));
        othersAnswer(world, 100);
        assertThat(world.health(0)).isEqualTo(Health.UP);
    }

    @Test
    void wherePollsAreLongTwoThatWaitAreNoSign() {
        World world = World.up(3);
        List<Lease> polls = List.of(world.use(world.get(0)), world.use(world.get(1)), world.use(world.get(2)));
        othersAnswer(world, 40);
        polls.forEach(poll -> {
            poll.firstByte(world.now);
            poll.close(Outcome.OK, world.now);
        });
        world.use(world.get(0));
        world.use(world.get(0));
        othersAnswer(world, 60);
        assertThat(world.health(0)).isEqualTo(Health.UP);
    }

    @Test
    void aNewBackendOfAPoolOfLongPollsIsNotSilent() {
        World world = World.up(3);
        for (int i = 0; i < 20; i++) {
            List<Lease> polls = List.of(world.use(world.get(1)), world.use(world.get(2)));
            othersAnswer(world, 2);
            world.seconds(3);
            polls.forEach(poll -> {
                poll.firstByte(world.now);
                poll.close(Outcome.OK, world.now);
            });
        }
        for (int i = 0; i < 6; i++) {
            world.use(world.get(0));
        }
        othersAnswer(world, 25);
        assertThat(world.health(0)).isEqualTo(Health.UP);
    }

    /** One tenth of a second in which everyone answers so quickly, in milliseconds. */
    private void answers(World world, int tenths, long... millis) {
        for (int i = 0; i < tenths; i++) {
            for (int b = 0; b < millis.length; b++) {
                if (world.get(b).state().takesNew()) {
                    Lease lease = world.use(world.get(b));
                    lease.firstByte(world.now + millis[b] * 1_000_000);
                    lease.close(Outcome.OK, world.now);
                }
            }
            world.pass(Duration.ofMillis(100));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 5, 10, 60})
    void whoIsAHundredTimesSlowerIsEjected(long usual) {
        World world = World.up(3);
        answers(world, 100, usual, usual, usual);
        answers(world, 60, usual * 100, usual, usual);
        assertThat(world.health(0)).isEqualTo(Health.EJECTED);
        assertThat(world.get(0).state().why()).contains("to begin, of the others' less than");
        assertThat(world.health(1)).isEqualTo(Health.UP);
    }

    @Test
    void whoIsAFewTimesSlowerOrStillQuickStays() {
        World world = World.up(3);
        answers(world, 300, 300, 60, 60);
        answers(world, 300, 40, 1, 1);
        assertThat(world.backends).allMatch(b -> b.state().health() == Health.UP);
    }

    @Test
    void aFewSlowRequestsDoNotMakeASlowBackend() {
        World world = World.up(3);
        for (int i = 0; i < 40; i++) {
            answers(world, 7, 1, 1, 1);
            answers(world, 3, 5_000, 1, 1);
        }
        assertThat(world.health(0)).isEqualTo(Health.UP);
    }

    @Test
    void whoHasNothingToAnswerIsNotSilent() {
        World world = World.up(2);
        Lease stream = world.use(world.get(0));
        stream.firstByte(world.now);
        for (int i = 0; i < 100; i++) {
            Lease lease = world.use(world.get(1));
            lease.firstByte(world.now);
            lease.close(Outcome.OK, world.now);
            world.pass(Duration.ofMillis(100));
        }
        assertThat(world.health(0)).isEqualTo(Health.UP);
        stream.close(Outcome.OK, world.now);
    }

    @Test
    void whenNobodyAnswersNobodyIsToBlame() {
        World world = World.up(3);
        for (int i = 0; i < 60; i++) {
            for (int b = 0; b < 3; b++) {
                world.use(world.get(b));
            }
            world.pass(Duration.ofMillis(100));
        }
        assertThat(world.backends).allMatch(b -> b.state().health() == Health.UP);
    }
}
