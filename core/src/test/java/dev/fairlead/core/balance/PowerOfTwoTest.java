package dev.fairlead.core.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.BalanceConfig;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.Backends;
import dev.fairlead.core.pool.Tried;
import java.util.List;
import org.junit.jupiter.api.Test;

class PowerOfTwoTest extends BalancerContract {
    @Override
    BalanceConfig config() {
        return new BalanceConfig.PowerOfTwo();
    }

    @Test
    void theMostLoadedIsNeverPickedWhileAnotherIsOpen() {
        List<Backend> backends = Backends.equal(5);
        Backends.occupy(backends.get(2), 1);
        assertThat(count(picker(backends), new Tried(), 100_000)).doesNotContainKey(backends.get(2));
    }

    @Test
    void anIdlePoolSharesExactlyByWeight() {
        List<Backend> backends = Backends.weighing(1, 2, 3);
        assertThat(count(picker(backends), new Tried(), 6_000))
                .containsEntry(backends.get(0), 1_000)
                .containsEntry(backends.get(1), 2_000)
                .containsEntry(backends.get(2), 3_000);
    }

    @Test
    void loadCountsForWeight() {
        List<Backend> backends = Backends.weighing(1, 4);
        Backends.occupy(backends.get(0), 2);
        Backends.occupy(backends.get(1), 7);
        assertThat(count(picker(backends), new Tried(), 1000)).containsOnlyKeys(backends.get(1));
        Backends.occupy(backends.get(1), 2);
        assertThat(count(picker(backends), new Tried(), 1000)).containsOnlyKeys(backends.get(0));
    }

    @Test
    void oneThatOutweighsAllOthersIsStillCompared() {
        List<Backend> backends = Backends.weighing(256, 1);
        Backends.occupy(backends.get(0), 1);
        assertThat(count(picker(backends), new Tried(), 100_000)).containsOnlyKeys(backends.get(1));
    }

    @Test
    void loadStaysAboutEven() {
        List<Backend> backends = Backends.equal(100);
        var picker = picker(backends);
        for (int i = 0; i < 10_000; i++) {
            Backend picked = picker.pick(random.nextLong(), new Tried());
            assertThat(picked).isNotNull();
            Backends.occupy(picked, 1);
        }
        // Random placement would reach about 125; two choices stay within log log n of 100.
        assertThat(backends).allMatch(b -> b.inflight() <= 104);
    }
}
