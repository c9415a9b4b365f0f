package dev.fairlead.core.health;

import dev.fairlead.core.config.HealthConfig;
import dev.fairlead.core.config.PoolConfig.EjectConfig;
import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.health.Tracker.Verdict;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendState;
import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.core.pool.Pool;
import dev.fairlead.core.time.WallClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides the measured health of every member of one pool, from checks and from real traffic, and when to check again.
 *
 * <p>Confined to the control thread, which drives it: hand in what happened ({@link #onCheck}, {@link #onTrip}), then
 * call {@link #tick}, start a check of each backend it returns, and come back at {@link #nextDue} or when something
 * happens. It has no thread, socket or clock of its own.
 *
 * <p><b>Members</b> are those of the pool's roster: a tick takes in what {@link Pool#publish} added or removed since the
 * last, and what became of the operator's wishes. <b>States</b> of backends change at once; the pool is refreshed by the
 * tick that follows, once for all changes, and only if there was one. So: always tick after handing something in.
 *
 * <p><b>Two causes, one health.</b> Checks give a verdict, real traffic an ejection, and neither undoes the other:
 *
 * <pre>
 * verdict    ejected   health
 * UNCHECKED  no, yes   UNCHECKED   the gate: no traffic before the first passing check
 * UP         no        UP
 * UP         yes       EJECTED     a passing check does not un-eject
 * DOWN       no, yes   DOWN        the ejection runs on behind it; what is left of it shows after recovery
 * </pre>
 *
 * When an ejection's time is over the verdict alone decides. Without a check ({@link HealthConfig#off}) the verdict is
 * UP from the start. Maintenance ends checks, verdict and ejection; leaving it goes through the gate again.
 *
 * <p><b>The ceiling.</b> Ejecting must not do more harm than the backend does. An ejection is refused when no other
 * member would be left to take work (so a pool of one never ejects, a pool of two ejects one), and, unless it would be
 * the only one, when less than half of the members the operator wants in service would be left taking work. A refused
 * backend may be reported again after {@value #HOLD_NANOS} ns. And when ejected members with an UP verdict are all a
 * pool has left, because checks took the others, their ejections end early: some answers are better than none.
 *
 * <p><b>Hurry.</b> While nothing in the pool takes work, all checks run at the fast interval.
 */
public final class Watchdog {
    /** From a refused ejection to the next that may be asked for. */
    static final long HOLD_NANOS = 1_000_000_000L;

    /** From one event about a refused ejection of a backend to the next. */
    static final long QUIET_NANOS = 60_000_000_000L;

    /** A check without a result for this much longer than its timeout counts as failed. */
    static final long LOST_NANOS = 5_000_000_000L;

    /** Longest that {@link #nextDue} lets its caller sleep. */
    static final long IDLE_NANOS = 60_000_000_000L;

    private static final String GATED = "waiting for the first passing check";

    private final Pool pool;
    private final WallClock wall;
    private final RandomGenerator random;
    private final Consumer<HealthEvent> events;
    private final Map<Backend, Watched> members = new LinkedHashMap<>();
    private @Nullable List<Backend> synced;
    private HealthConfig health;
    private EjectConfig eject;
    private Schedule schedule;
    private int running;
    private boolean changed;
    private boolean hurrying;

    /**
     * @param random of its own, for jitter
     * @param events told of every change, on the control thread
     */
    public Watchdog(
            Pool pool,
            HealthConfig health,
            EjectConfig eject,
            WallClock wall,
            RandomGenerator random,
            Consumer<HealthEvent> events) {
        this.pool = pool;
        this.health = health;
        this.eject = eject;
        this.wall = wall;
        this.random = random;
        this.events = events;
        this.schedule = new Schedule(health, random);
    }

    public Pool pool() {
        return pool;
    }

    /** Goes on under other settings; verdicts and ejections under way stay. */
    public void reconfigure(HealthConfig newHealth, EjectConfig newEject, long now) {
        boolean wasOff = health.off();
        health = newHealth;
        eject = newEject;
        schedule = new Schedule(newHealth, random);
        for (Watched watched : members.values()) {
            watched.due = wasOff ? schedule.first(now, members.size()) : schedule.anywhere(now);
        }
    }

    /** Does all that is due; returns the backends to check now, each of which owes one {@link #onCheck}. */
    public List<Backend> tick(long now) {
        sync(now);
        for (Watched watched : members.values()) {
            age(watched, now);
        }
        recall(now);
        if (changed) {
            changed = false;
            pool.refresh();
        }
        hurry(now);
        return startChecks(now);
    }

    /** When to call {@link #tick} at the latest, unless something happens before. */
    public long nextDue(long now) {
        if (changed || pool.roster().all() != synced) {
            return now;
        }
        long next = now + IDLE_NANOS;
        for (Watched watched : members.values()) {
            if (watched.ejection.active()) {
                next = earlier(next, watched.ejection.until());
            }
            if (watched.held) {
                next = earlier(next, watched.rearm);
            }
            if (watched.probing) {
                next = earlier(next, lostAt(watched));
            } else if (!watched.resting && !health.off() && running < health.atOnce()) {
                next = earlier(next, watched.due);
            }
        }
        return earlier(now, next) == next ? now : next;
    }

    /** Takes in the result of a check that {@link #tick} asked for; one nobody waits for is ignored. */
    public void onCheck(Backend backend, CheckResult result, long now) {
        Watched watched = members.get(backend);
        if (watched == null || !watched.probing) {
            return;
        }
        watched.probing = false;
        running--;
        if (watched.stale) {
            watched.stale = false;
            watched.due = schedule.first(now, 1);
        } else if (!health.off() && !watched.maintained()) {
            judge(watched, result, now);
        }
    }

    private void judge(Watched watched, CheckResult result, long now) {
        // Without sockets of our own every check would fail, and every healthy backend would go down at once.
        if (result.conclusive() && watched.tracker.take(result, health)) {
            show(watched, watched.tracker.why());
        }
        boolean fast = hurrying || !watched.tracker.settled();
        boolean down = watched.tracker.verdict() == Verdict.DOWN;
        watched.due = fast || watched.spread ? schedule.next(watched.began, now, fast, down) : schedule.anywhere(now);
        watched.spread |= !fast;
    }

    /** Takes in that a backend failed too often in a row; ejects it unless the ceiling forbids. */
    public void onTrip(Backend backend, Outcome last, long now) {
        Watched watched = members.get(backend);
        boolean serves = watched != null && watched.health() == Health.UP && !watched.maintained();
        // What is out already starts anew when it comes back; a fuse that is whole was replaced since this was sent.
        if (watched == null || !serves || !backend.streak().blown()) {
            return;
        }
        String evidence = eject.consecutive() + " failures in a row, the last: " + words(last);
        String refusal = ceiling(watched);
        if (refusal == null) {
            Duration lasts = watched.ejection.begin(eject, now);
            watched.held = false;
            show(watched, "ejected for " + Evidence.span(lasts) + ": " + evidence);
            return;
        }
        watched.held = true;
        watched.rearm = now + HOLD_NANOS;
        if (!watched.refusedBefore || watched.quietUntil - now <= 0) {
            watched.refusedBefore = true;
            watched.quietUntil = now + QUIET_NANOS;
            tell(watched, Health.UP, Health.UP, "not ejected, " + refusal + ": " + evidence);
        }
    }

    /** Why this member may not be ejected, or {@code null} when it may. */
    private @Nullable String ceiling(Watched watched) {
        if (!watched.backend.state().takesNew()) {
            return null;
        }
        int wanted = 0;
        int left = -1;
        boolean first = true;
        for (Watched other : members.values()) {
            wanted += other.wanted() ? 1 : 0;
            left += other.backend.state().takesNew() ? 1 : 0;
            first &= !other.ejection.active();
        }
        if (left == 0) {
            return "nothing else takes work";
        }
        return first || 2 * left >= wanted ? null : "less than half of the pool would be left";
    }

    private void sync(long now) {
        List<Backend> all = pool.roster().all();
        if (all == synced) {
            return;
        }
        synced = all;
        var known = new LinkedHashMap<>(members);
        var added = new ArrayList<Watched>();
        members.clear();
        for (Backend backend : all) {
            Watched watched = known.remove(backend);
            if (watched == null) {
                watched = adopt(backend, now);
                added.add(watched);
            }
            members.put(backend, watched);
        }
        for (Watched watched : added) {
            watched.due = schedule.first(now, added.size());
        }
        for (Watched gone : known.values()) {
            running -= gone.probing ? 1 : 0;
        }
    }

    /** A new member, or one that another watchdog has learned about. */
    private Watched adopt(Backend backend, long now) {
        Health learned = backend.state().health();
        var watched = new Watched(backend, Watched.verdictOf(learned));
        if (learned == Health.EJECTED) {
            watched.ejection.begin(eject, now);
        }
        backend.streak().rearm();
        return watched;
    }

    /** Does what time alone brings about. */
    private void age(Watched watched, long now) {
        if (watched.maintained() != watched.resting) {
            watched.resting = watched.maintained();
            gate(watched, now);
        }
        if (watched.resting) {
            return;
        }
        if (health.off() && watched.tracker.verdict() != Verdict.UP) {
            watched.tracker.set(Verdict.UP, "no check configured");
            show(watched, watched.tracker.why());
        }
        if (watched.probing && lostAt(watched) - now <= 0) {
            long took = now - watched.began;
            onCheck(watched.backend, CheckResult.silent("the check gave no result", took), now);
        }
        if (watched.held && watched.rearm - now <= 0) {
            watched.held = false;
            watched.backend.streak().rearm();
        }
        if (watched.ejection.over(now)) {
            readmit(watched, "ejection over", now);
        }
    }

    /** Forgets all that was learned, on the way into maintenance and out of it. */
    private void gate(Watched watched, long now) {
        watched.tracker.set(Verdict.UNCHECKED, GATED);
        watched.ejection.forget(now);
        watched.held = false;
        watched.refusedBefore = false;
        watched.stale = watched.probing;
        watched.due = schedule.first(now, 1);
        // In maintenance the operator's own reason stays.
        show(watched, watched.resting ? watched.backend.state().why() : GATED);
    }

    private void readmit(Watched watched, String why, long now) {
        watched.ejection.end(now);
        show(watched, why);
    }

    /** Ends ejections when nothing but ejected members could take work. */
    private void recall(long now) {
        boolean useful = false;
        for (Watched watched : members.values()) {
            if (watched.backend.state().takesNew()) {
                return;
            }
            useful |= watched.wanted() && watched.health() == Health.EJECTED;
        }
        if (!useful) {
            return;
        }
        for (Watched watched : members.values()) {
            if (watched.wanted() && watched.health() == Health.EJECTED) {
                readmit(watched, "ejection ended early: nothing else takes work", now);
            }
        }
    }

    private void hurry(long now) {
        boolean nothingUp = pool.roster().eligible().isEmpty();
        if (nothingUp && !hurrying) {
            for (Watched watched : members.values()) {
                watched.due = earlier(watched.due, schedule.soon(now));
            }
        }
        hurrying = nothingUp;
    }

    private List<Backend> startChecks(long now) {
        if (health.off()) {
            return List.of();
        }
        var due = new ArrayList<Watched>();
        for (Watched watched : members.values()) {
            if (!watched.probing && !watched.resting && watched.due - now <= 0) {
                due.add(watched);
            }
        }
        int room = Math.max(health.atOnce() - running, 0);
        if (due.size() > room) {
            // The longest overdue first, or the same ones would always win.
            due.sort((a, b) -> Long.signum(a.due - b.due));
            due.subList(room, due.size()).clear();
        }
        var backends = new ArrayList<Backend>(due.size());
        for (Watched watched : due) {
            watched.probing = true;
            watched.began = now;
            backends.add(watched.backend);
        }
        running += due.size();
        return backends;
    }

    /** Brings the backend's published health in line with its two causes. */
    private void show(Watched watched, String why) {
        Health after = watched.health();
        long when = wall.epochMillis();
        BackendState before = watched.backend.update(state -> state.withHealth(after, when, why));
        if (before != null) {
            changed = true;
            if (after == Health.UP) {
                watched.held = false;
                watched.backend.streak().rearm();
            }
            tell(watched, before.health(), after, why);
        }
    }

    private void tell(Watched watched, Health before, Health after, String why) {
        events.accept(new HealthEvent(wall.epochMillis(), watched.backend.key(), before, after, why));
    }

    private long lostAt(Watched watched) {
        return watched.began + health.patience().toNanos() + LOST_NANOS;
    }

    private static long earlier(long a, long b) {
        return a - b < 0 ? a : b;
    }

    private static String words(Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
