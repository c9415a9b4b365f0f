package dev.fairlead.net.http;

import dev.fairlead.core.pool.Pool;
import org.jspecify.annotations.Nullable;

/**
 * A pool as a route reaches it: with its numbers, and how requests are keyed. Immutable but for the pool itself.
 *
 * @param key what of a request decides; {@code null} where the algorithm wants random bits
 * @param budgets how many retries there may be
 * @param hedges when a second backend is asked while the first has not answered; {@code null} for never
 * @param counters what clients see of it
 */
public record Target(
        Pool pool,
        PoolPolicy policy,
        @Nullable RequestKey key,
        RetryBudgets budgets,
        @Nullable Hedges hedges,
        PoolCounters counters) {}
