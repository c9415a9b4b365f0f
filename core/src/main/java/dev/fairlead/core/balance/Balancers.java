package dev.fairlead.core.balance;

import dev.fairlead.core.config.BalanceConfig;
import dev.fairlead.core.pool.Balancer;

/** From configuration to algorithm. A switch, so the compiler lists every place a new algorithm must be handled. */
public final class Balancers {
    private Balancers() {}

    /**
     * A new balancer, for one pool only: some keep a position or a table between rebuilds.
     *
     * @throws IllegalArgumentException if a bound is neither 0 nor at least 1
     */
    public static Balancer of(BalanceConfig config) {
        return switch (config) {
            case BalanceConfig.RoundRobin() -> new RoundRobin();
            case BalanceConfig.LeastConnections() -> new LeastConnections();
            case BalanceConfig.PowerOfTwo() -> new PowerOfTwo();
            case BalanceConfig.PeakEwma() -> new PeakEwma();
            case BalanceConfig.RandomPick() -> new RandomPick();
            // The same table: what differs is the key, and keys are made where requests are understood.
            case BalanceConfig.SourceHash source -> new Maglev(source.bound());
            case BalanceConfig.Maglev maglev -> new Maglev(maglev.bound());
            case BalanceConfig.Ring ring -> new Ring(ring.bound());
        };
    }
}
