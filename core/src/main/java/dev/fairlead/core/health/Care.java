package dev.fairlead.core.health;

import dev.fairlead.core.config.HealthConfig;
import dev.fairlead.core.config.HedgeDelay;
import dev.fairlead.core.config.PoolConfig;
import dev.fairlead.core.config.PoolConfig.EjectConfig;
import dev.fairlead.core.config.PoolConfig.SlowStartConfig;
import java.time.Duration;

/**
 * What a watchdog is told about looking after its pool. Immutable.
 *
 * @param warmUp whether a backend that passed its check is warmed up before it is let in
 * @param warmUpTime longest time for that
 * @param hedge after how long without an answer another backend is asked, too, where the operator says so; else zero
 * @param drain how long a drained backend may take, where the operator does not say
 */
public record Care(
        HealthConfig health,
        EjectConfig eject,
        SlowStartConfig slowStart,
        boolean warmUp,
        Duration warmUpTime,
        Duration hedge,
        Duration drain) {

    /** What the pool's configuration says. */
    public static Care of(PoolConfig pool) {
        HedgeDelay after = pool.hedge().after();
        return new Care(
                pool.health(),
                pool.eject(),
                pool.slowStart(),
                !pool.warmUp().off(),
                pool.warmUp().timeout(),
                after == null ? Duration.ZERO : after.time(),
                pool.drain());
    }
}
