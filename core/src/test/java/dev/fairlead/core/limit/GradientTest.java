package dev.fairlead.core.limit;

import static dev.fairlead.core.limit.Shop.MILLISECOND;
import static dev.fairlead.core.limit.Shop.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.core.time.Seeds;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GradientTest {
    private static final int FLOOR = 8;
    private static final int CEILING = 1024;
    private final Gradient gradient = new Gradient(FLOOR, CEILING);

    /** So long that some 50,000 requests are made. */
    private static long enough(int workers, long millis) {
        return Math.max(5 * SECOND / 2, Math.min(60 * SECOND, 50_000 * millis * MILLISECOND / workers));
    }

    private static Shop shop(@Nullable Gradient gradient, int workers, long millis, boolean even) {
        return shop(gradient, workers, millis, even, 42);
    }

    private static Shop shop(@Nullable Gradient gradient, int workers, long millis, boolean even, long seed) {
        var shop = new Shop(gradient, workers, millis * MILLISECOND, seed);
        return even ? shop.serving(shop.even(millis * MILLISECOND)) : shop;
    }

    @ParameterizedTest
    @CsvSource({"1,4", "1,50", "1,200", "20,4", "20,50", "20,200", "500,4", "500,50", "500,200"})
    void aHealthyBackendDoesAllItsWorkFromTheFirstMomentOn(int millis, int workers) {
        for (long seed = 0; seed < 12; seed++) {
            boolean even = seed % 3 == 0;
            double load = seed % 2 == 0 ? 0.9 : 0.6;
            double rate = load * workers * 1000 / millis;
            long time = enough(workers, millis) / 2;
            var capped = shop(new Gradient(FLOOR, CEILING), workers, millis, even, seed);
            var free = shop(null, workers, millis, even, seed);
            capped.arriving(rate).run(time);
            free.arriving(rate).run(time);
            assertThat((double) capped.done / free.done).as("seed %d", seed).isGreaterThan(0.97);
            if (workers >= 50) {
                assertThat(capped.leastCap).as("least cap, seed %d", seed).isGreaterThanOrEqualTo(CEILING / 4);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1,4", "1,50", "1,200", "20,4", "20,50", "20,200", "500,4", "500,50", "500,200"})
    void overloadIsDoneAtFullSpeedWithABoundedQueue(int millis, int workers) {
        for (boolean even : new boolean[] {true, false}) {
            double most = workers * 1000.0 / millis;
            long time = enough(workers, millis);
            var shop = shop(new Gradient(FLOOR, CEILING), workers, millis, even);
            shop.arriving(0.6 * most).run(time / 2);
            shop.arriving(1.5 * most).run(time / 2); // the cap settles
            shop.afresh().run(time / 2);
            assertThat(shop.done / (most * time / 2 / SECOND))
                    .as("even %s", even)
                    .isGreaterThan(0.95);
            // What is tolerated on top of twice the best is what the figures scatter by.
            double times = even ? 2.5 : 4;
            assertThat(shop.mostCap).as("even %s", even).isBetween(FLOOR, (int) Math.max(times * workers, 32));
            assertThat(shop.meanLatency()).isLessThan(Math.max(times, 32.0 / workers) * millis * MILLISECOND);
        }
    }

    @ParameterizedTest
    @CsvSource({"1,4", "1,20", "20,4", "20,50"})
    void overloadThatLastsDoesNotRaiseTheCapBitByBit(int millis, int workers) {
        double most = workers * 1000.0 / millis;
        var shop = shop(gradient, workers, millis, false);
        shop.arriving(0.6 * most).run(10 * SECOND);
        shop.arriving(1.5 * most).run(millis == 1 ? 60 * SECOND : 600 * SECOND);
        shop.afresh().run(10 * SECOND);
        assertThat(shop.mostCap).isLessThanOrEqualTo(Math.max(4 * workers, 32));
    }

    @ParameterizedTest
    @CsvSource({"1,500", "5,500", "20,500", "20,100"})
    void aHundredTimesSlowerIsHeldNearTheFloorInTwoSecondsAndRecovers(int millis, int rate) {
        var shop = shop(gradient, 50, millis, false);
        shop.arriving(rate).run(10 * SECOND);
        assertThat(gradient.cap()).isEqualTo(CEILING / 4);
        shop.serving(shop.exponential(100.0 * millis * MILLISECOND)).run(2 * SECOND);
        assertThat(gradient.cap()).isBetween(FLOOR, 3 * FLOOR);
        shop.run(18 * SECOND).afresh().run(20 * SECOND);
        assertThat(shop.mostCap).isEqualTo(FLOOR);
        assertThat(shop.mostInflight).isLessThanOrEqualTo(FLOOR);
        shop.serving(shop.exponential(millis * MILLISECOND)).run(3 * SECOND);
        shop.afresh().run(5 * SECOND);
        assertThat(shop.done / (5.0 * rate)).isGreaterThan(0.9);
        shop.run(10 * SECOND).afresh().run(5 * SECOND); // the slow ones have been answered
        assertThat(shop.meanLatency()).isLessThan(2L * millis * MILLISECOND);
    }

    @Test
    void recoveryUnderFullLoadTakesSeconds() {
        var shop = shop(gradient, 200, 20, true);
        shop.arriving(8000).run(10 * SECOND);
        shop.serving(shop.even(2000 * MILLISECOND)).run(10 * SECOND);
        assertThat(gradient.cap()).isEqualTo(FLOOR);
        shop.serving(shop.even(20 * MILLISECOND)).run(6 * SECOND);
        assertThat(gradient.cap()).isGreaterThanOrEqualTo(160);
    }

    @Test
    void oneSlowAnswerInTenIsNature() {
        var shop = new Shop(gradient, 200, MILLISECOND, 42);
        shop.serving(shop.mixed(0.1, 200 * MILLISECOND, 2 * MILLISECOND));
        double most = 200 / 0.0218;
        shop.arriving(0.7 * most).run(30 * SECOND);
        assertThat(shop.leastCap).isEqualTo(CEILING / 4);
        shop.arriving(1.5 * most).run(10 * SECOND).afresh().run(30 * SECOND);
        assertThat(shop.done / (30 * most)).isGreaterThan(0.95);
        assertThat(shop.mostCap).isLessThanOrEqualTo(3 * 200);
    }

    @Test
    void pausesCostLittle() {
        var shop = shop(gradient, 20, 5, false);
        shop.arriving(2000).run(10 * SECOND).afresh();
        for (int i = 0; i < 20; i++) {
            shop.serving(shop.even(300 * MILLISECOND)).run(10 * MILLISECOND);
            shop.serving(shop.exponential(5 * MILLISECOND)).run(2 * SECOND);
        }
        assertThat(shop.refused).isZero();
        assertThat(shop.done / (20 * 2.01 * 2000)).isGreaterThan(0.97);
    }

    @Test
    void aHeavierVersionIsNotStarvedForEver() {
        for (int times : new int[] {2, 3}) {
            var own = new Gradient(FLOOR, CEILING);
            var shop = shop(own, 200, 20, true);
            shop.arriving(1500).run(20 * SECOND).afresh();
            shop.serving(shop.even(times * 20L * MILLISECOND)).run(60 * SECOND);
            assertThat(shop.leastCap).as("%d times", times).isEqualTo(CEILING / 4);
        }
        var shop = shop(gradient, 200, 20, true);
        shop.arriving(800).run(20 * SECOND).afresh();
        shop.serving(shop.even(200 * MILLISECOND)).run(30 * SECOND);
        assertThat(gradient.cap()).isEqualTo(FLOOR);
        shop.run(60 * SECOND).afresh().run(10 * SECOND);
        assertThat(shop.done / (10 * 800.0)).isGreaterThan(0.95);
    }

    @Test
    void anIdleBackendKeepsItsCap() {
        var shop = shop(gradient, 4, 20, true);
        shop.arriving(120).run(10 * SECOND);
        shop.arriving(300).run(10 * SECOND);
        shop.arriving(0).run(5 * SECOND); // the last are answered
        int before = gradient.cap();
        long best = gradient.bestNanos();
        assertThat(before).isLessThan(16);
        shop.arriving(0).run(3600 * SECOND);
        assertThat(gradient.cap()).isEqualTo(before);
        shop.arriving(1).run(60 * SECOND);
        assertThat(gradient.cap()).isEqualTo(before);
        assertThat((double) gradient.bestNanos() / best).isBetween(0.8, 1.1);
    }

    @Test
    void quickErrorsAreNoProofOfSpeedAndTimeoutsAreProofOfSlowness() {
        long now = 0;
        for (int i = 0; i < 500; i++) {
            gradient.sample(20 * MILLISECOND, 4, false, now += 5 * MILLISECOND);
        }
        long best = gradient.bestNanos();
        for (int i = 0; i < 500; i++) {
            gradient.sample(MILLISECOND / 10, 4, true, now += 5 * MILLISECOND);
        }
        assertThat(gradient.bestNanos()).isEqualTo(best);
        for (int i = 0; i < 100; i++) {
            gradient.sample(5 * SECOND, 100, true, now += 10 * MILLISECOND);
        }
        assertThat(gradient.cap()).isEqualTo(FLOOR);
    }

    @Test
    void nothingIsLimitedBeforeTheFirstSamples() {
        assertThat(gradient.cap()).isEqualTo(CEILING / 4);
        assertThat(gradient.bestNanos()).isZero();
        assertThat(new Gradient(8, 8).cap()).isEqualTo(8);
        assertThat(new Gradient(8, 12).cap()).isEqualTo(8);
        assertThatThrownBy(() -> new Gradient(0, 8)).hasMessage("floor: 0 (expected: >= 1)");
        assertThatThrownBy(() -> new Gradient(9, 8)).hasMessage("ceiling: 8 (expected: >= 9)");
    }

    @Test
    void aClockThatStandsStillOrGoesBackDoesNoHarm() {
        long now = Long.MAX_VALUE - SECOND;
        for (int i = 0; i < 1000; i++) {
            gradient.sample(MILLISECOND, 5, false, now += 5 * MILLISECOND);
        }
        int before = gradient.cap();
        for (int i = 0; i < 10_000; i++) {
            gradient.sample(MILLISECOND, 5, false, now);
        }
        now -= 3600 * SECOND;
        for (int i = 0; i < 1000; i++) {
            gradient.sample(MILLISECOND, 5, false, now += 5 * MILLISECOND);
        }
        assertThat(gradient.cap()).isEqualTo(before);
        for (int i = 0; i < 1000; i++) {
            gradient.sample(100 * MILLISECOND, 100, false, now += 5 * MILLISECOND);
        }
        assertThat(gradient.cap()).isEqualTo(FLOOR);
    }

    @Test
    void whateverComesTheCapIsWithinItsBounds() {
        for (long seed = 0; seed < 300; seed++) {
            var random = Seeds.fixed(seed).generator();
            int floor = 1 + random.nextInt(20);
            int ceiling = floor + random.nextInt(random.nextBoolean() ? 4 : 100_000);
            var own = new Gradient(floor, ceiling);
            long now = random.nextLong();
            for (int i = 0; i < 3000; i++) {
                now += switch (random.nextInt(8)) {
                    case 0 -> random.nextLong(100 * SECOND);
                    case 1 -> -random.nextLong(SECOND);
                    case 2 -> 0;
                    case 3 -> i % 500 == 0 ? random.nextLong() : 1;
                    default -> random.nextLong(20 * MILLISECOND);
                };
                long latency =
                        random.nextInt(20) == 0 ? random.nextLong() : random.nextLong(1L << 1 + random.nextInt(40));
                int inflight = random.nextInt(20) == 0 ? random.nextInt() : random.nextInt(own.cap() + 1);
                own.sample(latency, inflight, random.nextInt(10) == 0, now);
                assertThat(own.cap()).isBetween(floor, ceiling);
                assertThat(own.bestNanos()).isNotNegative().isLessThan(7200 * SECOND);
            }
            // It has not lost its mind: quick answers at its cap let it grow.
            for (int i = 0; i < 20_000; i++) {
                own.sample(MILLISECOND, own.cap(), false, now += MILLISECOND);
            }
            assertThat(own.cap()).isGreaterThanOrEqualTo(Math.min(ceiling, 500));
        }
    }

    @Test
    void loopsMayGiveSamplesAtOnce() throws Exception {
        var tasks = new ArrayList<Callable<Integer>>();
        for (int thread = 0; thread < 4; thread++) {
            var random = Seeds.fixed(thread).generator();
            tasks.add(() -> {
                int worst = Integer.MAX_VALUE;
                for (int i = 0; i < 100_000; i++) {
                    gradient.sample(MILLISECOND + random.nextLong(MILLISECOND), 20, false, i * MILLISECOND);
                    worst = Math.min(worst, gradient.cap());
                }
                return worst;
            });
        }
        try (var threads = Executors.newFixedThreadPool(4)) {
            for (var result : threads.invokeAll(tasks)) {
                assertThat(result.get()).isEqualTo(CEILING / 4);
            }
        }
    }
}
