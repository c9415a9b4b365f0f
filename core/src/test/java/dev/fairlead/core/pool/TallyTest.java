package dev.fairlead.core.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.time.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class TallyTest {
    @Test
    void lanesAddUp() {
        var tally = new Tally(3);
        for (int lane = 0; lane < 3; lane++) {
            for (int i = 0; i <= lane; i++) {
                tally.leased(lane);
                tally.latency(lane, 2_000_000);
            }
            tally.closed(lane, Outcome.OK);
        }
        tally.closed(1, Outcome.BROKEN);
        assertThat(tally.leases()).isEqualTo(6);
        assertThat(tally.count(Outcome.OK)).isEqualTo(3);
        assertThat(tally.count(Outcome.BROKEN)).isEqualTo(1);
        assertThat(tally.count(Outcome.STALE)).isZero();
        assertThat(tally.latencyCount()).isEqualTo(6);
        assertThat(tally.latencySumNanos()).isEqualTo(12_000_000);
    }

    @Test
    void nothingIsLostWhileOthersCountAndRead() throws Exception {
        int lanes = 4;
        int rounds = 50_000;
        var tally = new Tally(lanes);
        var tasks = new ArrayList<Callable<Long>>();
        for (int lane = 0; lane < lanes; lane++) {
            int own = lane;
            tasks.add(() -> {
                long seen = 0;
                for (int i = 0; i < rounds; i++) {
                    tally.leased(own);
                    if (i % 1000 == 0) {
                        long now = tally.leases();
                        assertThat(now).isGreaterThanOrEqualTo(seen);
                        seen = now;
                    }
                }
                return seen;
            });
        }
        try (var threads = Executors.newFixedThreadPool(lanes)) {
            for (var result : threads.invokeAll(tasks)) {
                result.get();
            }
        }
        assertThat(tally.leases()).isEqualTo((long) lanes * rounds);
    }

    @Test
    void histogramIsRightToOneBucket() {
        var random = Seeds.fixed(3).generator();
        var tally = new Tally(1);
        var micros = new ArrayList<Long>();
        for (int i = 0; i < 5000; i++) {
            long sample = random.nextLong(1L << random.nextInt(1, 36));
            micros.add(sample);
            tally.latency(0, sample * 1000 + random.nextInt(1000));
        }
        for (long limit : List.of(0L, 1L, 15L, 16L, 17L, 100L, 1000L, 5000L, 1_000_000L, 60_000_000L, 1L << 35)) {
            // A limit inside a bucket counts up to that bucket's beginning, at most 1/16 below.
            long most = micros.stream().filter(sample -> sample < limit).count();
            long least = micros.stream()
                    .filter(sample -> sample < limit - limit / 16)
                    .count();
            assertThat(tally.answeredWithinMicros(limit)).as("within %d", limit).isBetween(least, most);
        }
    }

    @Test
    void noSampleIsTooLongOrTooShort() {
        var tally = new Tally(1);
        tally.latency(0, Long.MAX_VALUE);
        tally.latency(0, -5);
        assertThat(tally.latencyCount()).isEqualTo(2);
        assertThat(tally.answeredWithinMicros(1)).isEqualTo(1);
    }
}
