package dev.fairlead.core.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.BalanceConfig;
import dev.fairlead.core.config.BalanceConfig.HashKey;
import dev.fairlead.core.pool.Backends;
import dev.fairlead.core.pool.Tried;
import org.junit.jupiter.api.Test;

/** What holds for consistent hashing is in {@link MaglevTest}; this is the same table. */
class SourceHashTest extends BalancerContract {
    @Override
    BalanceConfig config() {
        return new BalanceConfig.SourceHash(1.25);
    }

    @Test
    void placesAreThoseOfMaglevByTheSameKey() {
        var backends = Backends.weighing(1, 2, 3, 4);
        var picker = picker(backends);
        var maglev = Balancers.of(new BalanceConfig.Maglev(new HashKey.Source(), 1.25))
                .build(roster(backends));
        for (int client = 0; client < 1000; client++) {
            byte[] address = {10, 0, (byte) (client >> 8), (byte) client};
            long key = Hash.of(address, 0, address.length);
            assertThat(picker.pick(key, new Tried())).isSameAs(maglev.pick(key, new Tried()));
        }
    }
}
