package dev.fairlead.net.http;

import dev.fairlead.core.balance.Hash;
import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.Lease;
import dev.fairlead.core.pool.Refusal;
import dev.fairlead.core.pool.Tried;
import dev.fairlead.core.pool.Waiter;
import dev.fairlead.core.time.Timers;
import dev.fairlead.net.http.HttpCounters.Count;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which backend an exchange is at, which it was at before, and whether it may go to another one. Confined to its
 * exchange's event loop; reused with it.
 *
 * <p>Owns the lease from {@link #begin} to {@link #close}; each is closed exactly once.
 */
final class Tries {
    private final HttpDoor door;
    private final Exchange exchange;
    private final ClientStream client;
    private final Journal journal;
    private final Tried tried = new Tried();

    private @Nullable Target target;
    private @Nullable Lease lease;
    private @Nullable Place place;
    private @Nullable Object pause;
    private boolean connecting;
    private @Nullable Failure last;
    private long key;

    Tries(HttpDoor door, Exchange exchange, ClientStream client, Journal journal) {
        this.door = door;
        this.exchange = exchange;
        this.client = client;
        this.journal = journal;
    }

    /** Forgets everything, for the next exchange. */
    void clear() {
        tried.clear();
        target = null;
        lease = null;
        pause = null;
        connecting = false;
        last = null;
    }

    // ---- asking for a backend --------------------------------------------------

    /** The request would be lost at a backend that does not answer: those that have just failed to are avoided. */
    void wary() {
        tried.wary(true);
    }

    /** Asks for a first backend of this pool. */
    void begin(Target to, long firstKey) {
        target = to;
        key = firstKey;
        journal.pool = to.pool().name();
        int lane = door.loop().lane();
        journal.counts = to.counters().lane(lane);
        journal.counts.request();
        to.budgets().lane(lane).request();
        Hedges hedges = to.hedges();
        if (hedges != null) {
            hedges.budget(lane).request();
        }
        acquire(to);
    }

    private void acquire(Target to) {
        long now = door.loop().now();
        switch (to.pool().acquireOrWait(place(), nextKey(to), now)) {
            case Lease taken -> take(taken, to);
            case Refusal refusal -> exchange.refused(last != null ? last : refusal.failure());
            case Waiter waiter -> {
                door.loop().timers().arm(place().patience, now + to.policy().queueNanos());
                if (client.ending()) {
                    exchange.onClientEnded();
                }
            }
        }
    }

    private long nextKey(Target to) {
        // A random key must differ from try to try; a hash must not, so that the next place on the ring is taken.
        return to.key() != null || tried.size() == 0
                ? key
                : door.loop().random().nextLong();
    }

    private void take(Lease taken, Target to) {
        lease = taken;
        journal.backend = taken.backend();
        // A second try must not meet a dying connection again.
        connect(taken, to, journal.tries > 0);
    }

    /** Its place in the line; made when it is first asked for, for most connections of most listeners are idle. */
    private Place place() {
        Place at = place;
        if (at == null) {
            at = new Place();
            place = at;
        }
        return at;
    }

    /** Stands in the pool's line for the exchange. */
    private final class Place extends Waiter {
        private final Timers.Timer patience = new Timers.Timer() {
            @Override
            protected void expire(long now) {
                leave(now);
                exchange.refused(Failure.QUEUE_TIMEOUT);
            }
        };

        private Place() {
            super(door.loop().lane());
        }

        private void leave(long now) {
            Target from = target;
            if (from != null && waiting()) {
                from.pool().leave(this);
                over(now);
            }
        }

        private void over(long now) {
            journal.queued += now - since();
            door.loop().timers().cancel(patience);
        }

        @Override
        protected Tried tried() {
            return tried;
        }

        @Override
        protected int client() {
            ClientAddress address = door.clientAddress();
            address.find(exchange.head(), client.peer());
            return Long.hashCode(Hash.of(address.bytes(), 0, address.telling()));
        }

        @Override
        protected long now() {
            return door.loop().refresh();
        }

        @Override
        protected void granted(Lease taken) {
            over(door.loop().now());
            Target to = target;
            if (to == null) {
                throw new IllegalStateException("a place without a pool");
            }
            take(taken, to);
            exchange.flushBackend();
        }

        @Override
        protected void refused(Refusal why) {
            over(now());
            exchange.refused(last != null ? last : why.failure());
        }
    }

    /** Whether it waits for a place. */
    boolean waiting() {
        Place at = place;
        return at != null && at.waiting();
    }

    private void connect(Lease on, Target to, boolean fresh) {
        journal.tries++;
        connecting = true;
        door.connector().open(on, to.policy(), exchange, fresh);
    }

    /** The connector has answered, well or not. */
    void connected() {
        connecting = false;
    }

    // ---- another try -----------------------------------------------------------

    /** Asks for another backend after this failure, if one may be asked at all; whether it did or will. */
    boolean again(Failure why, @Nullable String proof) {
        last = why;
        Target to = target;
        if (to == null
                || !left()
                || proof == null
                || !another(to)
                || !to.budgets().take(door.loop().lane(), door.loop().now())) {
            return false;
        }
        if (why == Failure.BACKEND_STALE) {
            // Nobody is in trouble whom a while would help.
            countRetry(to, why.code(), proof);
            acquire(to);
        } else {
            pauseThenAcquire(to, why.code(), proof);
        }
        return true;
    }

    /** Asks for another backend although this one has answered; only when {@link #anotherTakes} has just said so. */
    void insteadOf(int status, @Nullable String proof) {
        Target to = target;
        long now = door.loop().now();
        if (to == null || !to.budgets().take(door.loop().lane(), now)) {
            throw new IllegalStateException("no other backend may be asked");
        }
        firstByte(now, status);
        close(Outcome.ofStatus(status));
        last = null;
        pauseThenAcquire(to, "status-" + status, proof);
    }

    /** Waits a random while, so that those who failed together do not come again together. */
    private void pauseThenAcquire(Target to, String why, @Nullable String proof) {
        countRetry(to, why, proof);
        long most = to.policy().backOffNanos() << Math.min(tried.size() - 1, 8);
        if (most <= 0) {
            acquire(to);
            return;
        }
        Object token = new Object();
        pause = token;
        var _ = door.loop()
                .executor()
                .schedule(
                        () -> {
                            if (pause == token) {
                                pause = null;
                                door.loop().refresh();
                                acquire(to);
                                exchange.flushBackend();
                            }
                        },
                        door.loop().random().nextLong(most),
                        TimeUnit.NANOSECONDS);
    }

    private void countRetry(Target to, String why, @Nullable String proof) {
        door.counters().add(Count.RETRIES, 1);
        to.counters().lane(door.loop().lane()).retry();
        journal.retried = why;
        journal.proof = proof;
        journal.ready = 0;
    }

    /**
     * Asks the same backend again, on a new connection: only after a kept one was closed, which says nothing about the
     * backend, and only where no other takes the request.
     */
    boolean reconnect(@Nullable String proof) {
        Target to = target;
        Lease on = lease;
        if (to == null
                || on == null
                || free(to)
                || !on.backend().state().takesNew()
                || !left()
                || proof == null
                || !to.budgets().take(door.loop().lane(), door.loop().now())) {
            return false;
        }
        countRetry(to, Failure.BACKEND_STALE.code(), proof);
        connect(on, to, true);
        return true;
    }

    /** Whether the number of tries allows one more. */
    private boolean left() {
        Target to = target;
        return to != null && journal.tries - journal.hedges <= to.policy().maxRetries() && tried.size() < Tried.MAX;
    }

    /** The numbers of its pool. */
    @Nullable
    PoolPolicy policy() {
        Target to = target;
        return to == null ? null : to.policy();
    }

    /** Whether one more is allowed, and another backend would take it now; it is about to be asked for. */
    boolean anotherTakes() {
        Target to = target;
        return to != null
                && left()
                && free(to)
                && to.budgets().allows(door.loop().lane(), door.loop().now());
    }

    /** Whether one more would be allowed, and another backend take it. */
    boolean anotherMight() {
        Target to = target;
        return to != null
                && left()
                && free(to)
                && to.budgets().lane(door.loop().lane()).left(door.loop().now());
    }

    /** Whether there is another backend at all, if need be to wait for. */
    private boolean another(Target to) {
        for (Backend other : to.pool().roster().eligible()) {
            if (!tried.contains(other)) {
                return true;
            }
        }
        return false;
    }

    private boolean free(Target to) {
        for (Backend other : to.pool().roster().eligible()) {
            if (!tried.contains(other) && !other.full()) {
                return true;
            }
        }
        return false;
    }

    // ---- a second one beside it ------------------------------------------------

    /** When a second backend is asked; {@code null} for never. */
    @Nullable
    Hedges hedges() {
        Target to = target;
        return to == null ? null : to.hedges();
    }

    /** A use of another backend beside the present one; only where one takes it at once, and nobody waits for that place. */
    @Nullable
    Lease beside() {
        Target to = target;
        Hedges hedges = hedges();
        long now = door.loop().now();
        int lane = door.loop().lane();
        if (to == null
                || hedges == null
                || to.pool().line().waiting() > 0
                || !hedges.budget(lane).left(now)
                || !(to.pool().acquire(lane, nextKey(to), tried, now) instanceof Lease taken)) {
            return null;
        }
        var _ = hedges.budget(lane).take(now);
        return taken;
    }

    /** Whether another backend may well do better than an answer with this status. */
    boolean doubts(int status) {
        PoolPolicy policy = policy();
        return policy != null && policy.retryStatuses().contains(status);
    }

    /** The present use is closed, and this one takes its place. */
    void goOn(Lease other, boolean stillConnecting) {
        assert lease == null : "two leases";
        lease = other;
        connecting = stillConnecting;
        journal.backend = other.backend();
    }

    /** This is what came of the second one. */
    void hedged(Hedges.Result result) {
        Hedges hedges = hedges();
        if (hedges != null) {
            hedges.count(door.loop().lane(), result);
        }
    }

    // ---- the lease -------------------------------------------------------------

    /** The backend it is at. */
    Backend backend() {
        return leased().backend();
    }

    /** The request's body is still on its way. */
    void sending() {
        leased().sending();
    }

    /** The request is whole. */
    void sent() {
        Lease open = lease;
        if (open != null) {
            open.sent(door.loop().now());
        }
    }

    /** The answer has begun. */
    void firstByte(long now, int status) {
        firstByte(leased(), now, status);
    }

    /** The answer to what was asked under {@code of} has begun. */
    void firstByte(Lease of, long now, int status) {
        of.firstByte(
                now, Outcome.ofStatus(status).blamesBackend(), door.loop().lag().recent(now));
    }

    private Lease leased() {
        Lease open = lease;
        if (open == null) {
            throw new IllegalStateException("no lease");
        }
        return open;
    }

    /** Ends the use of the present backend, if there is one. */
    void close(Outcome outcome) {
        Lease open = lease;
        if (open != null) {
            lease = null;
            open.close(outcome, door.loop().now());
        }
    }

    /** No backend is wanted any more. */
    void abandon(Failure why) {
        pause = null;
        Place at = place;
        if (at != null) {
            at.leave(door.loop().now());
        }
        if (connecting) {
            connecting = false;
            door.connector().abandon(exchange);
        }
        close(Outcome.of(why));
    }
}
