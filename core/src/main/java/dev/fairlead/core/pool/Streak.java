package dev.fairlead.core.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A backend's failures in a row over all event loops, and a fuse that blows once when they are too many.
 *
 * <p>Thread-safe without a lock or allocation. Event loops count; the control thread alone calls {@link #rearm}. A blown
 * fuse counts nothing, so requests that were still under way when it blew do not blow it again. While all goes well a
 * use costs one read of a line that nobody writes.
 */
public final class Streak {
    /** The fuse has blown. */
    private static final int BLOWN = -1;

    private static final VarHandle COUNT;

    static {
        try {
            COUNT = MethodHandles.lookup().findVarHandle(Streak.class, "count", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("unused") // through COUNT
    private volatile int count;

    Streak() {}

    /** A use went well: the row is broken. */
    public void good() {
        while (true) {
            int current = (int) COUNT.getOpaque(this);
            if (current <= 0 || COUNT.compareAndSet(this, current, 0)) {
                return;
            }
        }
    }

    /**
     * A use failed by the backend's fault; returns {@code true} once, to the caller whose failure made the row
     * {@code limit} long.
     *
     * @param limit at least 1
     */
    public boolean bad(int limit) {
        while (true) {
            int current = (int) COUNT.getVolatile(this);
            if (current == BLOWN) {
                return false;
            }
            boolean blows = current + 1 >= limit;
            if (COUNT.compareAndSet(this, current, blows ? BLOWN : current + 1)) {
                return blows;
            }
        }
    }

    /** Starts over at no failures, whether or not the fuse had blown. */
    public void rearm() {
        COUNT.setVolatile(this, 0);
    }

    /** Whether the fuse has blown and was not replaced. */
    public boolean blown() {
        return (int) COUNT.getVolatile(this) == BLOWN;
    }
}
