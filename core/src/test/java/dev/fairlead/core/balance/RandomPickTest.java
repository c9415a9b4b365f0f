package dev.fairlead.core.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.BalanceConfig;
import dev.fairlead.core.pool.Backends;
import dev.fairlead.core.pool.Tried;
import org.junit.jupiter.api.Test;

class RandomPickTest extends BalancerContract {
    @Override
    BalanceConfig config() {
        return new BalanceConfig.RandomPick();
    }

    @Test
    void loadDoesNotMatter() {
        var backends = Backends.weighing(1, 1);
        Backends.occupy(backends.getFirst(), 1000);
        assertShares(count(picker(backends), new Tried(), 200_000), backends);
    }

    @Test
    void sameKeySamePick() {
        var picker = picker(Backends.weighing(3, 1, 2));
        assertThat(picker.pick(42, new Tried())).isSameAs(picker.pick(42, new Tried()));
    }
}
