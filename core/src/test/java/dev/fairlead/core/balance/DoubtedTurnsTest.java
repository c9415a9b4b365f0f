package dev.fairlead.core.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.BalanceConfig;
import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.Backends;
import dev.fairlead.core.pool.Lease;
import dev.fairlead.core.pool.Pool;
import dev.fairlead.core.pool.Tried;
import dev.fairlead.core.pool.Watch;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose turn the wary pass over is found out about by the others, however both come in step. */
class DoubtedTurnsTest {
    private static BalanceConfig config(String name) {
        return name.equals("p2c") ? new BalanceConfig.PowerOfTwo() : new BalanceConfig.RoundRobin();
    }

    @ParameterizedTest
    @CsvSource({"p2c,2,2", "p2c,3,2", "p2c,4,2", "p2c,4,4", "round-robin,2,2", "round-robin,3,2", "round-robin,4,4"})
    void theDoubtedOneIsAskedByWhoMayAskTwice(String name, int size, int every) {
        List<Backend> backends = Backends.equal(size);
        Backend broken = backends.get(1);
        Pool pool = new Pool("app", Balancers.of(config(name)), Watch.NONE, backends);
        broken.doubt(1);
        int asked = 0;
        for (int i = 0; i < 60 * every; i++) {
            boolean wary = i % every != 0;
            var tried = new Tried();
            tried.wary(wary);
            var lease = (Lease) pool.acquire(0, i * 0x9E3779B97F4A7C15L, tried, 1);
            if (lease.backend() == broken) {
                assertThat(wary).isFalse();
                asked++;
            }
            lease.close(lease.backend() == broken ? Outcome.BROKEN : Outcome.OK, 1);
        }
        // Its share of their requests, and some of the turns that the wary passed over.
        assertThat(asked).isBetween(60 / size - 1, 60);
    }
}
