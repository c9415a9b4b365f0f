package dev.fairlead.net.http;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.Lease;
import dev.fairlead.core.pool.Refusal;
import dev.fairlead.core.pool.Tried;
import dev.fairlead.net.http.HttpCounters.Count;
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
    private final Journal journal;
    private final Tried tried = new Tried();

    private @Nullable Target target;
    private @Nullable Lease lease;
    private boolean connecting;
    private @Nullable Failure last;
    private long key;

    Tries(HttpDoor door, Exchange exchange, Journal journal) {
        this.door = door;
        this.exchange = exchange;
        this.journal = journal;
    }

    /** Forgets everything, for the next exchange. */
    void clear() {
        tried.clear();
        target = null;
        lease = null;
        connecting = false;
        last = null;
    }

    // ---- asking for a backend --------------------------------------------------

    /** Asks for a first backend of this pool. */
    void begin(Target to, long firstKey) {
        target = to;
        key = firstKey;
        journal.pool = to.pool().name();
        to.budgets()[door.loop().lane()].request();
        acquire(to);
    }

    private void acquire(Target to) {
        long now = door.loop().now();
        // A random key must differ from try to try; a hash must not, so that the next place on the ring is taken.
        long with = to.key() != null || tried.size() == 0
                ? key
                : door.loop().random().nextLong();
        switch (to.pool().acquire(door.loop().lane(), with, tried, now)) {
            case Lease taken -> {
                lease = taken;
                journal.backend = taken.backend();
                // A second try must not meet a dying connection again.
                connect(taken, to, journal.tries > 0);
            }
            case Refusal refusal -> exchange.refused(last != null ? last : refusal.failure());
        }
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

    /** Asks for another backend after this failure, if one may be asked at all; whether it did. */
    boolean again(Failure why, boolean proven) {
        last = why;
        Target to = target;
        if (to == null || !left() || !proven || !budget(to).take(door.loop().now())) {
            return false;
        }
        door.counters().add(Count.RETRIES, 1);
        journal.proof = why.code();
        acquire(to);
        return true;
    }

    /** That a kept connection was closed says nothing about the backend: it is asked again, on a new connection. */
    boolean reconnect(boolean proven) {
        Target to = target;
        Lease on = lease;
        if (to == null
                || on == null
                || !on.backend().state().takesNew()
                || !left()
                || !proven
                || !budget(to).take(door.loop().now())) {
            return false;
        }
        door.counters().add(Count.RETRIES, 1);
        journal.proof = Failure.BACKEND_STALE.code();
        connect(on, to, true);
        return true;
    }

    /** Whether the number of tries allows one more. */
    private boolean left() {
        Target to = target;
        return to != null && journal.tries <= to.policy().maxRetries() && tried.size() < Tried.MAX;
    }

    /** Whether one more is allowed, and another backend would take it now. */
    boolean anotherTakes() {
        Target to = target;
        if (to == null || !left() || !budget(to).left(door.loop().now())) {
            return false;
        }
        for (Backend other : to.pool().roster().eligible()) {
            if (!tried.contains(other) && !other.full()) {
                return true;
            }
        }
        return false;
    }

    private RetryBudget budget(Target to) {
        return to.budgets()[door.loop().lane()];
    }

    // ---- the lease -------------------------------------------------------------

    /** The backend it is at. */
    Backend backend() {
        return leased().backend();
    }

    /** The answer has begun. */
    void firstByte(long now) {
        leased().firstByte(now);
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
        if (connecting) {
            connecting = false;
            door.connector().abandon(exchange);
        }
        close(Outcome.of(why));
    }
}
