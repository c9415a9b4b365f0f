package dev.fairlead.server.control;

import dev.fairlead.core.config.Address;
import dev.fairlead.core.config.Cap;
import dev.fairlead.core.health.Event;
import dev.fairlead.core.health.Event.Kind;
import dev.fairlead.core.health.Order;
import dev.fairlead.core.health.Watchdog;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendKey;
import dev.fairlead.core.pool.BackendState;
import dev.fairlead.core.pool.BackendState.Wish;
import dev.fairlead.core.time.Ticker;
import dev.fairlead.core.time.WallClock;
import dev.fairlead.server.control.Result.Done;
import dev.fairlead.server.control.Result.Refused;
import dev.fairlead.server.control.Result.Why;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What operators may do to a running engine: drain, maintain, weigh, register and remove backends.
 *
 * <p>Thread-safe. Each verb is done by the control thread as one step and has taken effect when the method returns: after
 * a drain has been answered, no event loop gives the backend new work. Verbs block for that moment, so not on event loops.
 */
public final class Operator {
    private static final int MOST_REGISTERED = 10_000;

    /** Whoever asked for a match may be gone, and a backend must not stay out for ever for that. */
    private static final Duration LONGEST_MATCH = Duration.ofMinutes(15);

    /** How an operator's verb reaches the engine. */
    interface Helm {
        /** Runs {@code what} on the control thread and waits. */
        <T> T ask(Supplier<T> what);

        @Nullable
        RunningPool pool(String name);

        /** Takes in at once what was changed. Control thread. */
        void settle(RunningPool pool);

        /** A backend that is no member any more: closes what is idle. Control thread. */
        void left(Backend backend);

        void tell(Event event);

        /** Something that must survive a restart has changed. Control thread. */
        void changed();
    }

    private final Helm helm;
    private final Ticker ticker;
    private final WallClock wall;
    private final int lanes;
    private long revision;

    /** When registrations end unless renewed, by the ticker: a clock that is set must not end them. Control thread. */
    private final Map<BackendKey, Long> due = new HashMap<>();

    /** Until when a match is asked for at the most. Control thread. */
    private final Map<BackendKey, Long> matchEnds = new HashMap<>();

    /** Written by the control thread as a whole, read by anyone. */
    private volatile Map<BackendKey, Member> members = Map.of();

    Operator(Helm helm, Ticker ticker, WallClock wall, int lanes) {
        this.helm = helm;
        this.ticker = ticker;
        this.wall = wall;
        this.lanes = lanes;
        // No number that an earlier process gave out may mean anything to this one.
        this.revision = wall.epochMillis();
    }

    /** What is known of a backend beside its state; of one that nobody touched, that. */
    public Member member(BackendKey key) {
        Member member = members.get(key);
        return member == null ? Member.PLAIN : member;
    }

    // ---- changing --------------------------------------------------------------

    /**
     * Changes a backend.
     *
     * @param ifRevision done only if nobody changed it since that revision; {@code null} to do it in any case
     */
    public Result change(String pool, String address, Change change, @Nullable Long ifRevision) {
        return helm.ask(() -> {
            RunningPool running = helm.pool(pool);
            Backend backend = running == null ? null : running.pool().find(new BackendKey(pool, address));
            if (running == null || backend == null) {
                return unknown(running, pool, address);
            }
            Refused refused = refuse(running, backend, change, ifRevision);
            return refused != null ? refused : change(running, backend, change);
        });
    }

    private @Nullable Refused refuse(RunningPool running, Backend backend, Change change, @Nullable Long ifRevision) {
        Member member = member(backend.key());
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

    private Result change(RunningPool running, Backend backend, Change change) {
        long now = ticker.nanos();
        Watchdog watchdog = running.watchdog();
        var changed = new ArrayList<String>();
        Integer weight = change.weight();
        if (weight != null && weight != backend.state().weight()) {
            changed.add("weight " + backend.state().weight() + " -> " + weight);
            watchdog.weigh(backend, weight, change.why(), now);
        }
        Integer cap = change.cap();
        if (cap != null && cap != backend.fixedCap()) {
            changed.add("cap " + new Cap(backend.fixedCap()) + " -> " + new Cap(cap));
            watchdog.cap(backend, cap, change.why(), now);
        }
        Wish wish = change.wish();
        if (wish != null) {
            Wish before = backend.state().wish();
            if (wish != before) {
                changed.add("wish " + word(before) + " -> " + word(wish));
            } else if (wish == Wish.DRAIN && (change.lease() != null || change.deadline() != null)) {
                changed.add("drain renewed");
            }
            if (wish == Wish.READY
                    && before == wish
                    && !Objects.equals(member(backend.key()).match(), change.match())) {
                changed.add(change.match() == null ? "no match is asked for any more" : "match " + change.match());
            }
            watchdog.order(
                    backend, new Order(wish, change.why(), change.deadline(), change.lease(), change.passes()), now);
        }
        if (!changed.isEmpty()) {
            Member member = member(backend.key()).revised(++revision);
            put(backend.key(), wish == null ? member : owned(member, wish, change));
            helm.settle(running);
            helm.changed();
        }
        return new Done(changed, false, member(backend.key()).revision());
    }

    private static Member owned(Member member, Wish wish, Change change) {
        return switch (wish) {
            case DRAIN -> member.owned(change.owner(), change.lease());
            case READY -> member.owned(null, null).matching(change.match());
            case MAINT -> member.owned(null, null);
        };
    }

    // ---- joining and leaving ---------------------------------------------------

    /**
     * Adds a backend, or renews its registration. It serves from the moment it passes its first check.
     *
     * @param ttl it leaves by itself unless registered again within this time; {@code null} to stay
     */
    public Result register(String pool, Address address, int weight, @Nullable Duration ttl, String why) {
        // Looked up here, for names take their time and the control thread has none.
        var resolved = new Resolved(address);
        return helm.ask(() -> {
            RunningPool running = helm.pool(pool);
            if (running == null) {
                return unknown(null, pool, "");
            }
            if (weight < 0 || weight > BackendState.MAX_WEIGHT) {
                return new Refused(
                        Why.INVALID, "weight: " + weight + " (expected: 0.." + BackendState.MAX_WEIGHT + ")");
            }
            var key = new BackendKey(pool, address.toString());
            Backend known = running.pool().find(key);
            if (known != null) {
                return renew(running, known, weight, ttl, why);
            }
            if (resolved.address().isUnresolved()) {
                return new Refused(Why.INVALID, "address: " + address + ": the name cannot be resolved");
            }
            long registered =
                    members.values().stream().filter(Member::registered).count();
            if (registered >= MOST_REGISTERED) {
                return new Refused(Why.CONFLICT, MOST_REGISTERED + " backends are registered already");
            }
            join(running, key, resolved, weight, ttl);
            helm.settle(running);
            helm.changed();
            tell(key, "-", "member", "registered: " + why);
            return new Done(List.of("joined pool " + pool + ", gated until its first passing check"), true, revision);
        });
    }

    private Result renew(RunningPool running, Backend known, int weight, @Nullable Duration ttl, String why) {
        Member member = member(known.key());
        if (!member.registered()) {
            return new Refused(Why.CONFLICT, known.key() + " stands in the configuration");
        }
        var changed = new ArrayList<String>();
        if (weight != known.state().weight()) {
            changed.add("weight " + known.state().weight() + " -> " + weight);
            running.watchdog().weigh(known, weight, why, ticker.nanos());
            helm.settle(running);
        }
        if (ttl != null) {
            due.put(known.key(), ticker.nanos() + ttl.toNanos());
        }
        // A renewal is no change anyone else must know of, so the revision stays unless something else changed.
        long next = changed.isEmpty() ? member.revision() : ++revision;
        put(known.key(), new Member(next, true, ttl, expiry(ttl), member.lease(), member.owner(), member.match()));
        if (!changed.isEmpty() || (ttl == null) != (member.ttl() == null)) {
            helm.changed();
        }
        return new Done(changed, false, next);
    }

    /** Adds a member. Control thread. */
    Backend join(RunningPool running, BackendKey key, Resolved resolved, int weight, @Nullable Duration ttl) {
        var backend = new Backend(
                key,
                resolved.address(),
                BackendState.gated(weight, wall.epochMillis()),
                RunningPool.caps(running.config()),
                lanes);
        var all = new ArrayList<>(running.pool().roster().all());
        all.add(backend);
        put(key, new Member(++revision, true, ttl, expiry(ttl), null, null, null));
        if (ttl != null) {
            due.put(key, ticker.nanos() + ttl.toNanos());
        }
        running.pool().publish(all);
        return backend;
    }

    private long expiry(@Nullable Duration ttl) {
        return ttl == null ? 0 : wall.epochMillis() + ttl.toMillis();
    }

    /** Removes a registered backend: it gets no new work, and what it has in work finishes. */
    public Result remove(String pool, String address, String why, @Nullable Long ifRevision) {
        return helm.ask(() -> {
            RunningPool running = helm.pool(pool);
            Backend backend = running == null ? null : running.pool().find(new BackendKey(pool, address));
            if (running == null || backend == null) {
                return unknown(running, pool, address);
            }
            Member member = member(backend.key());
            if (ifRevision != null && ifRevision != member.revision()) {
                return new Refused(Why.STALE, "it was changed since: its revision is " + member.revision());
            }
            if (!member.registered()) {
                return new Refused(
                        Why.CONFLICT,
                        backend.key() + " stands in the configuration: take it out there, or wish for maintenance");
            }
            leave(running, backend, why);
            return new Done(List.of("left pool " + pool), false, 0);
        });
    }

    private void leave(RunningPool running, Backend backend, String why) {
        var all = new ArrayList<>(running.pool().roster().all());
        all.remove(backend);
        running.pool().publish(all);
        forget(backend.key());
        helm.settle(running);
        helm.left(backend);
        tell(backend.key(), "member", "-", why);
        helm.changed();
    }

    /**
     * Removes those whose registration was not renewed, and ends what was asked of a backend at its gate by someone who may
     * be gone. Control thread; says when to come back, in milliseconds from now.
     */
    long expire() {
        long now = ticker.nanos();
        long next = Long.MAX_VALUE;
        for (Map.Entry<BackendKey, Long> entry : Map.copyOf(due).entrySet()) {
            long left = entry.getValue() - now;
            if (left > 0) {
                next = Math.min(next, left / 1_000_000 + 1);
                continue;
            }
            due.remove(entry.getKey());
            RunningPool running = helm.pool(entry.getKey().pool());
            Backend backend = running == null ? null : running.pool().find(entry.getKey());
            if (running != null && backend != null) {
                leave(running, backend, "the registration was not renewed");
            }
        }
        for (Map.Entry<BackendKey, Long> entry : Map.copyOf(matchEnds).entrySet()) {
            if (entry.getValue() - now <= 0) {
                admitted(entry.getKey());
            }
        }
        return next;
    }

    // ---- drains ----------------------------------------------------------------

    /**
     * What keeps a drained backend from being done.
     *
     * @param requests in work there, tunnels and streams among them
     * @param connections open to it, those of requests and idle ones
     * @param millis until what is left is cut; 0 when nothing is, or when it does not drain
     */
    public record Left(boolean draining, boolean drained, int requests, long connections, int pinned, long millis) {}

    /** How far a drain is; {@code null} when there is no such backend. */
    public @Nullable Left left(String pool, String address) {
        return helm.ask(() -> {
            RunningPool running = helm.pool(pool);
            Backend backend = running == null ? null : running.pool().find(new BackendKey(pool, address));
            if (running == null || backend == null) {
                return null;
            }
            long left = running.watchdog().drainLeft(backend, ticker.nanos());
            return new Left(
                    backend.state().wish() == Wish.DRAIN,
                    running.watchdog().drained(backend),
                    backend.inflight(),
                    backend.tally().connections(),
                    0,
                    left / 1_000_000);
        });
    }

    // ---- the book --------------------------------------------------------------

    /** A backend has passed the gate: what was asked of it there is asked no more. Control thread. */
    void admitted(BackendKey key) {
        Member member = members.get(key);
        if (member != null && member.match() != null) {
            put(key, member.matching(null));
        }
    }

    /** A backend stands in the configuration now; whether it had joined at run time. Control thread. */
    boolean configured(BackendKey key) {
        Member member = member(key);
        if (member.registered()) {
            put(key, new Member(++revision, false, null, 0, member.lease(), member.owner(), member.match()));
        }
        return member.registered();
    }

    /** A backend is no member any more. Control thread. */
    void forget(BackendKey key) {
        var fewer = new HashMap<>(members);
        fewer.remove(key);
        due.remove(key);
        matchEnds.remove(key);
        members = Map.copyOf(fewer);
    }

    /** What is kept over a restart may have changed. Control thread. */
    void kept() {
        helm.changed();
    }

    /** Remembers who drained this one before a restart. Control thread. */
    void touch(BackendKey key, @Nullable String owner, @Nullable Duration lease) {
        put(key, member(key).revised(++revision).owned(owner, lease));
    }

    private void put(BackendKey key, Member member) {
        if (member.match() == null) {
            matchEnds.remove(key);
        } else {
            matchEnds.putIfAbsent(key, ticker.nanos() + LONGEST_MATCH.toNanos());
        }
        Duration ttl = member.ttl();
        if (ttl == null) {
            due.remove(key);
        }
        var more = new HashMap<>(members);
        more.put(key, member);
        members = Map.copyOf(more);
    }

    private void tell(BackendKey key, String before, String after, String why) {
        helm.tell(new Event(wall.epochMillis(), key.pool(), key, Kind.MEMBER, before, after, why));
    }

    private static Refused unknown(@Nullable RunningPool running, String pool, String address) {
        return new Refused(
                Why.UNKNOWN,
                running == null ? "there is no pool " + pool : "pool " + pool + " has no backend " + address);
    }

    private static String word(Wish wish) {
        return wish.name().toLowerCase(Locale.ROOT);
    }
}
