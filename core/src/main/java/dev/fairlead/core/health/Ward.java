package dev.fairlead.core.health;

import dev.fairlead.core.health.Event.Kind;
import dev.fairlead.core.health.Tracker.Verdict;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendState;
import dev.fairlead.core.pool.BackendState.Health;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The members of one pool with all that is known of them, and the one way in which that becomes their published state.
 *
 * <p>Confined to the control thread. What changes a state says so by {@link #changed}, and the next tick publishes it.
 */
final class Ward {
    /** Members that begin to take work within this time of each other are equals. */
    static final long TOGETHER_NANOS = 3_000_000_000L;

    private static final String GATED = "waiting for the first passing check";

    final Map<Backend, Watched> members = new LinkedHashMap<>();
    final Witness witness = new Witness();
    final Checks checks;
    final Teller teller;
    private Care care;
    private boolean changed;

    Ward(Care care, Checks checks, Teller teller) {
        this.care = care;
        this.checks = checks;
        this.teller = teller;
    }

    Care care() {
        return care;
    }

    void care(Care newCare) {
        care = newCare;
    }

    @Nullable
    Watched find(Backend backend) {
        return members.get(backend);
    }

    Collection<Watched> all() {
        return members.values();
    }

    /** Something that rosters are made from has changed. */
    void change() {
        changed = true;
    }

    boolean changed() {
        return changed;
    }

    /** Whether anything has changed since the last call. */
    boolean takeChanged() {
        boolean was = changed;
        changed = false;
        return was;
    }

    /** Forgets all that was learned, on the way into maintenance and out of it or out of a drain. */
    void gate(Watched watched, int passes, long now) {
        String why = passes == 1 ? GATED : "waiting for " + passes + " passing checks in a row";
        watched.tracker.gate(passes, why);
        watched.ejection.forget(now);
        watched.ramp.end();
        watched.warming = false;
        watched.held = false;
        watched.refusedBefore = false;
        watched.stale = watched.probing;
        checks.first(watched, now, 1);
        // In maintenance the operator's own reason stays.
        show(watched, watched.resting ? watched.backend.state().why() : why, now);
    }

    /** Lets an ejected member back; while others take work it must first show that it can do some. */
    void readmitOnTrial(Watched watched, String why, long now) {
        int trials = care.eject().consecutive() == 0 ? 0 : care.eject().trials();
        boolean others = members.values().stream()
                .anyMatch(w -> w != watched && w.backend.state().takesNew());
        if (!others || trials == 0) {
            readmit(watched, why, now);
            return;
        }
        watched.backend.trial(trials);
        watched.backend.doubt(now);
        readmit(watched, why + "; on trial: " + trials + " requests, one at a time", now);
    }

    void readmit(Watched watched, String why, long now) {
        watched.ejection.end(now);
        show(watched, why, now);
    }

    /** Brings the backend's published health in line with its causes. */
    void show(Watched watched, String why, long now) {
        Health after = watched.health();
        BackendState before = watched.backend.update(state -> state.withHealth(after, teller.now(), why));
        if (before != null) {
            changed = true;
            if (after == Health.UP) {
                watched.held = false;
                watched.window.clear();
                watched.backend.streak().rearm();
                startSlowly(watched, now);
            } else {
                watched.ramp.end();
                watched.backend.trial(0);
            }
            teller.of(watched, Kind.HEALTH, Teller.word(before.health()), Teller.word(after), why);
        }
        settle(watched, now);
    }

    private void startSlowly(Watched watched, long now) {
        boolean others = members.values().stream()
                .anyMatch(w -> w != watched && w.backend.state().takesNew() && now - w.servesSince > TOGETHER_NANOS);
        watched.servesSince = now;
        if (others && !care.slowStart().time().isZero()) {
            watched.ramp.begin(now);
        }
    }

    /**
     * Members have left: where those that are left and have their whole share are less than half of those that take work,
     * they would be crushed while the others start slowly; so all are equals.
     */
    void shareOut(long now) {
        long whole = 0;
        long all = 0;
        for (Watched watched : members.values()) {
            BackendState state = watched.backend.state();
            all += state.takesNew() ? state.weight() : 0;
            whole += state.takesNew() && !watched.ramp.active() ? state.weight() : 0;
        }
        if (2 * whole >= all) {
            return;
        }
        for (Watched watched : members.values()) {
            if (watched.ramp.active()) {
                watched.ramp.end();
                settle(watched, now);
                teller.of(watched, Kind.SHARE, "slow start", "up", "has its whole share: most of the pool is new");
            }
        }
    }

    /** Brings the backend's published share in line with its slow start and with what its checks ask for. */
    void settle(Watched watched, long now) {
        boolean ramping = watched.ramp.active();
        int ramp = watched.ramp.share(care.slowStart(), now);
        int share = Math.max(ramp * watched.tracker.share() / CheckResult.WHOLE, 1);
        boolean silent = watched.tracker.verdict() == Verdict.DOWN
                ? watched.tracker.silent()
                : watched.health() == Health.EJECTED && watched.sign != Watched.Sign.ANSWERS;
        changed |= watched.backend.update(state -> state.withShare(share).withSilent(silent)) != null;
        if (ramping && !watched.ramp.active()) {
            teller.of(watched, Kind.SHARE, "slow start", "up", "has its whole share");
        }
    }
}
