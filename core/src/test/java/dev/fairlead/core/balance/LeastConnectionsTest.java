package dev.fairlead.core.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.BalanceConfig;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.Backends;
import dev.fairlead.core.pool.Picker;
import dev.fairlead.core.pool.Tried;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeastConnectionsTest extends BalancerContract {
    @Override
    BalanceConfig config() {
        return new BalanceConfig.LeastConnections();
    }

    @Test
    void theLeastLoadedIsPicked() {
        List<Backend> backends = Backends.equal(LeastConnections.EXACT);
        backends.forEach(b -> Backends.occupy(b, 3));
        Picker picker = picker(backends);
        for (Backend backend : backends) {
            Backends.vacate(backend, 1);
            assertThat(picker.pick(random.nextLong(), new Tried())).isSameAs(backend);
            Backends.occupy(backend, 1);
        }
    }

    @Test
    void inFlightRequestsFollowWeights() {
        List<Backend> backends = Backends.weighing(1, 2, 4, 256);
        Picker picker = picker(backends);
        for (int i = 0; i < 263; i++) {
            Backend picked = picker.pick(random.nextLong(), new Tried());
            assertThat(picked).isNotNull();
            Backends.occupy(picked, 1);
        }
        assertThat(backends.stream().map(Backend::inflight)).containsExactly(1, 2, 4, 256);
    }

    @Test
    void manyBackendsAreSampledAndKeptAboutEven() {
        List<Backend> backends = Backends.equal(5000);
        Picker picker = picker(backends);
        for (int i = 0; i < 50_000; i++) {
            Backend picked = picker.pick(random.nextLong(), new Tried());
            assertThat(picked).isNotNull();
            Backends.occupy(picked, 1);
        }
        assertThat(backends).allMatch(b -> b.inflight() <= 11);
    }
}
