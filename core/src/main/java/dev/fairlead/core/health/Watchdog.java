package dev.fairlead.core.health;

import dev.fairlead.core.config.HealthConfig;
import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.health.Event.Kind;
import dev.fairlead.core.health.Tracker.Verdict;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendState;
import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.core.pool.BackendState.Wish;
import dev.fairlead.core.pool.Pool;
import dev.fairlead.core.pool.Roster;
import dev.fairlead.core.time.WallClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * backend may be reported again after {@value #HOLD_NANOS} ns. And when ejected members with an UP verdict are all a
 * pool has left, because checks took the others, their ejections end early: some answers are better than none.
 *
 * <p><b>A drain ends.</b> It is done when nothing is in work, what is left at its deadline is cut, and with a lease it
 * lasts only while someone renews it.
 *
 * <p><b>Hurry.</b> While nothing in the pool takes work, all checks run at the fast interval.
 */
public final class Watchdog {
    /** From a refused ejection to the next that may be asked for. */
    static final long HOLD_NANOS = 1_000_000_000L;

    /** From one event about a refused ejection of a backend to the next. */
    static final long QUIET_NANOS = 60_000_000_000L;

    /** Longest that {@link #nextDue} lets its caller sleep. */
    static final long IDLE_NANOS = 60_000_000_000L;

    /** How often a drain is looked at. */
    static final long LOOK_NANOS = 50_000_000L;

    /** Members that begin to take work within this time of each other are equals. */
    static final long TOGETHER_NANOS = 3_000_000_000L;

    private static final String GATED = "waiting for the first passing check";

    private final Pool pool;
    private final Teller teller;
    private final Map<Backend, Watched> members = new LinkedHashMap<>();
    private final List<Backend> cuts = new ArrayList<>();
    private final List<Backend> warmUps = new ArrayList<>();
    private @Nullable List<Backend> synced;
    private final Checks checks;
    private Care care;
    private boolean changed;
    private boolean panicking;
    private long sampled;
    private boolean sampling;

    /**
     * @param random of its own, for jitter
     * @param events told of every change, on the control thread
     */
    public Watchdog(Pool pool, Care care, WallClock wall, RandomGenerator random, Consumer<Event> events) {
        this.pool = pool;
        this.care = care;
        this.teller = new Teller(pool.name(), wall, events);
        this.checks = new Checks(care.health(), random);
    }

    public Pool pool() {
        return pool;
    }

    /** Goes on under other settings; verdicts, ejections and drains under way stay. */
    public void reconfigure(Care newCare, long now) {
        care = newCare;
        checks.reconfigure(health(), members.values(), now);
    }

    private HealthConfig health() {
        return care.health();
    }

    /** Does all that is due, and returns what others have to do. */
    public Todo tick(long now) {
        sync(now);
        boolean sample = sampleNow(now);
        for (Watched watched : members.values()) {
            age(watched, now);
            if (sample) {
                watched.window.sample(watched.backend.tally());
            }
        }
        if (sample) {
            ejectOutliers(now);
        }
        recall(now);
        refresh();
        checks.hurry(members.values(), now);
        Todo todo = new Todo(checks.start(members.values(), now), List.copyOf(warmUps), List.copyOf(cuts));
        warmUps.clear();
        cuts.clear();
        return todo;
    }

    private void refresh() {
        if (changed) {
            changed = false;
            pool.refresh();
        }
        Roster roster = pool.roster();
        if (roster.panic() != panicking) {
            panicking = roster.panic();
            long taking =
                    roster.all().stream().filter(b -> b.state().takesNew()).count();
            String why = taking + " of " + roster.all().size() + " backends take work"
                    + (panicking ? ": those that answer badly are used, too" : "");
            teller.pool(Kind.PANIC, panicking ? "calm" : "panic", panicking ? "panic" : "calm", why);
        }
    }

    private boolean sampleNow(long now) {
        if (sampling && now - sampled < Window.SAMPLE_NANOS) {
            return false;
        }
        sampling = true;
        sampled = now;
        return true;
    }

    /** When to call {@link #tick} at the latest, unless something happens before. */
    public long nextDue(long now) {
        if (changed || pool.roster().all() != synced) {
            return now;
        }
        long next = now + IDLE_NANOS;
        if (members.size() > 1) {
            next = earlier(next, sampled + Window.SAMPLE_NANOS);
        }
        for (Watched watched : members.values()) {
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
            next = earlier(next, watched.ramp.next(care.slowStart(), now));
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
        Watched watched = members.get(backend);
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
            share(watched, shareBefore, result, now);
        }
        checks.again(watched, now);
    }

    /** The verdict has changed. */
    private void turn(Watched watched, Verdict before, long now) {
        watched.warming = false;
        if (care.warmUp() && before != Verdict.UP && watched.tracker.verdict() == Verdict.UP) {
            watched.warming = true;
            watched.warmUntil = now + care.warmUpTime().toNanos() + Checks.LOST_NANOS;
            warmUps.add(watched.backend);
            show(watched, watched.tracker.why() + "; warming up", now);
            return;
        }
        show(watched, watched.tracker.why(), now);
    }

    /** A backend that {@link #tick} asked to warm up has been; one nobody waits for is ignored. */
    public void onWarm(Backend backend, String evidence, long now) {
        Watched watched = members.get(backend);
        if (watched != null && watched.warming) {
            watched.warming = false;
            show(watched, watched.tracker.why() + "; warmed up: " + evidence, now);
        }
    }

    private void share(Watched watched, int before, CheckResult result, long now) {
        int share = watched.tracker.share();
        if (share != before) {
            teller.of(watched, Kind.SHARE, before + "%", share + "%", "the check asks for it: " + result.evidence());
        }
        settle(watched, now);
    }

    // ---- real traffic ----------------------------------------------------------

    /** Takes in that a backend failed too often in a row; ejects it unless the ceiling forbids. */
    public void onTrip(Backend backend, Outcome last, long now) {
        Watched watched = members.get(backend);
        // What is out already starts anew when it comes back; a fuse that is whole was replaced since this was sent.
        if (watched == null || !serves(watched) || !backend.streak().blown()) {
            return;
        }
        int length = care.eject().consecutive();
        String evidence = length + " failures in a row, the last: " + words(last);
        String chance = Outliers.among(serving()).likeOthers(watched.window, length);
        if (chance == null) {
            eject(watched, evidence, now);
        } else {
            spare(watched, chance, evidence, now);
        }
    }

    private List<Window> serving() {
        return members.values().stream()
                .filter(Watchdog::serves)
                .map(w -> w.window)
                .toList();
    }

    private void ejectOutliers(long now) {
        if (members.size() == 1) {
            return;
        }
        Outliers outliers = Outliers.among(serving());
        for (Watched watched : members.values()) {
            String evidence = serves(watched) && !watched.held ? outliers.find(watched.window, care.eject()) : null;
            if (evidence != null) {
                eject(watched, evidence, now);
            }
        }
    }

    private static boolean serves(Watched watched) {
        return watched.health() == Health.UP && !watched.maintained();
    }

    private void eject(Watched watched, String evidence, long now) {
        String refusal = Ceiling.refusal(watched, members.values());
        if (refusal == null) {
            Duration lasts = watched.ejection.begin(care.eject(), now);
            watched.held = false;
            show(watched, "ejected for " + Evidence.span(lasts) + ": " + evidence, now);
            return;
        }
        spare(watched, refusal, evidence, now);
    }

    private void spare(Watched watched, String refusal, String evidence, long now) {
        watched.held = true;
        watched.rearm = now + HOLD_NANOS;
        if (!watched.refusedBefore || watched.quietUntil - now <= 0) {
            watched.refusedBefore = true;
            watched.quietUntil = now + QUIET_NANOS;
            teller.of(watched, Kind.SPARED, "up", "up", "not ejected, " + refusal + ": " + evidence);
        }
    }

    // ---- the operator ----------------------------------------------------------

    /** Takes in what the operator wishes; the next tick acts on it. A backend that is no member is left alone. */
    public void order(Backend backend, Order order, long now) {
        sync(now);
        Watched watched = members.get(backend);
        if (watched == null) {
            return;
        }
        Wish before = backend.state().wish();
        if (backend.update(state -> state.withWish(order.wish(), teller.now(), order.why())) != null) {
            changed = true;
            teller.of(watched, Kind.WISH, Teller.word(before), Teller.word(order.wish()), order.why());
        }
        switch (order.wish()) {
            case DRAIN -> drain(watched, order, before != Wish.DRAIN, now);
            case READY -> {
                watched.drain.end();
                if (before == Wish.DRAIN) {
                    gate(watched, order.passes(), now);
                } else if (before == Wish.MAINT) {
                    watched.resting = false;
                    gate(watched, order.passes(), now);
                }
            }
            case MAINT -> watched.drain.end();
        }
    }

    /** Sets a member's weight; the next tick shares work by it. */
    public void weigh(Backend backend, int weight, String why, long now) {
        sync(now);
        Watched watched = members.get(backend);
        if (watched == null) {
            return;
        }
        BackendState before = backend.update(state -> state.withWeight(weight));
        if (before != null) {
            changed = true;
            teller.of(watched, Kind.SETTING, "weight " + before.weight(), "weight " + weight, why);
        }
    }

    /** Sets a member's cap. */
    public void cap(Backend backend, int cap, String why) {
        Watched watched = members.get(backend);
        int before = backend.cap();
        if (watched != null && before != cap) {
            backend.cap(cap);
            teller.of(watched, Kind.SETTING, "cap " + before, "cap " + cap, why);
        }
    }

    private void drain(Watched watched, Order order, boolean begins, long now) {
        Duration deadline = order.deadline();
        if (begins) {
            watched.drain.begin(now, now + (deadline == null ? care.drain() : deadline).toNanos());
        } else if (deadline != null) {
            watched.drain.deadline(now + deadline.toNanos());
        }
        Duration lease = order.lease();
        if (lease != null) {
            watched.drain.lease(now + lease.toNanos());
        }
    }

    private void stepDrain(Watched watched, long now) {
        Backend backend = watched.backend;
        switch (watched.drain.step(backend, now)) {
            case WAIT -> {}
            case DONE ->
                teller.of(
                        watched,
                        Kind.DRAINED,
                        "drain",
                        "drained",
                        "nothing is in work after "
                                + Evidence.span(Duration.ofMillis((now - watched.drain.began()) / 1_000_000)));
            case CUT -> {
                cuts.add(backend);
                teller.of(
                        watched,
                        Kind.DRAINED,
                        "drain",
                        "drained",
                        "the deadline has passed: cut " + backend.inflight() + " in work");
            }
            case LAPSED ->
                order(backend, Order.of(Wish.READY, "the drain's lease was not renewed: back through the gate"), now);
        }
    }

    /** Whether a drain under way has nothing left in work; {@code false} when none is under way. */
    public boolean drained(Backend backend) {
        Watched watched = members.get(backend);
        return watched != null && watched.drain.done() && backend.inflight() == 0;
    }

    /** Nanoseconds until what is in work at a draining backend is cut; 0 when it was, or when none drains. */
    public long drainLeft(Backend backend, long now) {
        Watched watched = members.get(backend);
        return watched == null || !watched.drain.active() ? 0 : Math.max(watched.drain.deadline() - now, 0);
    }

    /** Sets an ejection that was under way before a restart. */
    public void resumeEjection(Backend backend, Duration left, String why, long now) {
        sync(now);
        Watched watched = members.get(backend);
        if (watched != null) {
            watched.ejection.resume(now + left.toNanos());
            teller.of(watched, Kind.HEALTH, "ejected", "ejected", why);
        }
    }

    /** How long an ejection under way still lasts; zero when none is. */
    public Duration ejectedFor(Backend backend, long now) {
        Watched watched = members.get(backend);
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
            checks.first(watched, now, added.size());
        }
        for (Watched gone : known.values()) {
            checks.forget(gone);
        }
    }

    /** A new member, or one that another watchdog has learned about. */
    private Watched adopt(Backend backend, long now) {
        Health learned = backend.state().health();
        var watched = new Watched(backend, Watched.verdictOf(learned));
        if (learned == Health.EJECTED) {
            watched.ejection.begin(care.eject(), now);
        }
        watched.servesSince = now - TOGETHER_NANOS;
        backend.streak().rearm();
        if (backend.state().wish() == Wish.DRAIN) {
            watched.drain.begin(now, now + care.drain().toNanos());
        }
        return watched;
    }

    /** Does what time alone brings about. */
    private void age(Watched watched, long now) {
        if (watched.maintained() != watched.resting) {
            watched.resting = watched.maintained();
            gate(watched, 1, now);
        }
        if (watched.resting) {
            return;
        }
        stepDrain(watched, now);
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
            readmit(watched, "ejection over", now);
        }
        if (watched.ramp.active()) {
            settle(watched, now);
        }
    }

    /** Forgets all that was learned, on the way into maintenance and out of it or out of a drain. */
    private void gate(Watched watched, int passes, long now) {
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

    private void readmit(Watched watched, String why, long now) {
        watched.ejection.end(now);
        show(watched, why, now);
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

    // ---- what is published -----------------------------------------------------

    /** Brings the backend's published health in line with its causes. */
    private void show(Watched watched, String why, long now) {
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

    /** Brings the backend's published share in line with its slow start and with what its checks ask for. */
    private void settle(Watched watched, long now) {
        boolean ramping = watched.ramp.active();
        int ramp = watched.ramp.share(care.slowStart(), now);
        int share = Math.max(ramp * watched.tracker.share() / CheckResult.WHOLE, 1);
        boolean silent = watched.tracker.verdict() == Verdict.DOWN && watched.tracker.silent();
        changed |= watched.backend.update(state -> state.withShare(share).withSilent(silent)) != null;
        if (ramping && !watched.ramp.active()) {
            teller.of(watched, Kind.SHARE, "slow start", "up", "has its whole share");
        }
    }

    private static long earlier(long a, long b) {
        return a - b < 0 ? a : b;
    }

    private static String words(Outcome outcome) {
        return Teller.word(outcome).replace('_', ' ');
    }
}
