package dev.fairlead.core.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.core.time.ManualTicker;
import dev.fairlead.core.time.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class RateLimiterTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final long SECRET = 0x5EED;
    private final ManualTicker ticker = new ManualTicker();

    private static RateLimiter limiter(int permits, Duration period, int burst, int keys) {
        return new RateLimiter(permits, period, burst, keys, SECRET);
    }

    @Test
    void burstFirstThenTheRate() {
        var limiter = limiter(10, SECOND, 5, 100);
        for (int i = 0; i < 5; i++) {
            assertThat(limiter.take(7, ticker.nanos())).isZero();
        }
        assertThat(limiter.take(7, ticker.nanos())).isEqualTo(100_000_000);
        int granted = 0;
        // Past the wrap of the counter, too.
        for (int i = 0; i < 10_000; i++) {
            granted += limiter.take(7, ticker.advance(1_000_000)) == 0 ? 1 : 0;
        }
        assertThat(granted).isBetween(99, 100);
    }

    @Test
    void whoWaitsAsLongAsToldIsGranted() {
        var random = Seeds.fixed(1).generator();
        for (int i = 0; i < 200; i++) {
            int permits = 1 + random.nextInt(1000);
            var limiter = limiter(permits, Duration.ofMillis(1 + random.nextInt(1_000_000)), 1 + random.nextInt(50), 8);
            for (int j = 0; j < 200; j++) {
                long wait = limiter.take(3, ticker.nanos());
                if (wait > 0) {
                    assertThat(limiter.untilNext(3, ticker.nanos())).isEqualTo(wait);
                    assertThat(limiter.remaining(3, ticker.nanos())).isZero();
                    assertThat(limiter.take(3, ticker.advance(wait))).isZero();
                }
            }
        }
    }

    @Test
    void rateIsRightForExtremes() {
        for (int[] of :
                new int[][] {{1_000_000, 1, 1_000_000}, {1, 86_400, 1}, {1_000_000, 86_400, 1_000_000}, {3, 1, 1}}) {
            var limiter = limiter(of[0], Duration.ofSeconds(of[1]), of[2], 8);
            while (limiter.take(1, ticker.nanos()) == 0) {}
            long start = ticker.nanos();
            for (int i = 0; i < 1000; i++) {
                assertThat(limiter.take(1, ticker.advance(limiter.take(1, ticker.nanos()))))
                        .isZero();
            }
            double expected = 1000.0 * of[1] * 1e9 / of[0];
            assertThat((ticker.nanos() - start) / expected).isBetween(0.997, 1.003);
        }
    }

    @Test
    void keysAreInUseUntilTheyHaveAllTheirPermitsAgain() {
        var limiter = limiter(1, SECOND, 2, 1000);
        assertThat(limiter.inUse(ticker.nanos())).isZero();
        for (long key = 0; key < 10; key++) {
            limiter.take(key, ticker.nanos());
        }
        limiter.take(0, ticker.nanos());
        assertThat(limiter.inUse(ticker.nanos())).isEqualTo(10);
        assertThat(limiter.inUse(ticker.advance(1_100_000_000))).isEqualTo(1);
        assertThat(limiter.inUse(ticker.advance(1_100_000_000))).isZero();
    }

    @Test
    void keysDoNotShare() {
        var limiter = limiter(1, SECOND, 1, 10_000);
        for (long key = 0; key < 1000; key++) {
            assertThat(limiter.take(key, 5)).isZero();
            assertThat(limiter.take(key, 5)).isPositive();
        }
    }

    @Test
    void figuresForTheResponseFields() {
        var limiter = limiter(10, SECOND, 20, 64);
        assertThat(limiter.remaining(1, ticker.nanos())).isEqualTo(20);
        assertThat(limiter.untilFull(1, ticker.nanos())).isZero();
        assertThat(limiter.untilNext(1, ticker.nanos())).isZero();
        assertThat(limiter.burst()).isEqualTo(20);
        assertThat(limiter.windowNanos()).isEqualTo(2_000_000_000L);
        for (int i = 1; i <= 20; i++) {
            limiter.take(1, ticker.nanos());
            assertThat(limiter.remaining(1, ticker.nanos())).isEqualTo(20 - i);
            assertThat(limiter.untilFull(1, ticker.nanos())).isEqualTo(i * 100_000_000L);
        }
        assertThat(limiter.remaining(1, ticker.advance(450_000_000))).isEqualTo(4);
        assertThat(limiter.untilNext(1, ticker.nanos())).isZero();
        assertThat(limiter.remaining(1, ticker.advance(Duration.ofDays(30)))).isEqualTo(20);
    }

    @Test
    void whatIsRefusedCostsNothing() {
        var limiter = limiter(1, SECOND, 1, 8);
        limiter.take(1, 0);
        for (int i = 0; i < 1000; i++) {
            assertThat(limiter.take(1, 500_000_000)).isEqualTo(500_000_000);
        }
        assertThat(limiter.take(1, 1_000_000_000)).isZero();
    }

    @Test
    void clocksThatDifferForgiveNothing() {
        var limiter = limiter(1000, SECOND, 1, 8);
        assertThat(limiter.take(1, 50_000_000)).isZero();
        assertThat(limiter.take(1, 0)).isEqualTo(51_000_000);
        assertThat(limiter.take(1, 51_000_000)).isZero();
    }

    @Test
    void strangersAreNeverRefused() {
        var limiter = limiter(1, Duration.ofMinutes(1), 1, 16);
        var random = Seeds.fixed(2).generator();
        int refused = 0;
        for (int i = 0; i < 100_000; i++) {
            refused += limiter.take(random.nextLong(), 0) > 0 ? 1 : 0;
        }
        // But for those whose tag is by chance that of another: 8 in a million.
        assertThat(refused).isLessThanOrEqualTo(5);
    }

    @Test
    void aMillionRandomKeysNeitherGrowTheTableNorFreeABusyKey() {
        var random = Seeds.fixed(3).generator();
        var limiter = limiter(10, SECOND, 20, 10_000);
        long bytes = limiter.bytes();
        int granted = 0;
        for (int i = 0; i < 1_000_000; i++) { // ten seconds
            limiter.take(random.nextLong(), ticker.advance(10_000));
            granted += limiter.take(42, ticker.nanos()) == 0 ? 1 : 0;
        }
        assertThat(bytes).isEqualTo(80_000);
        assertThat(limiter.bytes()).isEqualTo(bytes);
        assertThat(limiter.keys()).isEqualTo(10_000);
        assertThat(granted).isBetween(119, 120);
    }

    /** The worst case: one permit is all anyone has, so every stranger is as busy as the busy one. */
    @Test
    void aFloodWinsBackAtMostAboutOnePermitInSoManyKeys() {
        var random = Seeds.fixed(4).generator();
        var limiter = limiter(1, Duration.ofHours(1), 1, 10_000);
        int granted = 0;
        for (int i = 0; i < 1_000_000; i++) {
            limiter.take(random.nextLong(), i);
            granted += limiter.take(42, i) == 0 ? 1 : 0;
        }
        assertThat(granted).isLessThanOrEqualTo(1 + 1_000_000 / 10_000 * 5 / 4);
    }

    @Test
    void threadsTogetherAreGrantedTheBurstInFrozenTime() throws Exception {
        var limiter = limiter(1, SECOND, 10_000, 1000);
        int threads = 4;
        var start = new CountDownLatch(threads);
        List<Callable<Integer>> tasks = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
            long own = 100L + thread;
            tasks.add(() -> {
                start.countDown();
                start.await();
                int granted = 0;
                for (int i = 0; i < 10_000; i++) {
                    granted += limiter.take(42, 0) == 0 ? 1 : 0;
                    limiter.take(own + i % 100, 0);
                }
                return granted;
            });
        }
        int granted = 0;
        try (var pool = Executors.newFixedThreadPool(threads)) {
            for (var result : pool.invokeAll(tasks)) {
                granted += result.get();
            }
        }
        assertThat(granted).isEqualTo(10_000);
        assertThat(limiter.remaining(42, 0)).isZero();
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> limiter(0, SECOND, 1, 8)).hasMessage("permits: 0 (expected: >= 1)");
        assertThatThrownBy(() -> limiter(1, Duration.ZERO, 1, 8)).hasMessageStartingWith("period: PT0S (expected: ");
        assertThatThrownBy(() -> limiter(1, SECOND, 0, 8)).hasMessage("burst: 0 (expected: 1..1000000)");
        assertThatThrownBy(() -> limiter(1, SECOND, 1, 0)).hasMessage("keys: 0 (expected: 1..67108864)");
        assertThatThrownBy(() -> limiter(2_000_000, SECOND, 1, 8)).hasMessageContaining("at most a million a second");
        assertThatThrownBy(() -> limiter(1, Duration.ofDays(1), 6, 8)).hasMessageStartingWith("burst: 6");
    }
}
