package dev.fairlead.core.pool;

import org.jspecify.annotations.Nullable;

/**
 * Someone who waits in a pool's {@link Line} for a place at a backend; extended by who waits, and reused.
 *
 * <p>Confined to the event loop of its lane, on which it is also told how the waiting ended. At most one of
 * {@link #granted} and {@link #refused} is called for each joining, and none after {@link Pool#leave}.
 */
public abstract non-sealed class Waiter implements Acquired {
    private final int lane;
    private int bucket;
    private boolean waiting;
    private long since;
    private @Nullable Waiter before;
    private @Nullable Waiter behind;

    /** @param lane the number of its event loop */
    protected Waiter(int lane) {
        this.lane = lane;
    }

    /** The backends it must not be given. */
    protected abstract Tried tried();

    /** On whose behalf it waits: lines that are fair let each of these in turn. */
    protected abstract int client();

    /** The moment, on the loop's clock. */
    protected abstract long now();

    /** It has a place; the lease is its own. */
    protected abstract void granted(Lease lease);

    /** Nobody can have one. */
    protected abstract void refused(Refusal why);

    /** Whether it stands in a line now. */
    public final boolean waiting() {
        return waiting;
    }

    /** Since when it has waited, or waited last. */
    public final long since() {
        return since;
    }

    final int lane() {
        return lane;
    }

    /** Waiters in the order they came. */
    static final class Bucket {
        private @Nullable Waiter first;
        private @Nullable Waiter last;

        @Nullable
        Waiter first() {
            return first;
        }

        void add(Waiter waiter, int bucket, long now) {
            Waiter end = last;
            waiter.bucket = bucket;
            waiter.waiting = true;
            waiter.since = now;
            waiter.before = end;
            if (end == null) {
                first = waiter;
            } else {
                end.behind = waiter;
            }
            last = waiter;
        }

        /** The first who may be given this backend. */
        @Nullable
        Waiter firstFor(Backend backend) {
            Waiter waiter = first;
            while (waiter != null && waiter.tried().contains(backend)) {
                waiter = waiter.behind;
            }
            return waiter;
        }

        void remove(Waiter waiter) {
            Waiter ahead = waiter.before;
            Waiter next = waiter.behind;
            if (ahead == null) {
                first = next;
            } else {
                ahead.behind = next;
            }
            if (next == null) {
                last = ahead;
            } else {
                next.before = ahead;
            }
            waiter.before = null;
            waiter.behind = null;
            waiter.waiting = false;
        }
    }

    final int bucket() {
        return bucket;
    }

    /** Who is next in its bucket. */
    final @Nullable Waiter behind() {
        return behind;
    }
}
