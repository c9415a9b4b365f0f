package dev.fairlead.net.transport;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How much later than due a loop gets to its work, by its ticks: the worst of each second of the last minute.
 *
 * <p>Written by its loop only, without allocation; read from any thread. A loop that is stuck at this moment is seen to be.
 */
public final class Lag {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final int SECONDS = 60;

    private final long origin;
    private final long tickNanos;
    private final AtomicLong due = new AtomicLong();
    private boolean begun;
    private final AtomicLong lastSecond = new AtomicLong();
    private final AtomicLongArray worst = new AtomicLongArray(SECONDS);

    Lag(long now, long tickNanos) {
        this.origin = now;
        this.tickNanos = tickNanos;
        this.due.setPlain(now + tickNanos);
    }

    /** A tick runs. */
    void ticked(long now) {
        // The schedule is the executor's: it begins when the first tick runs, and when one comes early, ours is behind
        // it.
        long expected = begun ? due.getPlain() : now;
        begun = true;
        long late = now - expected;
        due.setOpaque((late < 0 ? now : expected) + tickNanos);
        long second = (now - origin) / SECOND;
        long before = lastSecond.getPlain();
        // A stall leaves seconds without a tick.
        for (long skipped = Math.max(before + 1, second - SECONDS + 1); skipped <= second; skipped++) {
            worst.setOpaque(slot(skipped), 0);
        }
        lastSecond.setOpaque(second);
        if (late > worst.getOpaque(slot(second))) {
            worst.setOpaque(slot(second), late);
        }
    }

    private static int slot(long second) {
        return (int) (second % SECONDS);
    }

    /** The most in this second and the one before, in nanoseconds. */
    public long recent(long now) {
        long second = lastSecond.getOpaque();
        long most = Math.max(worst.getOpaque(slot(second)), worst.getOpaque(slot(second + SECONDS - 1)));
        return Math.max(most, now - due.getOpaque());
    }

    /** The most in the last minute, in nanoseconds. */
    public long minute(long now) {
        long most = recent(now);
        for (int i = 0; i < SECONDS; i++) {
            most = Math.max(most, worst.getOpaque(i));
        }
        return most;
    }
}
