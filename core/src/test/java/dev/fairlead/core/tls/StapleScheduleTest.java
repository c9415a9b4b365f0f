package dev.fairlead.core.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StapleScheduleTest {
    private static final long NOW = 1_900_000_000_000L;

    private static OcspAnswer answer(Duration since, Duration left) {
        return new OcspAnswer(new byte[0], null, NOW - since.toMillis(), NOW + left.toMillis());
    }

    private static Duration wait(StapleSchedule schedule) {
        assertThat(schedule.triedAt()).isEqualTo(NOW);
        return Duration.ofMillis(schedule.nextAt() - NOW);
    }

    @Test
    void itBeginsAtOnce() {
        assertThat(StapleSchedule.first(NOW).due(NOW)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        // age, left, chance, wait
        "PT0H, PT10H, 0, PT5H",
        "PT1H, PT9H, 0, PT4H",
        "PT1H, PT9H, 1, PT3H12M",
        "PT6H, PT4H, 0, PT2H",
        "PT9H, PT1H, 0, PT30M",
        "PT1H, PT90S, 0, PT1M",
        "PT0H, PT240H, 0, PT24H",
        "PT0H, P3650D, 1, PT19H12M",
    })
    void anAnswerIsRenewedAtHalfOfItsTime(Duration age, Duration left, double chance, Duration wait) {
        StapleSchedule before = new StapleSchedule(0, 0, 5);
        StapleSchedule schedule = before.answered(answer(age, left), NOW, chance);

        assertThat(wait(schedule)).isEqualTo(wait);
        assertThat(schedule.failures()).isZero();
        assertThat(schedule.due(NOW + wait.toMillis() - 1)).isFalse();
        assertThat(schedule.due(NOW + wait.toMillis())).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        // failures before, left of the answer before, chance, wait
        "0, PT0S, 0.5, PT30S",
        "1, PT0S, 0.5, PT1M",
        "2, PT0S, 0.5, PT2M",
        "3, -PT9H, 0.5, PT4M",
        "7, PT0S, 0.5, PT1H",
        "1000000, PT0S, 0.5, PT1H",
        "7, PT0S, 0, PT45M",
        "7, PT0S, 1, PT1H15M",
        "7, PT1H, 0.5, PT30M",
        "7, PT10S, 0.5, PT30S",
    })
    void failuresMakeItWaitLongerAndNeverPastTheEnd(int failures, Duration left, double chance, Duration wait) {
        StapleSchedule schedule = new StapleSchedule(NOW, NOW, failures).failed(NOW + left.toMillis(), NOW, chance);

        assertThat(wait(schedule)).isEqualTo(wait);
        assertThat(schedule.failures()).isEqualTo(failures + 1);
    }

    @Test
    void aClockThatIsSetBackDoesNotStopIt() {
        StapleSchedule schedule =
                StapleSchedule.first(NOW).answered(answer(Duration.ZERO, Duration.ofHours(2)), NOW, 0);

        assertThat(schedule.due(NOW + 1)).isFalse();
        assertThat(schedule.due(NOW - 1)).isTrue();
    }
}
