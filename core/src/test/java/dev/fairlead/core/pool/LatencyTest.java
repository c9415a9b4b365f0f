package dev.fairlead.core.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LatencyTest {
    private static final long SECOND = 1_000_000_000;
    private final Latency latency = new Latency();

    @Test
    void withoutASampleItIsNothing() {
        assertThat(latency.nanos()).isZero();
    }

    @Test
    void theFirstSampleCountsWholly() {
        latency.observe(5000, -7 * SECOND);
        assertThat(latency.nanos()).isEqualTo(5000.0);
    }

    @Test
    void aSampleOfNoTimeIsStillASample() {
        latency.observe(0, 0);
        assertThat(latency.nanos()).isPositive();
    }

    @Test
    void aPeakCountsAtOnce() {
        latency.observe(1000, 0);
        latency.observe(9000, 1);
        assertThat(latency.nanos()).isEqualTo(9000.0);
    }

    @Test
    void aPeakIsForgottenWithTime() {
        latency.observe(10_000, 0);
        latency.observe(1000, 0);
        assertThat(latency.nanos()).isEqualTo(10_000.0);
        latency.observe(1000, 10 * SECOND);
        assertThat(latency.nanos()).isCloseTo(1000 + 9000 / Math.E, within(1.0));
        for (int i = 11; i < 200; i++) {
            latency.observe(1000, i * SECOND);
        }
        assertThat(latency.nanos()).isCloseTo(1000, within(1.0));
    }

    @Test
    void aClockThatWrapsOrStandsStillDoesNoHarm() {
        latency.observe(10_000, Long.MAX_VALUE);
        latency.observe(1000, Long.MIN_VALUE + 10 * SECOND);
        assertThat(latency.nanos()).isCloseTo(1000 + 9000 / Math.E, within(1.0));
        latency.observe(500, Long.MIN_VALUE);
        assertThat(latency.nanos()).isBetween(500.0, 10_000.0);
    }
}
