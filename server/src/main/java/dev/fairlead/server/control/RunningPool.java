package dev.fairlead.server.control;

import dev.fairlead.core.balance.Balancers;
import dev.fairlead.core.config.BalanceConfig;
import dev.fairlead.core.config.PoolConfig;
import dev.fairlead.core.health.Ejector;
import dev.fairlead.core.health.Watchdog;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendKey;
import dev.fairlead.core.pool.BackendState;
import dev.fairlead.core.pool.Line;
import dev.fairlead.core.pool.Pool;
import dev.fairlead.core.time.WallClock;
import dev.fairlead.net.http.Hedges;
import dev.fairlead.net.http.PoolPolicy;
import dev.fairlead.net.http.RequestKey;
import dev.fairlead.net.http.RetryBudget;
import dev.fairlead.net.http.Target;
import dev.fairlead.net.probe.Probe;
import dev.fairlead.net.probe.WarmUp;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A pool at work, with its watchdog and its way of checking. The references are fixed; the watchdog belongs to the
 * control thread.
 */
record RunningPool(
        String name, PoolConfig config, Pool pool, Watchdog watchdog, Probe probe, WarmUp warmUp, Target target) {

    /** What a pool needs of the engine it is made for. */
    interface Maker {
        Watchdog watchdog(Pool pool, PoolConfig config);

        Probe probe(PoolConfig config);

        WarmUp warmUp(PoolConfig config);

        Ejector ejector(PoolConfig config, String pool);
    }

    static RunningPool of(
            String name, PoolConfig config, List<? extends Executor> loops, WallClock wall, long now, Maker maker) {
        int lanes = loops.size();
        List<Backend> backends = new ArrayList<>();
        for (PoolConfig.BackendConfig backend : config.backends()) {
            backends.add(new Backend(
                    new BackendKey(name, backend.address().toString()),
                    resolve(backend),
                    BackendState.gated(backend.weight(), wall.epochMillis()),
                    caps(config),
                    lanes));
        }
        Pool pool = new Pool(
                name,
                Balancers.of(config.balance()),
                maker.ejector(config, name),
                config.panic().fraction(),
                new Line(
                        config.limits().queue(),
                        config.limits().queueOrder() == PoolConfig.PoolLimits.Order.FAIR,
                        loops),
                backends);
        RetryBudget[] budgets = new RetryBudget[lanes];
        for (int i = 0; i < lanes; i++) {
            budgets[i] = new RetryBudget(config.retries().budget().fraction(), now);
        }
        Target target = new Target(
                pool, PoolPolicy.of(config), key(config.balance()), budgets, Hedges.of(config.hedge(), lanes, now));
        return new RunningPool(
                name, config, pool, maker.watchdog(pool, config), maker.probe(config), maker.warmUp(config), target);
    }

    /** Takes in, now and then, how its backends answer. Control thread. */
    void learn(long now) {
        Hedges hedges = target.hedges();
        if (hedges != null) {
            hedges.learn(pool, now);
        }
    }

    /** What one backend of such a pool may be given at once. */
    static Backend.Caps caps(PoolConfig config) {
        PoolConfig.PoolLimits limits = config.limits();
        return new Backend.Caps(
                limits.perBackend().most(), limits.autoLeast(), Math.max(limits.autoMost(), limits.autoLeast()));
    }

    private static InetSocketAddress resolve(PoolConfig.BackendConfig backend) {
        InetSocketAddress address = new Resolved(backend.address()).address();
        if (address.isUnresolved()) {
            throw new IllegalStateException("backend " + backend.address() + ": the name "
                    + backend.address().host() + " cannot be resolved");
        }
        return address;
    }

    private static @Nullable RequestKey key(BalanceConfig balance) {
        return switch (balance) {
            case BalanceConfig.SourceHash source -> RequestKey.of(new BalanceConfig.HashKey.Source());
            case BalanceConfig.Maglev(BalanceConfig.HashKey key, double bound) -> RequestKey.of(key);
            case BalanceConfig.Ring(BalanceConfig.HashKey key, double bound) -> RequestKey.of(key);
            case BalanceConfig.RoundRobin r -> null;
            case BalanceConfig.LeastConnections l -> null;
            case BalanceConfig.PowerOfTwo p -> null;
            case BalanceConfig.PeakEwma e -> null;
            case BalanceConfig.RandomPick r -> null;
        };
    }
}
