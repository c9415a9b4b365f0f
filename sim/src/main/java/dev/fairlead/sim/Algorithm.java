package dev.fairlead.sim;

import dev.fairlead.core.config.BalanceConfig;
import dev.fairlead.core.config.BalanceConfig.HashKey;

/** Everything that is compared; a test sees to it that no algorithm is missing. */
enum Algorithm {
    ROUND_ROBIN("round-robin", new BalanceConfig.RoundRobin(), false),
    RANDOM("random", new BalanceConfig.RandomPick(), false),
    LEAST_CONNECTIONS("least-connections", new BalanceConfig.LeastConnections(), false),
    POWER_OF_TWO("p2c", new BalanceConfig.PowerOfTwo(), false),
    PEAK_EWMA("peak-ewma", new BalanceConfig.PeakEwma(), false),
    SOURCE_HASH("source-hash, unbounded", new BalanceConfig.SourceHash(0), true),
    MAGLEV("maglev, bound 1.25", new BalanceConfig.Maglev(new HashKey.Uri(), 1.25), true),
    RING("ring, bound 1.25", new BalanceConfig.Ring(new HashKey.Uri(), 1.25), true);

    private final String title;
    private final BalanceConfig config;
    private final boolean keyed;

    Algorithm(String title, BalanceConfig config, boolean keyed) {
        this.title = title;
        this.config = config;
        this.keyed = keyed;
    }

    String title() {
        return title;
    }

    BalanceConfig config() {
        return config;
    }

    /** Whether requests of one client go together. */
    boolean keyed() {
        return keyed;
    }
}
