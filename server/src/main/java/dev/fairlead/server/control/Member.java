package dev.fairlead.server.control;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the operator's side knows of one backend beside its state. Immutable.
 *
 * @param revision grows with every change an operator makes to it, and is never used twice
 * @param registered whether it joined at run time and does not stand in the configuration
 * @param ttl how long a registration lasts without a renewal; {@code null} when it lasts
 * @param expiresAt when it ends unless renewed, in milliseconds since 1970; 0 when it lasts
 * @param lease how long its drain lasts without a renewal; {@code null} when it lasts
 * @param owner who drained it, as they call themselves; {@code null} when nobody said
 * @param passes checks in a row to pass when its drain's lease ends, or at the gate where it is now; 0 for one
 * @param match what its check must find in the answer until it is let in; {@code null} for nothing more than usual. Of a
 *     drained one: what it will have to find on its way back, should the lease end
 */
public record Member(
        long revision,
        boolean registered,
        @Nullable Duration ttl,
        long expiresAt,
        @Nullable Duration lease,
        @Nullable String owner,
        int passes,
        @Nullable String match) {

    /** Of one that nobody touched. */
    public static final Member PLAIN = new Member(0, false, null, 0, null, null, 0, null);

    Member revised(long newRevision) {
        return new Member(newRevision, registered, ttl, expiresAt, lease, owner, passes, match);
    }

    /** Registered or not, for so long. */
    Member joined(boolean nowRegistered, @Nullable Duration newTtl, long newExpiry) {
        return new Member(revision, nowRegistered, newTtl, newExpiry, lease, owner, passes, match);
    }

    Member owned(@Nullable String newOwner, @Nullable Duration newLease) {
        return new Member(revision, registered, ttl, expiresAt, newLease, newOwner, passes, match);
    }

    /** With other terms for the way back. */
    Member returning(int newPasses, @Nullable String newMatch) {
        return new Member(revision, registered, ttl, expiresAt, lease, owner, newPasses, newMatch);
    }
}
