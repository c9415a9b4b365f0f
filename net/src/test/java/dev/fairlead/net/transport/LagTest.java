package dev.fairlead.net.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LagTest {
    private static final long MILLI = 1_000_000L;

    private final Lag lag = new Lag(0, 50 * MILLI);

    @Test
    void ticksInTimeAreNoLag() {
        for (long at = 70; at < 5_000; at += 50) {
            lag.ticked(at * MILLI);
        }
        assertThat(lag.recent(5_000 * MILLI)).isZero();
        assertThat(lag.minute(5_000 * MILLI)).isZero();
    }

    @Test
    void aStallIsSeenForASecondOrTwoAndRememberedForAMinute() {
        long due = 50;
        long now = 50;
        while (now < 100_000) {
            // What is late does not move what is due.
            lag.ticked((due == 10_000 ? due + 300 : now) * MILLI);
            if (due == 10_000) {
                assertThat(lag.recent(10_300 * MILLI)).isEqualTo(300 * MILLI);
            }
            due += 50;
            now = due <= 10_300 && due > 10_000 ? 10_300 : due;
            if (due == 13_000) {
                assertThat(lag.recent(due * MILLI)).isZero();
                assertThat(lag.minute(due * MILLI)).isEqualTo(300 * MILLI);
            }
        }
        assertThat(lag.minute(now * MILLI)).isZero();
    }

    @Test
    void aLoopThatIsStuckNowIsSeen() {
        lag.ticked(50 * MILLI);
        assertThat(lag.recent(5_100 * MILLI)).isEqualTo(5_000 * MILLI);
    }

    @Test
    void aStallOfMinutesIsOneOfTheLastMinute() {
        lag.ticked(50 * MILLI);
        lag.ticked(300_100 * MILLI);
        assertThat(lag.recent(300_100 * MILLI)).isEqualTo(300_000 * MILLI);
        assertThat(lag.minute(300_100 * MILLI)).isEqualTo(300_000 * MILLI);
    }

    @Test
    void requestsOfAllLoopsAreCountedTogether() {
        var inWork = new InWork(2, 3);
        assertThat(inWork.begins(0)).isFalse();
        assertThat(inWork.begins(1)).isFalse();
        assertThat(inWork.begins(1)).isFalse();
        inWork.look();
        assertThat(inWork.all()).isEqualTo(3);
        assertThat(inWork.begins(0)).isTrue();
        inWork.ended(0);
        inWork.ended(1);
        inWork.look();
        assertThat(inWork.begins(0)).isFalse();
        assertThat(inWork.limit()).isEqualTo(3);
    }
}
