package dev.fairlead.server.control;

import dev.fairlead.core.health.Deploy;
import dev.fairlead.core.health.Event;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendKey;
import dev.fairlead.core.pool.BackendState;
import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.core.pool.BackendState.Wish;
import dev.fairlead.core.time.Ticker;
import dev.fairlead.core.time.WallClock;
import dev.fairlead.server.control.Result.Refused;
import dev.fairlead.server.control.Result.Why;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Deploys that the balancer runs, and someone else supplies the hands for: one of a pool at a time.
 *
 * <p>Thread-safe; methods block for a moment, so not on event loops. What there is is in memory: a restart ends all deploys,
 * and what they had out returns as their drains say, which the state file keeps.
 */
public final class Deploys {
    /** Most that have ended and are still shown. */
    private static final int MOST_ENDED = 32;

    /** What came of asking; exactly one of the two is there. */
    public record Told(
            @Nullable DeployStatus deploy, @Nullable Refused refused) {}

    /**
     * How a deploy is to be done.
     *
     * @param passes checks in a row that a changed backend has to pass
     * @param match what those must find; {@code null} for nothing more than usual
     * @param gateTime longest time for that
     * @param floor share of the pool, 0..1, that must be left taking work
     * @param lease how long it lives without a word of its caller
     * @param deadline until what is in work at a drained one is cut; {@code null} for what the pool says
     * @param ramp whether to wait until one has its whole share before the next is taken
     * @param why for the log and the timeline
     */
    public record Wanted(
            int batch,
            int passes,
            @Nullable String match,
            Duration gateTime,
            double floor,
            Duration lease,
            @Nullable Duration deadline,
            boolean ramp,
            String why) {}

    /** One deploy. Control thread. */
    private final class Session implements Deploy.Hands {
        final String id;
        final String pool;
        final String owner;
        final String why;
        final long begunAt;
        final Deploy deploy;
        long endedAt;

        Session(String id, String pool, Wanted wanted, List<String> addresses) {
            this.id = id;
            this.pool = pool;
            this.owner = "deploy " + id;
            this.why = owner + ": " + wanted.why();
            this.begunAt = wall.epochMillis();
            var terms = new Deploy.Terms(
                    wanted.batch(),
                    wanted.passes(),
                    wanted.match(),
                    wanted.gateTime(),
                    wanted.floor(),
                    wanted.lease(),
                    wanted.deadline(),
                    wanted.ramp());
            this.deploy = new Deploy(terms, addresses, this, ticker.nanos());
        }

        boolean running() {
            return endedAt == 0;
        }

        /** After anything that was done: it may have ended. */
        void settle() {
            if (running() && deploy.state() != Deploy.State.RUNNING) {
                endedAt = wall.epochMillis();
                String how = deploy.why().isEmpty() ? owner : owner + ": " + deploy.why();
                tell(pool, "deploy", Deploy.word(deploy.state()), how);
                forgetSome();
            }
        }

        DeployStatus status() {
            return new DeployStatus(
                    id,
                    pool,
                    owner,
                    Deploy.word(deploy.state()),
                    deploy.why(),
                    deploy.revision(),
                    begunAt,
                    endedAt,
                    deploy.leaseLeft(ticker.nanos()) / 1_000_000,
                    deploy.terms().batch(),
                    deploy.terms().gate(),
                    deploy.terms().match(),
                    deploy.steps().stream()
                            .map(step -> new DeployStatus.Step(step.address(), Deploy.word(step.stage()), step.why()))
                            .toList());
        }

        @Override
        public Deploy.@Nullable View look(String address) {
            RunningPool running = helm.pool(pool);
            var key = new BackendKey(pool, address);
            Backend backend = running == null ? null : running.pool().find(key);
            if (running == null || backend == null) {
                return null;
            }
            BackendState state = backend.state();
            boolean up = state.wish() == Wish.READY && state.health() == Health.UP;
            return new Deploy.View(
                    state.wish() == Wish.READY,
                    state.wish() == Wish.DRAIN
                            && owner.equals(operator.member(key).owner()),
                    running.watchdog().drained(backend),
                    state.takesNew() || (up && state.weight() == 0),
                    state.share() == BackendState.WHOLE,
                    state.why());
        }

        @Override
        public @Nullable String drain(String address, Deploy.Terms terms) {
            var change = new Change(
                    Wish.DRAIN,
                    null,
                    null,
                    terms.drain(),
                    terms.lease(),
                    terms.gate(),
                    terms.floor(),
                    owner,
                    false,
                    null,
                    why);
            return operator.changeNow(pool, address, change, null) instanceof Refused refused ? refused.detail() : null;
        }

        @Override
        public void hold(String address, Deploy.Terms terms, @Nullable String match) {
            var change =
                    new Change(Wish.DRAIN, null, null, null, terms.lease(), terms.gate(), 0, owner, true, match, why);
            // Whether it is still ours is seen by looking at it.
            Result _ = operator.changeNow(pool, address, change, null);
        }

        @Override
        public void release(String address, int passes, @Nullable String match, String reason) {
            var change = new Change(
                    Wish.READY, null, null, null, null, passes, 0, owner, false, match, owner + ": " + reason);
            Result _ = operator.changeNow(pool, address, change, null);
        }
    }

    private final Operator.Helm helm;
    private final Operator operator;
    private final Ticker ticker;
    private final WallClock wall;
    private long last;

    /** By their ids, the oldest first. Control thread. */
    private final Map<String, Session> sessions = new LinkedHashMap<>();

    Deploys(Operator.Helm helm, Operator operator, Ticker ticker, WallClock wall) {
        this.helm = helm;
        this.operator = operator;
        this.ticker = ticker;
        this.wall = wall;
        // No number that an earlier process gave out may mean anything to this one.
        this.last = wall.epochMillis();
    }

    // ---- asking ----------------------------------------------------------------

    /** All there are and the last that have ended, the oldest first. */
    public List<DeployStatus> all() {
        return helm.ask(() -> sessions.values().stream().map(Session::status).toList());
    }

    /** One of them; {@code null} when there is none of that id, or none any more. */
    public @Nullable DeployStatus find(String id) {
        return helm.ask(() -> {
            Session session = sessions.get(id);
            return session == null ? null : session.status();
        });
    }

    /** Begins one; refused, and nothing touched, when it cannot go through. */
    public Told begin(String pool, Wanted wanted) {
        return helm.ask(() -> {
            RunningPool running = helm.pool(pool);
            if (running == null) {
                return no(Why.UNKNOWN, "there is no pool " + pool);
            }
            String refusal = refuse(running, wanted);
            if (refusal != null) {
                return no(Why.CONFLICT, refusal);
            }
            List<String> addresses = running.pool().roster().all().stream()
                    .map(backend -> backend.key().address())
                    .toList();
            var session = new Session(Long.toString(++last), pool, wanted, addresses);
            sessions.put(session.id, session);
            tell(pool, "-", "deploy", session.why);
            session.deploy.tick(ticker.nanos());
            session.settle();
            return new Told(session.status(), null);
        });
    }

    private @Nullable String refuse(RunningPool running, Wanted wanted) {
        String name = running.name();
        String other = claimed(name);
        if (other != null) {
            return "pool " + name + " is in the middle of " + other;
        }
        String blind = wanted.match() == null ? null : Objections.blind(running);
        if (blind != null) {
            return blind;
        }
        int all = 0;
        int wantedNow = 0;
        int taking = 0;
        for (Backend backend : running.pool().roster().all()) {
            Wish wish = backend.state().wish();
            String holder = operator.member(backend.key()).owner();
            if (wish == Wish.DRAIN && holder != null) {
                return backend.key() + " is being drained by " + holder;
            }
            all += wish == Wish.MAINT ? 0 : 1;
            wantedNow += wish == Wish.READY ? 1 : 0;
            taking += backend.state().takesNew() ? 1 : 0;
        }
        if (wantedNow == 0) {
            return "pool " + name + " has no backend that is wanted";
        }
        int left = Math.max(taking - Math.min(wanted.batch(), wantedNow), 0);
        return left >= wanted.floor() * all
                ? null
                : "with " + wanted.batch() + " of " + all + " taken out at a time only " + left
                        + " would be left taking work (now " + taking + "), and the floor is "
                        + Math.round(wanted.floor() * 100) + "%";
    }

    /** Its caller lives; refused when it has ended. */
    public Told renew(String id) {
        return with(id, session -> {
            session.deploy.tick(ticker.nanos());
            if (session.deploy.state() != Deploy.State.RUNNING) {
                return conflict("it has ended: " + Deploy.word(session.deploy.state()));
            }
            session.deploy.renew(ticker.nanos());
            return null;
        });
    }

    /** A backend that was handed over has been changed, or could not be. */
    public Told report(String id, String address, boolean done, String detail) {
        return with(id, session -> {
            boolean part = session.deploy.steps().stream()
                    .anyMatch(step -> step.address().equals(address));
            return part
                    ? conflict(session.deploy.report(address, done, detail, ticker.nanos()))
                    : new Refused(Why.UNKNOWN, address + " is no part of deploy " + id);
        });
    }

    /** Ends one, which is safe at any moment; nothing when it has ended. */
    public Told abort(String id, String why) {
        return with(id, session -> {
            session.deploy.abort(why);
            return null;
        });
    }

    private interface Asked {
        /** Why not, or {@code null}. */
        @Nullable
        Refused of(Session session);
    }

    private static @Nullable Refused conflict(@Nullable String detail) {
        return detail == null ? null : new Refused(Why.CONFLICT, detail);
    }

    private Told with(String id, Asked asked) {
        return helm.ask(() -> {
            Session session = sessions.get(id);
            if (session == null) {
                return no(Why.UNKNOWN, "there is no deploy " + id);
            }
            Refused refused = asked.of(session);
            session.settle();
            return refused == null ? new Told(session.status(), null) : new Told(null, refused);
        });
    }

    private static Told no(Why why, String detail) {
        return new Told(null, new Refused(why, detail));
    }

    // ---- the control thread ----------------------------------------------------

    /** Who deploys in this pool; {@code null} for nobody. */
    @Nullable
    String claimed(String pool) {
        for (Session session : sessions.values()) {
            if (session.running() && session.pool.equals(pool)) {
                return session.owner;
            }
        }
        return null;
    }

    /** Does what is due; returns when something is next, at the latest {@code next}. */
    long turn(long now, long next) {
        long soonest = next;
        for (Session session : new ArrayList<>(sessions.values())) {
            if (session.running()) {
                session.deploy.tick(now);
                session.settle();
                long due = session.deploy.nextDue(now);
                soonest = due - soonest < 0 ? due : soonest;
            }
        }
        return soonest;
    }

    private void forgetSome() {
        long ended = sessions.values().stream().filter(s -> !s.running()).count();
        var each = sessions.values().iterator();
        while (ended > MOST_ENDED && each.hasNext()) {
            if (!each.next().running()) {
                each.remove();
                ended--;
            }
        }
    }

    private void tell(String pool, String before, String after, String why) {
        helm.tell(new Event(wall.epochMillis(), pool, null, Event.Kind.DEPLOY, before, after, why));
    }
}
