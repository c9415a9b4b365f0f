package dev.fairlead.core.health;

import dev.fairlead.core.config.HealthConfig;
import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.health.Event.Kind;
import dev.fairlead.core.health.Tracker.Verdict;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.core.pool.BackendState.Wish;
import dev.fairlead.core.pool.Pool;
import dev.fairlead.core.pool.Roster;
import dev.fairlead.core.time.WallClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides the measured health of every member of one pool, from checks and from real traffic, and when to check again.
 *
 * <p>Confined to the control thread, which drives it: hand in what happened ({@link #onCheck}, {@link #onTrip},
 * {@link #onWarm}) and what the operator wishes ({@link #order}), then call {@link #tick}, do what it returns, and come
 * back at {@link #nextDue} or when something happens. It has no thread, socket or clock of its own.
 *
 * <p><b>Members</b> are those of the pool's roster: a tick takes in what {@link Pool#publish} added or removed since the
 * last. <b>States</b> of backends change at once; the pool is refreshed by the
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
 * Two exceptions. An ejection because nothing came back: when checks find nobody there either, they know as much as
 * traffic did, and it ends behind the verdict; and when no connection could be made, for the first time in a row, passing
 * checks show that it can be again. And an ejection for anything else, when checks that began after it first found nobody
 * there and then pass: that is another process, and it comes back on trial. So a backend that died is back when it is back.
 *
 * When an ejection's time is over the verdict alone decides. Without a check ({@link HealthConfig#off}) the verdict is
 * UP from the start. Maintenance ends checks, verdict and ejection; leaving it, and leaving a drain, goes through the
 * gate again, for what comes back may not be what went. Between the gate and the first client a backend may be warmed up.
 *
 * <p><b>Slow start.</b> Who begins to take work gets a growing share of its weight, unless nothing else has been serving
 * for longer than a moment: members that start together, or come back together, are equals.
 *
 * <p><b>The ceiling.</b> Ejecting must not do more harm than the backend does. An ejection is refused when no other
 * member would be left to take work (so a pool of one never ejects, a pool of two ejects one), and, unless it would be
 * the only one, when less than half of the members the operator wants in service would be left taking work. A refused
 * backend may be reported again after a second. And when ejected members with an UP verdict are all a
 * pool has left, because checks took the others, their ejections end early: some answers are better than none.
 *
 * <p><b>A drain ends.</b> It is done when nothing is in work, what is left at its deadline is cut, and with a lease it
 * lasts only while someone renews it.
 *
 * <p><b>Hurry.</b> While nothing in the pool takes work, all checks run at the fast interval.
 */
public final class Watchdog {
    /** Longest that {@link #nextDue} lets its caller sleep. */
    static final long IDLE_NANOS = 60_000_000_000L;

    /** How often a drain is looked at. */
    static final long LOOK_NANOS = 50_000_000L;

    private final Pool pool;
    private final Checks checks;
    private final Ward ward;
    private final Traffic traffic;
    private final Wishes wishes;
    private final List<Backend> cuts = new ArrayList<>();
    private final List<Backend> warmUps = new ArrayList<>();
    private @Nullable List<Backend> synced;
    private boolean panicking;

    /**
     * @param random of its own, for jitter
     * @param events told of every change, on the control thread
     */
    public Watchdog(Pool pool, Care care, WallClock wall, RandomGenerator random, Consumer<Event> events) {
        this.pool = pool;
        this.checks = new Checks(care.health(), random);
        this.ward = new Ward(care, checks, new Teller(pool.name(), wall, events));
        this.traffic = new Traffic(ward);
        this.wishes = new Wishes(ward);
    }

    public Pool pool() {
        return pool;
    }

    /** Goes on under other settings; verdicts, ejections and drains under way stay. */
    public void reconfigure(Care newCare, long now) {
        sync(now);
        boolean otherCheck = !newCare.health().equals(health());
        ward.care(newCare);
        if (otherCheck) {
            checks.reconfigure(newCare.health(), ward.all(), now);
        }
        if (newCare.eject().consecutive() == 0 || newCare.eject().trials() == 0) {
            // Nobody would count what it does well any more, and it would stay at one request at a time.
            ward.all().forEach(watched -> watched.backend.trial(0));
        }
    }

    private HealthConfig health() {
        return ward.care().health();
    }

    /** Does all that is due, and returns what others have to do. */
    public Todo tick(long now) {
        sync(now);
        for (Watched watched : ward.all()) {
            age(watched, now);
        }
        traffic.watch(now);
        traffic.recall(now);
        refresh();
        checks.hurry(ward.all(), now);
        Todo todo = new Todo(checks.start(ward.all(), now), List.copyOf(warmUps), List.copyOf(cuts));
        warmUps.clear();
        cuts.clear();
        return todo;
    }

    private void refresh() {
        if (ward.takeChanged()) {
            pool.refresh();
        }
        Roster roster = pool.roster();
        if (roster.panic() != panicking) {
            panicking = roster.panic();
            long taking =
                    roster.all().stream().filter(b -> b.state().takesNew()).count();
            String why = taking + " of " + roster.all().size() + " backends take work"
                    + (panicking ? ": those that answer badly are used, too" : "");
            ward.teller.pool(Kind.PANIC, panicking ? "calm" : "panic", panicking ? "panic" : "calm", why);
        }
    }

    /** When to call {@link #tick} at the latest, unless something happens before. */
    public long nextDue(long now) {
        if (ward.changed() || pool.roster().all() != synced) {
            return now;
        }
        long next = earlier(now + IDLE_NANOS, traffic.next(now + IDLE_NANOS));
        for (Watched watched : ward.all()) {
            next = earlier(next, nextOf(watched, now));
        }
        return earlier(now, next) == next ? now : next;
    }

    private long nextOf(Watched watched, long now) {
        long next = now + IDLE_NANOS;
        if (watched.ejection.active()) {
            next = earlier(next, watched.ejection.until());
        }
        if (watched.held) {
            next = earlier(next, watched.rearm);
        }
        if (watched.ramp.active()) {
            next = earlier(next, watched.ramp.next(ward.care().slowStart(), now));
        }
        if (watched.drain.active()) {
            next = earlier(next, watched.drain.next(now, LOOK_NANOS, IDLE_NANOS));
        }
        if (watched.warming) {
            next = earlier(next, watched.warmUntil);
        }
        return earlier(next, checks.next(watched, next));
    }

    // ---- checks ----------------------------------------------------------------

    /** Takes in the result of a check that {@link #tick} asked for; one nobody waits for is ignored. */
    public void onCheck(Backend backend, CheckResult result, long now) {
        Watched watched = ward.find(backend);
        if (watched == null || !watched.probing) {
            return;
        }
        checks.ended(watched);
        if (watched.stale) {
            watched.stale = false;
            checks.first(watched, now, 1);
        } else if (!health().off() && !watched.maintained()) {
            judge(watched, result, now);
        }
    }

    private void judge(Watched watched, CheckResult result, long now) {
        // Without sockets of our own every check would fail, and every healthy backend would go down at once.
        if (result.conclusive()) {
            Verdict before = watched.tracker.verdict();
            int shareBefore = watched.tracker.share();
            if (watched.tracker.take(result, health())) {
                turn(watched, before, now);
            }
            traffic.heard(watched, result, health(), now);
            share(watched, shareBefore, result, now);
        }
        checks.again(watched, now);
    }

    /** The verdict has changed. */
    private void turn(Watched watched, Verdict before, long now) {
        if (before == Verdict.UP && watched.tracker.verdict() == Verdict.DOWN) {
            traffic.contradict(watched);
        }
        watched.warming = false;
        if (ward.care().warmUp() && before != Verdict.UP && watched.tracker.verdict() == Verdict.UP) {
            watched.warming = true;
            watched.warmUntil = now + ward.care().warmUpTime().toNanos() + Checks.LOST_NANOS;
            warmUps.add(watched.backend);
            ward.show(watched, watched.tracker.why() + "; warming up", now);
            return;
        }
        ward.show(watched, watched.tracker.why(), now);
    }

    /** A backend that {@link #tick} asked to warm up has been; one nobody waits for is ignored. */
    public void onWarm(Backend backend, String evidence, long now) {
        Watched watched = ward.find(backend);
        if (watched != null && watched.warming) {
            watched.warming = false;
            ward.show(watched, watched.tracker.why() + "; warmed up: " + evidence, now);
        }
    }

    private void share(Watched watched, int before, CheckResult result, long now) {
        int share = watched.tracker.share();
        if (share != before) {
            ward.teller.of(
                    watched, Kind.SHARE, before + "%", share + "%", "the check asks for it: " + result.evidence());
        }
        ward.settle(watched, now);
    }

    // ---- real traffic and the operator -----------------------------------------

    /** Takes in that a backend failed too often in a row; ejects it unless the ceiling forbids. */
    public void onTrip(Backend backend, Outcome last, long now) {
        traffic.trip(backend, last, now);
    }

    /** Takes in what the operator wishes; the next tick acts on it. A backend that is no member is left alone. */
    public void order(Backend backend, Order order, long now) {
        Watched watched = member(backend, now);
        if (watched != null) {
            wishes.order(watched, order, now);
        }
    }

    /** Sets a member's weight; the next tick shares work by it. */
    public void weigh(Backend backend, int weight, String why, long now) {
        Watched watched = member(backend, now);
        if (watched != null) {
            wishes.weigh(watched, weight, why);
        }
    }

    /** Sets a member's cap, 0 to learn it. */
    public void cap(Backend backend, int cap, String why, long now) {
        Watched watched = member(backend, now);
        if (watched != null) {
            wishes.cap(watched, cap, why);
        }
    }

    private @Nullable Watched member(Backend backend, long now) {
        sync(now);
        return ward.find(backend);
    }

    /** What real traffic had to say against the check since the last call. */
    public Testimony testimony() {
        return ward.witness.testify();
    }

    /** Whether a drain under way has nothing left in work; {@code false} when none is under way. */
    public boolean drained(Backend backend) {
        Watched watched = ward.find(backend);
        return watched != null && watched.drain.done() && backend.inflight() == 0;
    }

    /** Nanoseconds until what is in work at a draining backend is cut; 0 when it was, or when none drains. */
    public long drainLeft(Backend backend, long now) {
        Watched watched = ward.find(backend);
        return watched == null || !watched.drain.active() ? 0 : Math.max(watched.drain.deadline() - now, 0);
    }

    /** Sets an ejection that was under way before a restart. */
    public void resumeEjection(Backend backend, Duration left, String why, long now) {
        Watched watched = member(backend, now);
        if (watched != null) {
            watched.ejection.resume(now + left.toNanos());
            ward.teller.of(watched, Kind.HEALTH, "ejected", "ejected", why);
        }
    }

    /** How long an ejection under way still lasts; zero when none is. */
    public Duration ejectedFor(Backend backend, long now) {
        Watched watched = ward.find(backend);
        return watched == null || !watched.ejection.active()
                ? Duration.ZERO
                : Duration.ofNanos(Math.max(watched.ejection.until() - now, 0));
    }

    // ---- members ---------------------------------------------------------------

    private void sync(long now) {
        List<Backend> all = pool.roster().all();
        if (all == synced) {
            return;
        }
        synced = all;
        var known = new LinkedHashMap<>(ward.members);
        var added = new ArrayList<Watched>();
        ward.members.clear();
        for (Backend backend : all) {
            Watched watched = known.remove(backend);
            if (watched == null) {
                watched = adopt(backend, now);
                added.add(watched);
            }
            ward.members.put(backend, watched);
        }
        for (Watched watched : added) {
            checks.first(watched, now, added.size());
        }
        for (Watched gone : known.values()) {
            checks.forget(gone);
        }
        if (!known.isEmpty()) {
            ward.shareOut(now);
        }
    }

    /** A new member, or one that another watchdog has learned about. */
    private Watched adopt(Backend backend, long now) {
        Health learned = backend.state().health();
        var watched = new Watched(backend, Watched.verdictOf(learned));
        if (learned == Health.EJECTED) {
            watched.ejection.begin(ward.care().eject(), now);
        }
        watched.servesSince = now - Ward.TOGETHER_NANOS;
        backend.streak().rearm();
        if (backend.state().wish() == Wish.DRAIN) {
            watched.drain.begin(now, now + ward.care().drain().toNanos());
        }
        return watched;
    }

    /** Does what time alone brings about. */
    private void age(Watched watched, long now) {
        if (watched.maintained() != watched.resting) {
            watched.resting = watched.maintained();
            ward.gate(watched, 1, now);
        }
        if (watched.resting) {
            return;
        }
        wishes.step(watched, cuts, now);
        if (health().off() && watched.tracker.verdict() != Verdict.UP) {
            Verdict before = watched.tracker.verdict();
            watched.tracker.set(Verdict.UP, "no check configured");
            turn(watched, before, now);
        }
        if (watched.probing && checks.lostAt(watched) - now <= 0) {
            long took = now - watched.began;
            onCheck(watched.backend, CheckResult.silent("the check gave no result", took), now);
        }
        if (watched.warming && watched.warmUntil - now <= 0) {
            onWarm(watched.backend, "gave no result", now);
        }
        if (watched.held && watched.rearm - now <= 0) {
            watched.held = false;
            watched.backend.streak().rearm();
        }
        if (watched.ejection.over(now)) {
            ward.readmitOnTrial(watched, "ejection over", now);
        }
        if (watched.ramp.active()) {
            ward.settle(watched, now);
        }
    }

    private static long earlier(long a, long b) {
        return a - b < 0 ? a : b;
    }
}
