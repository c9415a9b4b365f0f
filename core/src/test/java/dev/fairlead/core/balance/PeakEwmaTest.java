package dev.fairlead.core.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.BalanceConfig;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.Backends;
import dev.fairlead.core.pool.Picker;
import dev.fairlead.core.pool.Tried;
import java.util.List;
import org.junit.jupiter.api.Test;

class PeakEwmaTest extends BalancerContract {
    private static final long MILLISECOND = 1_000_000;

    @Override
    BalanceConfig config() {
        return new BalanceConfig.PeakEwma();
    }

    @Test
    void equallyQuickOnesShareByWeight() {
        List<Backend> backends = Backends.weighing(1, 2, 4);
        backends.forEach(b -> b.latency().observe(MILLISECOND, 0));
        assertShares(count(picker(backends), new Tried(), 200_000), backends);
    }

    @Test
    void theSlowOneGetsAlmostNothing() {
        List<Backend> backends = Backends.equal(5);
        backends.forEach(b -> b.latency().observe(MILLISECOND, 0));
        backends.get(2).latency().observe(10 * MILLISECOND, 1);
        int slow = count(picker(backends), new Tried(), 100_000).getOrDefault(backends.get(2), 0);
        // Explored now and then, or it could never show that it is well again; 1/128 of a fifth.
        assertThat(slow).isBetween(100, 220);
    }

    @Test
    void aSlowOneThatIsBusyIsNotExplored() {
        List<Backend> backends = Backends.equal(5);
        backends.forEach(b -> b.latency().observe(MILLISECOND, 0));
        backends.get(2).latency().observe(10 * MILLISECOND, 1);
        Backends.occupy(backends.get(2), 1);
        assertThat(count(picker(backends), new Tried(), 100_000)).doesNotContainKey(backends.get(2));
    }

    @Test
    void theQuickOneIsPreferredUntilItsQueueIsLonger() {
        List<Backend> backends = Backends.weighing(1, 1);
        backends.get(0).latency().observe(10 * MILLISECOND, 0);
        backends.get(1).latency().observe(MILLISECOND, 0);
        Picker picker = picker(backends);
        Backends.occupy(backends.get(1), 8);
        assertThat(count(picker, new Tried(), 10_000).get(backends.get(1))).isGreaterThan(9_800);
        Backends.occupy(backends.get(1), 2);
        assertThat(count(picker, new Tried(), 10_000)).containsOnlyKeys(backends.get(0));
    }

    @Test
    void aNewOneIsGivenAsMuchAsTheOthersAndNoMore() {
        List<Backend> backends = Backends.equal(5);
        backends.subList(1, 5).forEach(b -> b.latency().observe(MILLISECOND, 0));
        Backend fresh = backends.getFirst();
        Picker picker = picker(backends);
        assertShares(count(picker, new Tried(), 200_000), backends);
        for (int i = 0; i < 500; i++) {
            Backend picked = picker.pick(random.nextLong(), new Tried());
            assertThat(picked).isNotNull();
            Backends.occupy(picked, 1);
        }
        assertThat(fresh.inflight()).isBetween(95, 105);
    }
}
