package dev.fairlead.core.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class UsualWaitTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MILLI = 1_000_000L;

    private final UsualWait usual = new UsualWait();
    private final List<Backend> two = Backends.weighing(1, 1);
    private long now = 7;
    private long longer;

    private void answers(int backend, int count, long millis) {
        for (int i = 0; i < count; i++) {
            two.get(backend).tally().latency(0, millis * MILLI);
        }
    }

    private long sample() {
        now += SECOND;
        usual.sample(two, longer, now);
        return usual.nanos();
    }

    @Test
    void isWhatNinetyFiveOfAHundredTookLessThan() {
        answers(0, 10_000, 900);
        assertThat(sample()).as("what was before says nothing").isZero();
        answers(0, 60, 10);
        answers(1, 38, 20);
        answers(1, 2, 500);
        assertThat(sample()).isBetween(20 * MILLI, 22 * MILLI);
        answers(1, 20, 500);
        assertThat(sample()).isBetween(500 * MILLI, 540 * MILLI);
    }

    @Test
    void isNothingFromTooFewAnswers() {
        sample();
        answers(0, UsualWait.FEWEST - 1, 10);
        assertThat(sample()).isZero();
        answers(1, 1, 10);
        assertThat(sample()).isPositive();
        for (int i = 0; i < 9; i++) {
            sample();
        }
        assertThat(usual.nanos()).as("what is ten seconds ago is forgotten").isZero();
    }

    @Test
    void doesNotShrinkForWhatWasNotWaitedFor() {
        sample();
        answers(0, 950, 10);
        answers(1, 50, 400);
        assertThat(sample()).isBetween(10 * MILLI, 11 * MILLI);
        for (int second = 0; second < 30; second++) {
            // All slow ones are overtaken by a second backend now.
            answers(0, 1000, 10);
            longer += 50;
            assertThat(sample()).isBetween(10 * MILLI, 11 * MILLI);
        }
        for (int second = 0; second < 30; second++) {
            answers(0, 800, 10);
            longer += 200;
            assertThat(sample()).as("at least as long as it was").isGreaterThanOrEqualTo(10 * MILLI);
        }
    }

    @Test
    void startsOverWithOtherMembers() {
        sample();
        answers(0, 1000, 10);
        assertThat(sample()).isPositive();
        now += SECOND;
        usual.sample(two.subList(0, 1), 0, now);
        assertThat(usual.nanos()).isZero();
    }

    @Test
    void isSampledOnceASecond() {
        sample();
        answers(0, 1000, 10);
        usual.sample(two, 0, now + SECOND - 1);
        assertThat(usual.nanos()).isZero();
        usual.sample(two, 0, now + SECOND);
        assertThat(usual.nanos()).isPositive();
    }

    @Test
    void classesEndWhereTheNextBegin() {
        for (long micros = 0; micros < 100_000; micros += 1 + micros / 50) {
            var tally = new Tally(1);
            tally.latency(0, micros * 1_000);
            long[] into = new long[Tally.CLASSES];
            tally.addLatencies(into);
            int at = 0;
            while (into[at] == 0) {
                at++;
            }
            assertThat(Tally.endOfClass(at)).isGreaterThan(micros);
            assertThat(at == 0 ? 0 : Tally.endOfClass(at - 1)).isLessThanOrEqualTo(micros);
        }
    }
}
