package dev.fairlead.server.control;

import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendState;
import dev.fairlead.core.pool.BackendState.Wish;
import dev.fairlead.server.control.Result.Refused;
import dev.fairlead.server.control.Result.Why;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What speaks against a change that an operator asks for. Pure functions; control thread. */
final class Objections {
    private Objections() {}

    /**
     * Why a change is refused; {@code null} when it is not.
     *
     * @param member what is known of the backend beside its state
     * @param ifRevision refused unless this is its revision; {@code null} for any
     * @param deploy who deploys in the pool; {@code null} for nobody
     */
    static @Nullable Refused to(
            Change change,
            RunningPool running,
            Backend backend,
            Member member,
            @Nullable Long ifRevision,
            @Nullable String deploy) {
        if (ifRevision != null && ifRevision != member.revision()) {
            return new Refused(Why.STALE, "it was changed since: its revision is " + member.revision());
        }
        Integer weight = change.weight();
        if (weight != null && (weight < 0 || weight > BackendState.MAX_WEIGHT)) {
            return new Refused(Why.INVALID, "weight: " + weight + " (expected: 0.." + BackendState.MAX_WEIGHT + ")");
        }
        Integer cap = change.cap();
        if (cap != null && cap < 0) {
            return new Refused(Why.INVALID, "cap: " + cap + " (expected: at least 1, or 0 to learn it)");
        }
        String blind = change.match() == null ? null : blind(running);
        if (blind != null) {
            return new Refused(Why.CONFLICT, blind);
        }
        if (change.renew()
                && (backend.state().wish() != Wish.DRAIN || !Objects.equals(member.owner(), change.owner()))) {
            return new Refused(
                    Why.CONFLICT,
                    "there is no drain of that owner to renew: "
                            + backend.state().why());
        }
        String owner = member.owner();
        boolean others = owner != null && !owner.equals(change.owner());
        if (change.wish() == Wish.DRAIN && backend.state().wish() == Wish.DRAIN && others) {
            return new Refused(Why.CONFLICT, "it is being drained by " + owner);
        }
        boolean claims = change.wish() == Wish.DRAIN && change.owner() != null;
        if (claims && backend.state().wish() == Wish.MAINT) {
            // Its end would be the end of the maintenance, too.
            return new Refused(
                    Why.CONFLICT, "it is in maintenance: " + backend.state().why());
        }
        if (claims && deploy != null && !deploy.equals(change.owner())) {
            return new Refused(Why.CONFLICT, "pool " + running.name() + " is in the middle of " + deploy);
        }
        if (change.wish() == Wish.READY
                && change.owner() != null
                && backend.state().wish() != Wish.READY
                && !change.owner().equals(owner)) {
            return new Refused(
                    Why.CONFLICT,
                    "it was not " + change.owner() + " who took it out: "
                            + backend.state().why());
        }
        return change.wish() == Wish.DRAIN && backend.state().wish() != Wish.DRAIN
                ? tooFew(running, backend, change)
                : null;
    }

    /** Why a pool's check could not find a match, whatever came; {@code null} when it can. */
    static @Nullable String blind(RunningPool running) {
        return running.config().health().http() != null
                ? null
                : "match: only an HTTP check reads answers, and that of pool " + running.name() + " is of another kind";
    }

    private static @Nullable Refused tooFew(RunningPool running, Backend backend, Change change) {
        int left = 0;
        int all = 0;
        for (Backend other : running.pool().roster().all()) {
            all += other.state().wish() == Wish.MAINT ? 0 : 1;
            left += other != backend && other.state().takesNew() ? 1 : 0;
        }
        return left >= change.floor() * all
                ? null
                : new Refused(
                        Why.CONFLICT,
                        "only " + left + " of " + all + " backends would be left taking work, and the floor is "
                                + Math.round(change.floor() * 100) + "%");
    }
}
