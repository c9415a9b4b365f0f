package dev.fairlead.core.health;

import dev.fairlead.core.config.PoolConfig.SlowStartConfig;
import dev.fairlead.core.pool.BackendState;

/**
 * A slow start: how much of its weight a backend gets while its caches, pools and compiler are still cold.
 *
 * <p>Confined to the control thread. The share grows in steps of a twentieth, because each step rebuilds the pool's
 * picker; the first is a tenth, or a light load would never warm it.
 */
final class Ramp {
    private static final int STEPS = 20;
    private static final int LEAST = 10;

    private boolean active;
    private long began;

    boolean active() {
        return active;
    }

    void begin(long now) {
        active = true;
        began = now;
    }

    void end() {
        active = false;
    }

    /** The share in percent at {@code now}; ends the ramp when all of it is reached. */
    int share(SlowStartConfig config, long now) {
        if (!active) {
            return BackendState.WHOLE;
        }
        long time = config.time().toNanos();
        long elapsed = now - began;
        if (elapsed >= time) {
            active = false;
            return BackendState.WHOLE;
        }
        double part = (double) elapsed / time;
        double grown = switch (config.shape()) {
            case LINEAR -> part;
            case AGGRESSIVE -> Math.sqrt(part);
        };
        int step = BackendState.WHOLE / STEPS;
        int steps = (int) (grown * STEPS);
        return Math.max(steps * step, LEAST);
    }

    /** When the share may grow next, while it is active. */
    long next(SlowStartConfig config, long now) {
        long step = Math.max(config.time().toNanos() / STEPS, 1);
        return began + ((now - began) / step + 1) * step;
    }
}
