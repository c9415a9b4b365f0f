package dev.fairlead.server.control;

import dev.fairlead.core.config.Address;
import dev.fairlead.core.config.BadValue;
import dev.fairlead.core.config.PoolConfig.BackendConfig;
import dev.fairlead.core.health.Order;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendKey;
import dev.fairlead.core.pool.BackendState;
import dev.fairlead.core.pool.BackendState.Wish;
import dev.fairlead.server.state.StateFile.Kept;
import dev.fairlead.server.state.StateFile.Saved;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From running pools to what the state file keeps of them, and back. Control thread, or before it starts. */
final class Memory {
    private static final Logger LOG = LoggerFactory.getLogger(Memory.class);
    private static final int LONGEST_TTL_DAYS = 365;
    private static final String BEFORE = "as before the restart: ";

    private final Operator operator;

    Memory(Operator operator) {
        this.operator = operator;
    }

    /** All that is worth keeping. */
    Saved picture(Collection<RunningPool> pools, long now, long epochMillis) {
        var kept = new ArrayList<Kept>();
        for (RunningPool pool : pools) {
            for (Backend backend : pool.pool().roster().all()) {
                Kept one = of(pool, backend, now, epochMillis);
                if (one != null) {
                    kept.add(one);
                }
            }
        }
        return new Saved(epochMillis, kept);
    }

    private @Nullable Kept of(RunningPool pool, Backend backend, long now, long epochMillis) {
        BackendState state = backend.state();
        Member member = operator.member(backend.key());
        BackendConfig written = written(pool, backend.key().address());
        int weight = written == null ? 1 : written.weight();
        int cap = pool.config().limits().perBackend().most();
        Duration ejected = pool.watchdog().ejectedFor(backend, now);
        boolean plain = state.wish() == Wish.READY && state.weight() == weight && backend.fixedCap() == cap;
        if (plain && !member.registered() && ejected.isZero() && member.match() == null && member.passes() <= 1) {
            return null;
        }
        Duration ttl = member.ttl();
        Duration lease = member.lease();
        return new Kept(
                pool.name(),
                backend.key().address(),
                state.wish().name().toLowerCase(Locale.ROOT),
                state.wish() == Wish.READY ? "" : state.why(),
                state.weight() == weight ? null : state.weight(),
                state.weight() == weight ? null : weight,
                backend.fixedCap() == cap ? null : backend.fixedCap(),
                backend.fixedCap() == cap ? null : cap,
                member.registered(),
                ttl == null ? null : ttl.toMillis(),
                lease == null || state.wish() != Wish.DRAIN ? null : lease.toMillis(),
                member.owner(),
                member.passes() <= 1 ? null : member.passes(),
                member.match(),
                ejected.isZero() ? 0 : epochMillis + ejected.toMillis(),
                ejected.isZero() ? null : state.why());
    }

    private static @Nullable BackendConfig written(RunningPool pool, String address) {
        for (BackendConfig backend : pool.config().backends()) {
            if (backend.address().toString().equals(address)) {
                return backend;
            }
        }
        return null;
    }

    /** Brings back what was kept, as far as it still means anything; says how much. */
    int restore(List<Kept> kept, Collection<RunningPool> pools, long now, long epochMillis) {
        int restored = 0;
        for (Kept one : kept) {
            for (RunningPool pool : pools) {
                if (pool.name().equals(one.pool())) {
                    restored += restore(one, pool, now, epochMillis) ? 1 : 0;
                }
            }
        }
        return restored;
    }

    private boolean restore(Kept kept, RunningPool pool, long now, long epochMillis) {
        try {
            Backend backend = find(kept, pool);
            if (backend == null) {
                return false;
            }
            settings(kept, pool, backend, now);
            Wish wish = Wish.valueOf(kept.wish().toUpperCase(Locale.ROOT));
            int passes = kept.passes() == null ? 0 : Math.clamp(kept.passes(), 0, Change.MOST_PASSES);
            Duration lease = kept.leaseMillis() == null ? null : Duration.ofMillis(kept.leaseMillis());
            if (wish != Wish.READY || passes > 0 || kept.match() != null) {
                pool.watchdog().order(backend, new Order(wish, before(kept.why()), null, lease, passes), now);
                operator.touch(backend.key(), kept.owner(), lease, passes, kept.match());
            }
            long left = kept.ejectedUntil() - epochMillis;
            if (left > 0) {
                Duration longest = pool.config().eject().maxTime();
                Duration lasts = longest.toMillis() < left ? longest : Duration.ofMillis(left);
                pool.watchdog().resumeEjection(backend, lasts, before(String.valueOf(kept.ejectedWhy())), now);
            }
            return true;
        } catch (RuntimeException e) {
            LOG.warn(
                    "the state file's backend {} of pool {} is ignored: {}", kept.address(), kept.pool(), e.toString());
            return false;
        }
    }

    /** Once is enough, however often it was restarted. */
    private static String before(String why) {
        return why.startsWith(BEFORE) ? why : BEFORE + why;
    }

    private @Nullable Backend find(Kept kept, RunningPool pool) throws BadValue {
        var key = new BackendKey(pool.name(), kept.address());
        Backend backend = pool.pool().find(key);
        if (backend != null || !kept.registered()) {
            return backend;
        }
        Long ttl = kept.ttlMillis();
        var resolved = new Resolved(Address.parseBackend(kept.address()));
        if (resolved.address().isUnresolved()) {
            LOG.warn("the registered backend {} cannot be resolved any more and is forgotten", key);
            return null;
        }
        Duration lasts = ttl == null
                ? null
                : Duration.ofMillis(
                        Math.clamp(ttl, 1, Duration.ofDays(LONGEST_TTL_DAYS).toMillis()));
        int weight = kept.weight() == null ? 1 : kept.weight();
        return operator.join(pool, key, resolved, weight, lasts);
    }

    private static void settings(Kept kept, RunningPool pool, Backend backend, long now) {
        BackendConfig written = written(pool, kept.address());
        Integer weight = kept.weight();
        if (weight != null
                && written != null
                && Integer.valueOf(written.weight()).equals(kept.configuredWeight())) {
            pool.watchdog().weigh(backend, weight, "as before the restart", now);
        }
        Integer cap = kept.cap();
        if (cap != null
                && Integer.valueOf(pool.config().limits().perBackend().most()).equals(kept.configuredCap())) {
            pool.watchdog().cap(backend, cap, "as before the restart", now);
        }
    }
}
