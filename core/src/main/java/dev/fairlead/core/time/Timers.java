package dev.fairlead.core.time;

import org.jspecify.annotations.Nullable;

/**
 * A hashed timer wheel over intrusive nodes: arming, moving and cancelling a timer allocates nothing.
 *
 * <p>Confined to one thread, the one that calls {@link #advance}. A timer that is armed again for a later moment only
 * has its deadline changed; it moves when its old slot comes round. So a connection that pushes its idle deadline
 * forward on each request pays one field write. Deadlines are met late, never early, by at most one tick.
 *
 * <p>After Varghese and Lauck, "Hashed and Hierarchical Timing Wheels" (1987), scheme 6.
 */
public final class Timers {
    private static final int SLOTS = 512;

    private final long tickNanos;
    private final @Nullable Timer[] slots = new Timer[SLOTS];
    private long currentTick;
    private final long origin;
    private int size;

    /** Rest of the slot being expired; a cancel from inside {@link Timer#expire} may shorten it. */
    private @Nullable Timer pendingHead;

    /** A wheel that starts at {@code now} and looks at its slots every {@code tickNanos}. */
    public Timers(long now, long tickNanos) {
        if (tickNanos <= 0) {
            throw new IllegalArgumentException("tickNanos: " + tickNanos + " (expected: > 0)");
        }
        this.tickNanos = tickNanos;
        this.origin = now;
    }

    /** Length of a tick; {@link #advance} should be called about this often. */
    public long tickNanos() {
        return tickNanos;
    }

    /** How many timers sit in the wheel. */
    public int size() {
        return size;
    }

    /** Arms {@code timer} to expire at {@code deadline}; an armed timer is moved. */
    public void arm(Timer timer, long deadline) {
        timer.deadline = deadline;
        timer.armed = true;
        long tick = tickOf(deadline);
        if (timer.linked) {
            if (timer.tick <= tick) {
                return;
            }
            unlink(timer);
        }
        link(timer, tick);
    }

    /** Disarms {@code timer}; it leaves the wheel at once. Does nothing when it is not armed. */
    public void cancel(Timer timer) {
        timer.armed = false;
        if (timer.linked) {
            unlink(timer);
        }
    }

    /** Disarms {@code timer} but leaves its node where it is, for a timer that will soon be armed again. */
    public void pause(Timer timer) {
        timer.armed = false;
    }

    /**
     * Expires every timer whose deadline is a whole tick or more ago, and those of the ticks that ended by {@code now};
     * returns how many. Not to be called from {@link Timer#expire}. What an expiring timer throws comes out here; the
     * others are expired by the next call.
     */
    public int advance(long now) {
        long target = Math.floorDiv(now - origin, tickNanos);
        int expired = 0;
        if (target - currentTick >= SLOTS) {
            // A long stall: one round visits each slot, and timers carry their own deadline.
            currentTick = target - SLOTS;
        }
        while (currentTick < target) {
            currentTick++;
            expired += expireSlot((int) (currentTick & (SLOTS - 1)), now);
        }
        return expired;
    }

    private int expireSlot(int slot, long now) {
        // Detached first: cancelling a sibling that is still to be expired must not touch the slot.
        pendingHead = slots[slot];
        slots[slot] = null;
        for (Timer timer = pendingHead; timer != null; timer = timer.next) {
            timer.detached = true;
        }
        int expired = 0;
        try {
            while (pendingHead != null) {
                Timer timer = pendingHead;
                unlink(timer);
                if (timer.armed && timer.deadline - now > 0) {
                    link(timer, tickOf(timer.deadline));
                } else if (timer.armed) {
                    timer.armed = false;
                    expired++;
                    timer.expire(now);
                }
            }
        } finally {
            // Only when a timer threw: its siblings are expired by the next call and not forgotten.
            while (pendingHead != null) {
                Timer timer = pendingHead;
                unlink(timer);
                link(timer, currentTick + 1);
            }
        }
        return expired;
    }

    private long tickOf(long deadline) {
        // Rounded up, so that a timer is never early.
        long tick = Math.floorDiv(deadline - origin + tickNanos - 1, tickNanos);
        return Math.max(tick, currentTick + 1);
    }

    private void link(Timer timer, long wantedTick) {
        long tick = Math.min(wantedTick, currentTick + SLOTS - 1);
        int slot = (int) (tick & (SLOTS - 1));
        timer.tick = tick;
        timer.linked = true;
        timer.detached = false;
        timer.prev = null;
        timer.next = slots[slot];
        if (timer.next != null) {
            timer.next.prev = timer;
        }
        slots[slot] = timer;
        size++;
    }

    private void unlink(Timer timer) {
        Timer prev = timer.prev;
        Timer next = timer.next;
        if (prev != null) {
            prev.next = next;
        } else if (timer.detached) {
            pendingHead = next;
        } else {
            slots[(int) (timer.tick & (SLOTS - 1))] = next;
        }
        if (next != null) {
            next.prev = prev;
        }
        timer.prev = null;
        timer.next = null;
        timer.linked = false;
        timer.detached = false;
        size--;
    }

    /** One deadline; extend it, keep it in a field, arm it as often as needed. Confined to its wheel's thread. */
    public abstract static class Timer {
        private long deadline;
        private long tick;
        private boolean armed;
        private boolean linked;
        private boolean detached;
        private @Nullable Timer prev;
        private @Nullable Timer next;

        /** Called once for each arming, at or after its deadline. */
        protected abstract void expire(long now);

        /** Whether this timer will expire unless it is cancelled. */
        public final boolean armed() {
            return armed;
        }

        /** The deadline of the last arming. */
        public final long deadline() {
            return deadline;
        }
    }
}
