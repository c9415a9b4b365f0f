package dev.fairlead.net.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long SECOND = 1_000_000_000L;

    /** When a body of this many bytes a second runs out of time, in seconds; 0 when it does not within an hour. */
    private static long cutAfter(int rate) {
        var pace = new Pace(30 * SECOND, 100);
        pace.begin(0);
        for (long second = 1; second < 3600; second++) {
            if (pace.until() <= second * SECOND) {
                assertThat(pace.stalled(second * SECOND)).isEqualTo(rate == 0);
                return second;
            }
            if (rate > 0) {
                pace.came(rate, second * SECOND);
            }
        }
        return 0;
    }

    @Test
    void slowBodiesRunOutOfTimeAndOthersDoNot() {
        assertThat(cutAfter(0)).isEqualTo(30);
        assertThat(cutAfter(1)).isEqualTo(31);
        assertThat(cutAfter(10)).isEqualTo(34);
        assertThat(cutAfter(50)).isBetween(58L, 61L);
        assertThat(cutAfter(100)).isZero();
        assertThat(cutAfter(1_000_000_000)).isZero();
    }

    @Test
    void aFastBeginningBuysNoMoreThanTheWindow() {
        var pace = new Pace(30 * SECOND, 100);
        pace.begin(0);
        pace.came(Integer.MAX_VALUE, SECOND);
        assertThat(pace.until()).isEqualTo(31 * SECOND);
    }

    @Test
    void withoutARateAnyByteBuysTheWindow() {
        var pace = new Pace(30 * SECOND, 0);
        pace.begin(0);
        pace.came(1, 29 * SECOND);
        assertThat(pace.until()).isEqualTo(59 * SECOND);
        assertThat(pace.stalled(59 * SECOND)).isTrue();
    }
}
