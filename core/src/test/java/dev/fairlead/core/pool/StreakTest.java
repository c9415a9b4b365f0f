package dev.fairlead.core.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StreakTest {
    private final Streak streak = new Streak();

    @Test
    void blowsAtTheLimitAndOnlyOnce() {
        assertThat(streak.bad(3)).isFalse();
        assertThat(streak.bad(3)).isFalse();
        assertThat(streak.bad(3)).isTrue();
        assertThat(streak.bad(3)).isFalse();
        assertThat(streak.blown()).isTrue();
    }

    @Test
    void oneGoodUseBreaksTheRow() {
        streak.bad(2);
        streak.good();
        assertThat(streak.bad(2)).isFalse();
        assertThat(streak.bad(2)).isTrue();
    }

    @Test
    void aGoodUseDoesNotMendABlownFuse() {
        streak.bad(1);
        streak.good();
        assertThat(streak.blown()).isTrue();
        assertThat(streak.bad(1)).isFalse();
    }

    @Test
    void aRearmedFuseCountsFromZero() {
        streak.bad(2);
        streak.bad(2);
        streak.rearm();
        assertThat(streak.bad(2)).isFalse();
        assertThat(streak.bad(2)).isTrue();
    }

    @Test
    void aLoweredLimitBlowsARowThatIsAlreadyLonger() {
        streak.bad(10);
        streak.bad(10);
        assertThat(streak.bad(2)).isTrue();
    }

    @Test
    void manyThreadsBlowItExactlyOnceForEachArming() throws InterruptedException {
        for (int round = 0; round < 50; round++) {
            var blows = new AtomicInteger();
            var start = new CountDownLatch(1);
            var threads = new ArrayList<Thread>();
            for (int t = 0; t < 4; t++) {
                threads.add(Thread.startVirtualThread(() -> {
                    await(start);
                    for (int i = 0; i < 1000; i++) {
                        if (streak.bad(500)) {
                            blows.incrementAndGet();
                        }
                    }
                }));
            }
            start.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(blows).hasValue(1);
            streak.rearm();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
