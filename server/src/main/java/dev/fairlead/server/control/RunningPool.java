package dev.fairlead.server.control;

import dev.fairlead.core.balance.Balancers;
import dev.fairlead.core.config.BalanceConfig;
import dev.fairlead.core.config.PoolConfig;
import dev.fairlead.core.config.PoolConfig.BackendConfig;
import dev.fairlead.core.health.Ejector;
import dev.fairlead.core.health.Watchdog;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendKey;
import dev.fairlead.core.pool.Line;
import dev.fairlead.core.pool.Pool;
import dev.fairlead.net.http.Hedges;
import dev.fairlead.net.http.PoolCounters;
import dev.fairlead.net.http.PoolPolicy;
import dev.fairlead.net.http.RequestKey;
import dev.fairlead.net.http.RetryBudgets;
import dev.fairlead.net.http.Target;
import dev.fairlead.net.probe.Probe;
import dev.fairlead.net.probe.WarmUp;
import dev.fairlead.net.tls.BackendTls;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A pool at work, with its watchdog and its way of checking. The references are fixed: other settings make another one
 * around the same pool. The watchdog belongs to the control thread.
 */
record RunningPool(
        String name,
        PoolConfig config,
        Pool pool,
        Watchdog watchdog,
        Ejector ejector,
        Probe probe,
        WarmUp warmUp,
        Target target,
        @Nullable BackendTls tls) {

    /** What a pool needs of the engine it is made for. */
    interface Maker {
        Watchdog watchdog(Pool pool, PoolConfig config);

        Probe probe(PoolConfig config, @Nullable BackendTls tls);

        WarmUp warmUp(PoolConfig config, @Nullable BackendTls tls);

        /** Reads files; throws {@link IllegalStateException} when one cannot be used. {@code null} for plain text. */
        @Nullable
        BackendTls tls(String name, PoolConfig config);

        Ejector ejector(PoolConfig config, String pool);

        /** Makes a backend that is not let in yet. */
        Backend backend(BackendKey key, Resolved resolved, int weight, PoolConfig config);

        /** How to reach each event loop, by lane. */
        List<? extends Executor> loops();

        long now();
    }

    /** Makes one; looks names up, and throws {@link IllegalStateException} for one that cannot be resolved. */
    static RunningPool of(String name, PoolConfig config, Maker maker) {
        List<Backend> backends = new ArrayList<>();
        for (BackendConfig backend : config.backends()) {
            backends.add(
                    maker.backend(key(name, backend), Resolved.required(backend.address()), backend.weight(), config));
        }
        BackendTls tls = maker.tls(name, config);
        Ejector ejector = maker.ejector(config, name);
        Pool pool = new Pool(
                name,
                Balancers.of(config.balance()),
                ejector,
                config.panic().fraction(),
                new Line(config.limits().queue(), fair(config), maker.loops()),
                backends);
        var target = new Target(
                pool,
                PoolPolicy.of(config, tls),
                requestKey(config.balance()),
                new RetryBudgets(
                        config.retries().budget().fraction(), maker.loops().size(), maker.now()),
                hedges(config, maker),
                new PoolCounters(maker.loops().size()));
        return new RunningPool(
                name,
                config,
                pool,
                maker.watchdog(pool, config),
                ejector,
                maker.probe(config, tls),
                maker.warmUp(config, tls),
                target,
                tls);
    }

    /** The same pool under other settings, which what it is made of has still to be told. */
    RunningPool under(PoolConfig next, Maker maker) {
        BackendTls with = next.tls().equals(config.tls()) ? tls : maker.tls(name, next);
        boolean sameBudget = next.retries().budget().equals(config.retries().budget());
        var aim = new Target(
                pool,
                PoolPolicy.of(next, with),
                requestKey(next.balance()),
                sameBudget
                        ? target.budgets()
                        : target.budgets().withShare(next.retries().budget().fraction(), maker.now()),
                next.hedge().equals(config.hedge()) ? target.hedges() : hedges(next, maker),
                target.counters());
        return new RunningPool(
                name, next, pool, watchdog, ejector, maker.probe(next, with), maker.warmUp(next, with), aim, with);
    }

    static BackendKey key(String pool, BackendConfig backend) {
        return new BackendKey(pool, backend.address().toString());
    }

    static boolean fair(PoolConfig config) {
        return config.limits().queueOrder() == PoolConfig.PoolLimits.Order.FAIR;
    }

    private static @Nullable Hedges hedges(PoolConfig config, Maker maker) {
        return Hedges.of(config.hedge(), maker.loops().size(), maker.now());
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

    private static @Nullable RequestKey requestKey(BalanceConfig balance) {
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
