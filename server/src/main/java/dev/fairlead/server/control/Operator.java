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
import dev.fairlead.core.pool.BackendState.Health;
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

    /** How an operator's verb reaches the engine. */
    interface Helm {
        /** Runs {@code what} on the control thread and waits. */
        <T> T ask(Supplier<T> what);

        @Nullable
        RunningPool pool(String name);

        /** Takes in at once what was changed. Control thread. */
        void settle(RunningPool pool);

        /** A backend that is no member any more: closes what is idle, and after so long what is not. Control thread. */
        void left(Backend backend, Duration lasts);

        void tell(Event event);

        /** Whose deploy is under way in this pool; {@code null} for nobody's. Control thread. */
        @Nullable
        String claimed(String pool);

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
        return helm.ask(() -> changeNow(pool, address, change, ifRevision));
    }

    /** The same. Control thread. */
    Result changeNow(String pool, String address, Change change, @Nullable Long ifRevision) {
        RunningPool running = helm.pool(pool);
        Backend backend = running == null ? null : running.pool().find(new BackendKey(pool, address));
        if (running == null || backend == null) {
            return unknown(running, pool, address);
        }
        Refused refused = Objections.to(
                change, running, backend, member(backend.key()), ifRevision, helm.claimed(running.name()));
        return refused != null ? refused : change(running, backend, change);
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
            Member terms = owned(member(backend.key()), backend.state(), wish, change);
            // Not a word about why, or a heartbeat: then the reason that was given stays.
            boolean same = change.renew() || change.why().equals(Change.NO_REASON);
            String why =
                    same && wish == backend.state().wish() ? backend.state().why() : change.why();
            var order = new Order(wish, why, change.deadline(), change.lease(), change.passes());
            changed.addAll(wished(backend, order, terms));
            watchdog.order(backend, order, now);
            put(backend.key(), changed.isEmpty() ? member(backend.key()) : terms);
        }
        if (!changed.isEmpty()) {
            put(backend.key(), member(backend.key()).revised(++revision));
            helm.settle(running);
            helm.changed();
        }
        return new Done(changed, false, member(backend.key()).revision());
    }

    /** What a wish changes, for people. */
    private List<String> wished(Backend backend, Order order, Member terms) {
        Member member = member(backend.key());
        Wish before = backend.state().wish();
        Wish wish = order.wish();
        if (wish != before) {
            return List.of("wish " + word(before) + " -> " + word(wish));
        }
        var changed = new ArrayList<String>();
        if (wish == Wish.DRAIN && (order.lease() != null || order.deadline() != null)) {
            changed.add("drain renewed");
        }
        if (wish != Wish.READY && !order.why().equals(backend.state().why())) {
            changed.add("why " + order.why());
        }
        boolean gated = wish == Wish.DRAIN || backend.state().health() == Health.UNCHECKED;
        if (gated && terms.passes() != member.passes()) {
            changed.add("passes " + Math.max(terms.passes(), 1));
        }
        if (!Objects.equals(member.match(), terms.match())) {
            changed.add(terms.match() == null ? "no match is asked for any more" : "match " + terms.match());
        }
        return changed;
    }

    private static Member owned(Member member, BackendState state, Wish wish, Change change) {
        Wish before = state.wish();
        if (wish == Wish.READY && before == wish && (state.health() == Health.UP || state.health() == Health.EJECTED)) {
            // It is in: a gate that is behind it asks for nothing, not even when it is told to twice.
            return member.owned(null, null).returning(0, null);
        }
        int passes = change.passes() == 0 && wish == before ? member.passes() : change.passes();
        return switch (wish) {
            case DRAIN -> {
                String match = change.match() == null && wish == before ? member.match() : change.match();
                yield member.owned(change.owner(), change.lease()).returning(passes, match);
            }
            case READY -> member.owned(null, null).returning(passes, change.match());
            case MAINT -> member.owned(null, null).returning(0, null);
        };
    }

    // ---- joining and leaving ---------------------------------------------------

    /**
     * Adds a backend, or renews its registration. It serves from the moment it passes its first check.
     *
     * @param weight {@code null} for what it is, or 1: a heartbeat leaves alone what an operator set
     * @param ttl it leaves by itself unless registered again within this time; {@code null} to stay
     */
    public Result register(String pool, Address address, @Nullable Integer weight, @Nullable Duration ttl, String why) {
        // Looked up here, for names take their time and the control thread has none.
        var resolved = new Resolved(address);
        return helm.ask(() -> {
            RunningPool running = helm.pool(pool);
            if (running == null) {
                return unknown(null, pool, "");
            }
            if (weight != null && (weight < 0 || weight > BackendState.MAX_WEIGHT)) {
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
            join(running, key, resolved, weight == null ? 1 : weight, ttl);
            helm.settle(running);
            helm.changed();
            tell(key, "-", "member", "registered: " + why);
            return new Done(List.of("joined pool " + pool + ", gated until its first passing check"), true, revision);
        });
    }

    private Result renew(
            RunningPool running, Backend known, @Nullable Integer weight, @Nullable Duration ttl, String why) {
        Member member = member(known.key());
        if (!member.registered()) {
            return new Refused(Why.CONFLICT, known.key() + " stands in the configuration");
        }
        var changed = new ArrayList<String>();
        if (weight != null && weight != known.state().weight()) {
            changed.add("weight " + known.state().weight() + " -> " + weight);
            running.watchdog().weigh(known, weight, why, ticker.nanos());
            helm.settle(running);
        }
        if (ttl != null) {
            due.put(known.key(), ticker.nanos() + ttl.toNanos());
        }
        // A renewal is no change anyone else must know of, so the revision stays unless something else changed.
        long next = changed.isEmpty() ? member.revision() : ++revision;
        put(known.key(), member.revised(next).joined(true, ttl, expiry(ttl)));
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
        put(key, Member.PLAIN.revised(++revision).joined(true, ttl, expiry(ttl)));
        if (ttl != null) {
            due.put(key, ticker.nanos() + ttl.toNanos());
        }
        running.pool().publish(all);
        return backend;
    }

    private long expiry(@Nullable Duration ttl) {
        return ttl == null ? 0 : wall.epochMillis() + ttl.toMillis();
    }

    /** Removes a registered backend: it gets no new work, and what it has in work finishes, as in a drain. */
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
        // A drain that was under way ends no later for it.
        long draining = running.watchdog().drainLeft(backend, ticker.nanos());
        Duration lasts =
                draining > 0 ? Duration.ofNanos(draining) : running.config().drain();
        running.pool().publish(all);
        forget(backend.key());
        helm.settle(running);
        helm.left(backend, lasts);
        tell(backend.key(), "member", "-", why);
        helm.changed();
    }

    /**
     * Removes those whose registration was not renewed. Control thread; says when to come back, in milliseconds from now.
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

    /** What a backend's check must find now beside what it always must; {@code null} for nothing. Control thread. */
    @Nullable
    String askedAtGate(Backend backend) {
        // While it is drained its old version may still be there: that is asked when it is to come back.
        return backend.state().wish() == Wish.READY ? member(backend.key()).match() : null;
    }

    /** A backend has passed the gate: what was asked of it there is asked no more. Control thread. */
    void admitted(Backend backend) {
        Member member = member(backend.key());
        if (backend.state().wish() == Wish.READY && (member.match() != null || member.passes() != 0)) {
            put(backend.key(), member.returning(0, null));
            helm.changed();
        }
    }

    /** A backend is wanted again, and nobody holds it any more. Control thread. */
    void wanted(Backend backend) {
        Member member = member(backend.key());
        if (member.owner() != null || member.lease() != null) {
            put(backend.key(), member.owned(null, null));
        }
    }

    /** A backend stands in the configuration now; what it was if it had joined at run time. Control thread. */
    @Nullable
    Member configured(BackendKey key) {
        Member member = member(key);
        if (!member.registered()) {
            return null;
        }
        put(key, member.revised(++revision).joined(false, null, 0));
        return member;
    }

    /** It does not after all, and is registered as it was before. Control thread. */
    void unconfigured(BackendKey key, Member before) {
        Duration ttl = before.ttl();
        if (ttl != null) {
            due.put(key, ticker.nanos() + ttl.toNanos());
        }
        put(key, member(key).revised(++revision).joined(true, ttl, expiry(ttl)));
    }

    /** A backend is no member any more. Control thread. */
    void forget(BackendKey key) {
        var fewer = new HashMap<>(members);
        fewer.remove(key);
        due.remove(key);
        members = Map.copyOf(fewer);
    }

    /** What is kept over a restart may have changed. Control thread. */
    void kept() {
        helm.changed();
    }

    /** Remembers what was wished of this one before a restart, and by whom. Control thread. */
    void touch(BackendKey key, @Nullable String owner, @Nullable Duration lease, int passes, @Nullable String match) {
        put(key, member(key).revised(++revision).owned(owner, lease).returning(passes, match));
    }

    private void put(BackendKey key, Member member) {
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
