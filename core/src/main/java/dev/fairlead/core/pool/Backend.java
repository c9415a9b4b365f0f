package dev.fairlead.core.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.SocketAddress;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One place that requests can be sent to: its identity, its state and its load.
 *
 * <p>Thread-safe. Identity survives a reload while the {@link BackendKey} is unchanged, so counts, latency and state do
 * too. State changes by compare-and-set; the in-flight count is one atomic number over all event loops, because a cap
 * and least-loaded picking need the whole truth.
 */
public final class Backend {
    private static final VarHandle STATE;
    private static final VarHandle INFLIGHT;

    static {
        try {
            var lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(Backend.class, "state", BackendState.class);
            INFLIGHT = lookup.findVarHandle(Backend.class, "inflight", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final BackendKey key;
    private final SocketAddress address;
    private final Latency latency;
    private final Tally tally;
    private final Streak streak = new Streak();
    private final IdleLimit idleLimit = new IdleLimit();
    private volatile BackendState state;
    private volatile int cap;
    private volatile @Nullable Fault fault;

    @SuppressWarnings("unused") // through INFLIGHT
    private volatile int inflight;

    /**
     * @param cap most requests at once, at least 1
     * @param lanes how many event loops will count on it
     */
    public Backend(BackendKey key, SocketAddress address, BackendState state, int cap, int lanes) {
        this.key = key;
        this.address = address;
        this.state = state;
        this.latency = new Latency();
        this.tally = new Tally(lanes);
        this.cap = requireCap(cap);
    }

    public BackendKey key() {
        return key;
    }

    /** Resolved, or a Unix domain address. */
    public SocketAddress address() {
        return address;
    }

    public BackendState state() {
        return state;
    }

    /** Most requests at once. */
    public int cap() {
        return cap;
    }

    /** Sets the cap; requests over a lowered one finish. */
    public void cap(int newCap) {
        this.cap = requireCap(newCap);
    }

    /** What is acted out on it; {@code null} outside drills. */
    public @Nullable Fault fault() {
        return fault;
    }

    /** Begins to act out a fault, or ends it with {@code null}; what is in work stays as it is. */
    public void fault(@Nullable Fault newFault) {
        this.fault = newFault;
    }

    /** Requests now leased to it, over all event loops. */
    public int inflight() {
        return (int) INFLIGHT.getVolatile(this);
    }

    /** Whether it is at its cap just now. */
    public boolean full() {
        return inflight() >= cap;
    }

    /** How long it takes to begin an answer, decayed. */
    public Latency latency() {
        return latency;
    }

    /** Its counters. */
    public Tally tally() {
        return tally;
    }

    /** Its failures in a row. */
    public Streak streak() {
        return streak;
    }

    /** How long it keeps idle connections. */
    public IdleLimit idleLimit() {
        return idleLimit;
    }

    /** Applies a pure transition by compare-and-set; returns the state before when it changed, else {@code null}. */
    public @Nullable BackendState update(UnaryOperator<BackendState> transition) {
        while (true) {
            BackendState before = state;
            BackendState after = transition.apply(before);
            if (after == before) {
                return null;
            }
            if (STATE.compareAndSet(this, before, after)) {
                return before;
            }
        }
    }

    /** Takes one place under the cap; every {@code true} must be given back by one {@link #leave}. */
    boolean tryEnter() {
        while (true) {
            int current = (int) INFLIGHT.getVolatile(this);
            if (current >= cap) {
                return false;
            }
            if (INFLIGHT.weakCompareAndSet(this, current, current + 1)) {
                return true;
            }
        }
    }

    void leave() {
        int before = (int) INFLIGHT.getAndAdd(this, -1);
        assert before > 0 : key + " left more often than entered";
    }

    private static int requireCap(int cap) {
        if (cap < 1) {
            throw new IllegalArgumentException("cap: " + cap + " (expected: >= 1)");
        }
        return cap;
    }

    @Override
    public String toString() {
        return key + " " + state.wish() + "/" + state.health();
    }
}
