package dev.fairlead.core.health;

import dev.fairlead.core.config.HealthConfig;
import dev.fairlead.core.health.Tracker.Verdict;
import dev.fairlead.core.pool.Backend;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Which members of one pool to check and when: never the same one twice at once, never more at once than configured,
 * never many at one moment; sooner while a verdict is changing, while one is ejected or while nothing takes work.
 *
 * <p>Confined to the control thread.
 */
final class Checks {
    /** A check without a result for this much longer than its timeout counts as over. */
    static final long LOST_NANOS = 5_000_000_000L;

    private final RandomGenerator random;
    private HealthConfig config;
    private Schedule schedule;
    private int running;
    private boolean hurrying;

    Checks(HealthConfig config, RandomGenerator random) {
        this.config = config;
        this.random = random;
        this.schedule = new Schedule(config, random);
    }

    void reconfigure(HealthConfig newConfig, Collection<Watched> members, long now) {
        boolean wasOff = config.off();
        config = newConfig;
        schedule = new Schedule(newConfig, random);
        for (Watched watched : members) {
            boolean gated = wasOff || watched.tracker.verdict() == Verdict.UNCHECKED;
            watched.due = gated ? schedule.first(now, members.size()) : schedule.anywhere(now);
            // It asked another question.
            watched.stale = watched.probing;
        }
    }

    /** The first check of a member's new life, of {@code batch} that begin together. */
    void first(Watched watched, long now, int batch) {
        watched.due = schedule.first(now, batch);
    }

    /** The next check, after a result. */
    void again(Watched watched, long now) {
        if (watched.ejection.active() && !watched.proves) {
            // It says nothing of what came after, and who restarts quickly is away for less than an interval.
            atOnce(watched, now);
            return;
        }
        boolean fast = hurrying || watched.ejection.active() || !watched.tracker.settled();
        boolean down = watched.tracker.verdict() == Verdict.DOWN;
        watched.due = fast || watched.spread ? schedule.next(watched.began, now, fast, down) : schedule.anywhere(now);
        watched.spread |= !fast;
    }

    /** Something is up with this member: its next check is not waited for long. */
    void soon(Watched watched, long now) {
        long soon = schedule.soon(now);
        watched.due = soon - watched.due < 0 ? soon : watched.due;
    }

    /** Something has just happened to this member, of which a check must show how it is at this moment. */
    void atOnce(Watched watched, long now) {
        watched.due = now;
    }

    /** A check has given its result. */
    void ended(Watched watched) {
        watched.probing = false;
        running--;
    }

    /** A member is gone, and with it what it owed. */
    void forget(Watched gone) {
        running -= gone.probing ? 1 : 0;
    }

    /** While nothing takes work, all checks run at the fast interval. */
    void hurry(Collection<Watched> members, long now) {
        boolean nothingTakes = true;
        for (Watched watched : members) {
            nothingTakes &= !watched.backend.state().takesNew();
        }
        if (nothingTakes && !hurrying) {
            for (Watched watched : members) {
                soon(watched, now);
            }
        }
        hurrying = nothingTakes;
    }

    /** Starts all that are due, as far as there is room; returns whose. */
    List<Backend> start(Collection<Watched> members, long now) {
        if (config.off()) {
            return List.of();
        }
        var due = new ArrayList<Watched>();
        for (Watched watched : members) {
            if (!watched.probing && !watched.resting && watched.due - now <= 0) {
                due.add(watched);
            }
        }
        int room = Math.max(config.atOnce() - running, 0);
        if (due.size() > room) {
            // The longest overdue first, or the same ones would always win.
            due.sort((a, b) -> Long.signum(a.due - b.due));
            due.subList(room, due.size()).clear();
        }
        var backends = new ArrayList<Backend>(due.size());
        for (Watched watched : due) {
            watched.probing = true;
            watched.began = now;
            watched.proves = watched.ejection.active();
            backends.add(watched.backend);
        }
        running += due.size();
        return backends;
    }

    /** When something about this member's checks is due; {@code otherwise} when nothing is. */
    long next(Watched watched, long otherwise) {
        if (watched.probing) {
            return lostAt(watched);
        }
        return watched.resting || config.off() || running >= config.atOnce() ? otherwise : watched.due;
    }

    /** When a check under way counts as lost. */
    long lostAt(Watched watched) {
        return watched.began + config.patience().toNanos() + LOST_NANOS;
    }
}
