package dev.fairlead.core.health;

import dev.fairlead.core.pool.BackendState.Wish;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What an operator wishes of a backend, and on which terms. Immutable.
 *
 * @param why for the log and for whoever looks later
 * @param deadline for {@link Wish#DRAIN}: until what is in work is cut; {@code null} for what the pool says
 * @param lease for {@link Wish#DRAIN}: without a renewal within this time the backend is wanted again; {@code null} to hold
 *     until told otherwise
 * @param passes checks in a row to pass before it is let in: now for {@link Wish#READY}, when the lease ends for
 *     {@link Wish#DRAIN}; 0 for what was asked before, or 1
 */
public record Order(
        Wish wish,
        String why,
        @Nullable Duration deadline,
        @Nullable Duration lease,
        int passes) {
    public Order {
        why = Evidence.printable(why, CheckResult.MAX_EVIDENCE);
        if (passes < 0) {
            throw new IllegalArgumentException("passes: " + passes + " (expected: >= 0)");
        }
    }

    /** A wish on the usual terms. */
    public static Order of(Wish wish, String why) {
        return new Order(wish, why, null, null, 0);
    }
}
