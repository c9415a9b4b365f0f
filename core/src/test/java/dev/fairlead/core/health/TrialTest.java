package dev.fairlead.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.PoolConfig.EjectConfig;
import dev.fairlead.core.config.Share;
import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.pool.Acquired;
import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.core.pool.Lease;
import dev.fairlead.core.pool.Tried;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The half-open state: who was ejected must first do a few requests well, one at a time. */
class TrialTest {
    private final World world = ejected();

    private static World ejected() {
        var world = new World(3, World.tcp(2000, 500), World.EJECT, 1);
        world.seconds(10);
        world.traffic(0, Outcome.SERVER_ERROR, 5);
        assertThat(world.health(0)).isEqualTo(Health.EJECTED);
        world.seconds(31);
        assertThat(world.health(0)).isEqualTo(Health.UP);
        return world;
    }

    /** A use of the first backend, if it takes one; the pool of this world picks the first that does. */
    private Lease lease() {
        Acquired acquired = world.pool.acquire(0, 0, new Tried(), world.now);
        return (Lease) acquired;
    }

    private void end(Lease lease, Outcome outcome) {
        lease.close(outcome, world.now);
        world.turn();
    }

    @Test
    void onlyOneRequestAtATimeUntilEnoughWentWell() {
        for (int i = 0; i < 3; i++) {
            assertThat(world.get(0).onTrial()).isTrue();
            Lease tried = lease();
            assertThat(tried.backend()).isSameAs(world.get(0));
            Lease other = lease();
            assertThat(other.backend()).isNotSameAs(world.get(0));
            end(other, Outcome.OK);
            end(tried, Outcome.OK);
        }
        assertThat(world.get(0).onTrial()).isFalse();
        Lease one = lease();
        Lease two = lease();
        assertThat(one.backend()).isSameAs(world.get(0));
        assertThat(two.backend()).isSameAs(world.get(0));
        end(one, Outcome.OK);
        end(two, Outcome.OK);
    }

    @Test
    void theFirstFailureEjectsAnewAndForLonger() {
        end(lease(), Outcome.OK);
        end(lease(), Outcome.BROKEN);
        assertThat(world.health(0)).isEqualTo(Health.EJECTED);
        assertThat(world.told(0))
                .last()
                .asString()
                .contains("ejected for 60s: failed on trial")
                .contains("broken");
        world.seconds(59);
        assertThat(world.health(0)).isEqualTo(Health.EJECTED);
        world.seconds(2);
        assertThat(world.get(0).onTrial()).isTrue();
    }

    @Test
    void whoIsLeftAloneIsNotOnTrial() {
        world.traffic(1, Outcome.SERVER_ERROR, 5);
        assertThat(world.get(0).onTrial()).isTrue();
        world.failing.put(world.get(1), "connect refused");
        world.failing.put(world.get(2), "connect refused");
        world.seconds(10);
        assertThat(world.health(0)).isEqualTo(Health.UP);
        assertThat(world.get(0).onTrial()).isFalse();
    }

    @Test
    void requestsThatSayNothingNeitherPassNorFail() {
        end(lease(), Outcome.CLIENT_GONE);
        end(lease(), Outcome.STALE);
        assertThat(world.get(0).onTrial()).isTrue();
        for (int i = 0; i < 3; i++) {
            end(lease(), Outcome.OK);
        }
        assertThat(world.get(0).onTrial()).isFalse();
    }

    @Test
    void nobodyStaysOnTrialWhenTrialsAreSwitchedOff() {
        var off = new EjectConfig(
                0, new Share(0.25), 20, Duration.ofSeconds(2), 16, Duration.ofSeconds(30), Duration.ofSeconds(300), 3);
        assertThat(world.get(0).onTrial()).isTrue();
        world.watchdog.reconfigure(World.care(World.TCP, off), world.now);
        assertThat(world.get(0).onTrial()).isFalse();
    }
}
