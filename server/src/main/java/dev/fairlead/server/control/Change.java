package dev.fairlead.server.control;

import dev.fairlead.core.pool.BackendState.Wish;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What an operator wants changed about a backend; what is {@code null} stays. Immutable.
 *
 * @param deadline for a drain: until what is in work is cut
 * @param lease for a drain: it ends unless renewed within this time
 * @param passes for the way back: checks in a row to pass; of a drain, when its lease ends; 0 where nobody said: of a drain
 *     that is repeated as many as before, else 1
 * @param floor for a drain: the share of the pool's backends, 0..1, that must be left taking work; else it is refused
 * @param owner who drains, or wants it back: what someone else took out is left alone
 * @param renew done only to a drain of the same owner that is under way
 * @param match for the way back: text that the check must find in the answer, until it is let in; of a drain, when its
 *     lease ends; {@code null} where nobody said: of a drain that is repeated the same as before, else nothing
 * @param why for the log and the timeline; {@link #NO_REASON} where nobody said
 */
public record Change(
        @Nullable Wish wish,
        @Nullable Integer weight,
        @Nullable Integer cap,
        @Nullable Duration deadline,
        @Nullable Duration lease,
        int passes,
        double floor,
        @Nullable String owner,
        boolean renew,
        @Nullable String match,
        String why) {
    /** The most checks in a row that may be asked for. */
    public static final int MOST_PASSES = 100;

    /** A reason that gives way to any other. */
    public static final String NO_REASON = "asked for over the admin API";

    /** One that neither renews nor asks for a match. */
    public Change(
            @Nullable Wish wish,
            @Nullable Integer weight,
            @Nullable Integer cap,
            @Nullable Duration deadline,
            @Nullable Duration lease,
            int passes,
            double floor,
            @Nullable String owner,
            String why) {
        this(wish, weight, cap, deadline, lease, passes, floor, owner, false, null, why);
    }

    /** Another wish, on the usual terms. */
    public static Change to(Wish wish, String why) {
        return new Change(wish, null, null, null, null, 1, 0, null, why);
    }
}
