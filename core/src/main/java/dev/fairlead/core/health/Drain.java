package dev.fairlead.core.health;

import dev.fairlead.core.pool.Backend;

/**
 * A drain under way: until when what is in work may finish, and until when the drain itself holds.
 *
 * <p>Confined to the control thread. A drain always ends: finished when nothing is in work, cut at its deadline, or
 * given up when whoever holds its lease has not been heard of.
 */
final class Drain {
    /** What there is to do now. */
    enum Step {
        /** Nothing. */
        WAIT,
        /** Nothing is in work any more. */
        DONE,
        /** The deadline has passed with work left: cut it. */
        CUT,
        /** Nobody renewed the lease: the drain is over, finished or not. */
        LAPSED
    }

    private boolean active;
    private boolean done;

    /** Whether the deadline has passed, and what was left then was cut. */
    private boolean over;

    private long began;
    private long deadline;
    private boolean leased;
    private long lease;
    private int passes = 1;

    boolean active() {
        return active;
    }

    /** Whether nothing was left in work, at one moment at least. */
    boolean done() {
        return active && done;
    }

    /** When what is left is cut. */
    long deadline() {
        return deadline;
    }

    long began() {
        return began;
    }

    void begin(long now, long deadlineAt) {
        active = true;
        done = false;
        over = false;
        leased = false;
        passes = 1;
        began = now;
        deadline = deadlineAt;
    }

    /** Another deadline for what is in work. */
    void deadline(long at) {
        deadline = at;
        over = false;
    }

    /** Holds only until {@code at}, unless renewed. */
    void lease(long at) {
        leased = true;
        lease = at;
    }

    /** Asks for so many passing checks in a row on the way back, should the lease end; 0 for as many as before. */
    void passes(int count) {
        passes = count == 0 ? passes : count;
    }

    int passes() {
        return passes;
    }

    /** Holds until told otherwise. */
    void hold() {
        leased = false;
    }

    void end() {
        active = false;
        done = false;
        leased = false;
    }

    /** What to do at {@code now}; each of its answers but {@link Step#WAIT} is given once. */
    Step step(Backend backend, long now) {
        if (!active) {
            return Step.WAIT;
        }
        if (leased && lease - now <= 0) {
            return Step.LAPSED;
        }
        boolean idle = backend.inflight() == 0;
        // Even after it was done: an event loop may have read the roster before the drain, and begun right after.
        if (!over && deadline - now <= 0) {
            over = true;
            if (!idle) {
                done = true;
                return Step.CUT;
            }
        }
        if (idle && !done) {
            done = true;
            return Step.DONE;
        }
        return Step.WAIT;
    }

    /** When to look again, while it is active; {@code idle} from now when nothing is due. */
    long next(long now, long look, long idle) {
        long next = now + (done ? idle : look);
        if (!over && deadline - next < 0) {
            next = deadline;
        }
        return leased && lease - next < 0 ? lease : next;
    }
}
