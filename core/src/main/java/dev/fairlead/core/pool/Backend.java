package dev.fairlead.core.pool;

import dev.fairlead.core.limit.Gradient;
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
    private static final VarHandle LOAD;
    private static final VarHandle CAP;
    private static final VarHandle TRIALS;

    /**
     * How long one that failed to answer is avoided by who may ask only once; longer than others need to show whether it
     * answers again, and a limit for where there are no others.
     */
    static final long DOUBT_NANOS = 1_000_000_000L;

    /** One request whose answer has not begun, in {@link #load}; the lower half has all that are in work. */
    private static final long UNANSWERED = 1L << 32;

    static {
        try {
            var lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(Backend.class, "state", BackendState.class);
            LOAD = lookup.findVarHandle(Backend.class, "load", long.class);
            CAP = lookup.findVarHandle(Backend.class, "cap", int.class);
            TRIALS = lookup.findVarHandle(Backend.class, "trials", int.class);
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

    /** Written by the control thread, as is what follows from it. */
    private volatile Caps caps;

    private volatile @Nullable Gradient learning;
    private volatile @Nullable Fault fault;

    /** Requests it still has to do well before it gets more than one at a time; 0 for a backend in good standing. */
    private volatile int trials;

    /** When it last failed to answer; 0 for never, or not since it last answered. */
    private volatile long doubtedAt;

    /** Requests in work, and in the upper half those of them whose answer has not begun: one number, one CAS. */
    @SuppressWarnings("unused") // through LOAD
    private volatile long load;

    /**
     * Between which bounds a cap is learnt, and where it begins.
     *
     * @param fixed most requests at once; 0 while the cap is learnt
     * @param least the lowest cap that is learnt
     * @param most the highest
     */
    public record Caps(int fixed, int least, int most) {
        /** A cap that is not learnt; should it ever be, then below it. */
        public static Caps fixed(int cap) {
            return new Caps(requireCap(cap), Math.min(8, cap), cap);
        }
    }

    /** A backend with a fixed cap. */
    public Backend(BackendKey key, SocketAddress address, BackendState state, int cap, int lanes) {
        this(key, address, state, Caps.fixed(cap), lanes);
    }

    /** @param lanes how many event loops will count on it */
    public Backend(BackendKey key, SocketAddress address, BackendState state, Caps caps, int lanes) {
        this.key = key;
        this.address = address;
        this.state = state;
        this.latency = new Latency();
        this.tally = new Tally(lanes);
        this.caps = caps;
        if (caps.fixed() > 0) {
            this.cap = caps.fixed();
        } else {
            learnCap();
        }
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

    /**
     * Most requests at once: in all when it is fixed; when it is learnt, of those whose answer has not begun, for only
     * they say something about it, and a stream that goes on for hours keeps nobody out.
     */
    public int cap() {
        return cap;
    }

    /** The fixed cap, 0 while it is learnt. */
    public int fixedCap() {
        return learning == null ? cap : 0;
    }

    /** Sets the cap, 0 to learn it; requests over a lowered one finish. Control thread. */
    public void cap(int newCap) {
        if (newCap == 0) {
            learnCap();
        } else {
            learning = null;
            this.cap = requireCap(newCap);
        }
    }

    /** Other bounds for a cap that is learnt: it is learnt anew if it is; one that was set stays. Control thread. */
    public void caps(Caps newCaps) {
        caps = newCaps;
        if (learning != null) {
            learnCap();
        }
    }

    private void learnCap() {
        Caps bounds = caps;
        var gradient = new Gradient(bounds.least(), bounds.most());
        this.cap = gradient.cap();
        learning = gradient;
    }

    /** A request was answered, well or not, or its time was over. Called while it still counts. */
    void learn(long took, boolean failed, long now) {
        Gradient gradient = learning;
        if (gradient == null) {
            return;
        }
        int before = cap;
        gradient.sample(took, unanswered(), failed, now);
        int learnt = gradient.cap();
        // Set anew meanwhile, it stays as it was set.
        if (learnt != before && learning == gradient) {
            CAP.compareAndSet(this, before, learnt);
        }
    }

    /** What is acted out on it; {@code null} outside drills. */
    public @Nullable Fault fault() {
        return fault;
    }

    /** Begins to act out a fault, or ends it with {@code null}; what is in work stays as it is. */
    public void fault(@Nullable Fault newFault) {
        this.fault = newFault;
    }

    /** Puts it on trial until so many requests went well, one at a time; 0 ends the trial. Control thread. */
    public void trial(int requests) {
        trials = requests;
    }

    /** Whether it is on trial. */
    public boolean onTrial() {
        return trials > 0;
    }

    /** A request went well. */
    public void passedTrial() {
        int left = trials;
        if (left > 0) {
            // Lost only to another that went well or to the control thread, and then it does not matter.
            TRIALS.compareAndSet(this, left, left - 1);
        }
    }

    /** It failed to answer, or has just come back and has yet to show that it does. */
    public void doubt(long now) {
        doubtedAt = now == 0 ? 1 : now;
    }

    /** It answered. */
    void trust() {
        if (doubtedAt != 0) {
            doubtedAt = 0;
        }
    }

    /** Whether it has failed to answer within the last second, and has not answered since. */
    boolean doubted(long now) {
        long at = doubtedAt;
        return at != 0 && now - at < DOUBT_NANOS;
    }

    /** Requests now leased to it, over all event loops. */
    public int inflight() {
        return (int) (long) LOAD.getVolatile(this);
    }

    private int unanswered() {
        return (int) ((long) LOAD.getVolatile(this) >>> 32);
    }

    /** Whether it is at its cap just now. */
    public boolean full() {
        return full((long) LOAD.getVolatile(this));
    }

    private boolean full(long current) {
        int unanswered = (int) (current >>> 32);
        return (learning == null ? (int) current : unanswered) >= cap || (trials > 0 && unanswered > 0);
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

    /**
     * Takes one place under the cap; every {@code true} must be followed by one {@link #leave}, perhaps after an {@link
     * #answered}.
     */
    boolean tryEnter() {
        while (true) {
            long current = (long) LOAD.getVolatile(this);
            if (full(current)) {
                return false;
            }
            if (LOAD.weakCompareAndSet(this, current, current + UNANSWERED + 1)) {
                return true;
            }
        }
    }

    /** The answer has begun. */
    void answered() {
        long before = (long) LOAD.getAndAdd(this, -UNANSWERED);
        assert before >>> 32 > 0 : key + " answered more often than entered";
    }

    /** A request whose body took its time is whole now, and its answer is waited for; whatever the cap says. */
    void asked() {
        LOAD.getAndAdd(this, UNANSWERED);
    }

    /** @param answered whether {@link #answered} was called, and no {@link #asked} after it */
    void leave(boolean answered) {
        long before = (long) LOAD.getAndAdd(this, answered ? -1 : -UNANSWERED - 1);
        assert (int) before > 0 : key + " left more often than entered";
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
