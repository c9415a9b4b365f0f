package dev.fairlead.server.deploy;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a deploy needs of a balancer. Implementations are thread-safe; every method may block.
 *
 * <p>Each method throws {@link Refused} when the balancer says no, and {@link Unreachable} when it cannot be asked.
 */
public interface Door {
    /**
     * One backend as the balancer sees it.
     *
     * @param share how much of its weight it gets, in percent
     * @param owner who drains it, as they call themselves; empty when nobody said
     * @param why evidence for its state
     */
    record View(
            String address,
            String wish,
            String health,
            boolean takesNew,
            int share,
            int weight,
            boolean registered,
            int requests,
            String owner,
            String why) {}

    /**
     * What is asked of a backend on its way back.
     *
     * @param passes checks in a row
     * @param match what those must find in the answer; {@code null} for nothing more than usual
     */
    record Way(int passes, @Nullable String match) {}

    /** How far a drain is. */
    record Drained(boolean done, int requests) {}

    /** The balancer said no; the message says why. */
    final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public Refused(String message) {
            super(message);
        }
    }

    /** The balancer could not be asked. */
    final class Unreachable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public Unreachable(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** Whether the check of a pool reads answers, in which a match can be found. */
    boolean readsAnswers(String pool);

    /** The backends of a pool, in its order. */
    List<View> backends(String pool);

    /**
     * Renews a drain of the same owner; refused when it is over.
     *
     * @param lease counts from now
     * @param way how it comes back should the lease end; {@code null} for as it was said before
     */
    void renew(String pool, String address, String owner, Duration lease, @Nullable Way way);

    /**
     * Drains a backend.
     *
     * @param lease without another call within this time the drain ends
     * @param deadline until what is in work is cut; {@code null} for what the pool says
     * @param floor share of the pool, 0..1, that must be left taking work
     * @param way how it comes back should the lease end
     */
    void drain(
            String pool,
            String address,
            String owner,
            Duration lease,
            @Nullable Duration deadline,
            double floor,
            Way way);

    /** Waits until nothing is in work at a draining backend, but not longer than {@code patience}. */
    Drained drained(String pool, String address, Duration patience);

    /**
     * Wants a backend again; it comes back after so many passing checks in a row. Refused when someone else took it out.
     *
     * @param match what those must find in the answer; {@code null} for nothing more than usual
     */
    void ready(String pool, String address, String owner, int passes, @Nullable String match, String why);

    /** Takes a backend out of use. */
    void maintain(String pool, String address, String why);

    /** Sets a backend's weight. */
    void weigh(String pool, String address, int weight, String why);

    /**
     * Adds a backend, or renews its registration.
     *
     * @param weight {@code null} for what it is
     * @param ttl without another call within this time it leaves; {@code null} to stay
     */
    void register(String pool, String address, @Nullable Integer weight, @Nullable Duration ttl, String why);

    /** Removes a registered backend. */
    void remove(String pool, String address, String why);
}
