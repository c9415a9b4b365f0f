package dev.fairlead.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.HealthConfig;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final long MS = 1_000_000;
    private static final long NOW = Math.subtractExact(Long.MAX_VALUE, 10 * MS);

    private final Schedule schedule = new Schedule(World.tcp(2000, 500), new SplittableRandom(7));

    @Test
    void jitterStaysWithinATenthAndIsUsed() {
        long least = Long.MAX_VALUE;
        long most = 0;
        for (int i = 0; i < 10_000; i++) {
            long wait = schedule.next(NOW, NOW, false, false) - NOW;
            least = Math.min(least, wait);
            most = Math.max(most, wait);
        }
        assertThat(least).isBetween(1800 * MS, 1810 * MS);
        assertThat(most).isBetween(2190 * MS, 2200 * MS);
    }

    @Test
    void fastIntervalIsUsedWhileChanging() {
        assertThat(schedule.next(NOW, NOW, true, false) - NOW).isBetween(450 * MS, 550 * MS);
    }

    @Test
    void fastIntervalIsAtMostHalfTheInterval() {
        var quick = new Schedule(World.tcp(500, 500), new SplittableRandom(7));
        assertThat(quick.next(NOW, NOW, true, false) - NOW).isBetween(225 * MS, 275 * MS);
    }

    @Test
    void aCheckThatTookLongerThanTheIntervalIsFollowedAtOnceButNeverEarlier() {
        long later = NOW + 5000 * MS;
        assertThat(schedule.next(NOW, later, false, false)).isEqualTo(later);
    }

    @Test
    void firstChecksOfAFewComeAtOnceAndOfManyAreSpread() {
        assertThat(schedule.first(NOW, 3) - NOW).isBetween(0L, 6 * MS);
        long[] waits = new long[1000];
        Arrays.setAll(waits, i -> schedule.first(NOW, 1000) - NOW);
        Arrays.sort(waits);
        assertThat(waits[0]).isNotNegative();
        assertThat(waits[999]).isBetween(450 * MS, 500 * MS);
        assertThat(waits[500]).isBetween(220 * MS, 280 * MS);
    }

    @Test
    void whatIsDownIsCheckedLessOftenUnlessThereIsAReasonToHurry() {
        var config = new HealthConfig(
                null,
                new HealthConfig.TcpCheck(),
                null,
                null,
                Duration.ofSeconds(2),
                Duration.ofMillis(500),
                Duration.ofSeconds(10),
                null,
                3,
                2,
                null,
                null,
                512);
        var patient = new Schedule(config, new SplittableRandom(7));
        assertThat(patient.next(NOW, NOW, false, true) - NOW).isBetween(9000 * MS, 11_000 * MS);
        assertThat(patient.next(NOW, NOW, true, true) - NOW).isBetween(450 * MS, 550 * MS);
        assertThat(patient.next(NOW, NOW, false, false) - NOW).isBetween(1800 * MS, 2200 * MS);
        assertThat(schedule.next(NOW, NOW, false, true) - NOW).isBetween(1800 * MS, 2200 * MS);
    }

    @Test
    void anIntervalOfNothingDoesNotSpin() {
        var none = new Schedule(World.tcp(0, 0), new SplittableRandom(7));
        assertThat(none.next(NOW, NOW, true, false) - NOW).isPositive();
    }

    /** A thousand for a minute. */
    @Test
    void checksOfAThousandNeverFallOnOneMoment() {
        int bins = 600;
        int[] begun = new int[bins];
        for (int backend = 0; backend < 1000; backend++) {
            long first = schedule.first(NOW, 1000);
            begun[(int) ((first - NOW) / (100 * MS))]++;
            for (long due = schedule.anywhere(first);
                    due - NOW < 60_000 * MS;
                    due = schedule.next(due, due, false, false)) {
                begun[(int) ((due - NOW) / (100 * MS))]++;
            }
        }
        // 1,000 every 2 s are 50 in 100 ms; the first ones come within the fast interval of 500 ms.
        assertThat(Arrays.stream(begun).skip(25).max().orElseThrow()).isLessThan(50 * 2);
        assertThat(Arrays.stream(begun).skip(25).min().orElseThrow()).isGreaterThan(50 / 2);
        assertThat(Arrays.stream(begun).sum()).isBetween(29_000, 31_500);
    }
}
