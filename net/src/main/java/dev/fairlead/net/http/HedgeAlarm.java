package dev.fairlead.net.http;

import dev.fairlead.net.transport.Loop;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Wakes the requests of one pool on one loop that have waited long enough, in the order in which they were sent. Confined to
 * its loop.
 *
 * <p>All wait for about as long, so one task for the first of them is enough: a loop's own timers are many times coarser
 * than the answers of most pools.
 */
final class HedgeAlarm {
    private @Nullable Hedge first;
    private @Nullable Hedge last;
    private boolean set;
    private long rings;

    /** Wakes {@code hedge}, which is in no alarm, when {@code due} has come. */
    void add(Hedge hedge, long due, Loop loop) {
        hedge.due = due;
        hedge.alarm = this;
        // Behind all that are due before it: nearly always at the end, but what is usual may have become shorter.
        Hedge ahead = last;
        while (ahead != null && due - ahead.due < 0) {
            ahead = ahead.before;
        }
        Hedge next = ahead == null ? first : ahead.behind;
        hedge.before = ahead;
        hedge.behind = next;
        if (ahead == null) {
            first = hedge;
        } else {
            ahead.behind = hedge;
        }
        if (next == null) {
            last = hedge;
        } else {
            next.before = hedge;
        }
        if (!set || due - rings < 0) {
            set(due, loop);
        }
    }

    /** Forgets {@code hedge}, which is in this alarm. */
    void remove(Hedge hedge) {
        Hedge ahead = hedge.before;
        Hedge next = hedge.behind;
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
        hedge.alarm = null;
        hedge.before = null;
        hedge.behind = null;
    }

    private void set(long due, Loop loop) {
        set = true;
        rings = due;
        var _ = loop.executor().schedule(() -> ring(loop), Math.max(due - loop.now(), 0), TimeUnit.NANOSECONDS);
    }

    private void ring(Loop loop) {
        set = false;
        long now = loop.refresh();
        Hedge next;
        while ((next = first) != null && next.due - now <= 0) {
            remove(next);
            next.send();
        }
        if (next != null && !set) {
            set(next.due, loop);
        }
    }
}
