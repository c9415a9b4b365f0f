package dev.fairlead.core.pool;

import dev.fairlead.core.fail.Failure;

/** Why a pool gave no backend. */
public enum Refusal implements Acquired {
    /** The pool has no members. */
    EMPTY(Failure.POOL_EMPTY),
    /** It has members, and none is eligible. */
    ALL_DOWN(Failure.ALL_DOWN),
    /** It has members, and the operator wants none of them to take work. */
    ALL_OUT(Failure.ALL_OUT),
    /** Eligible ones are all at their cap. */
    ALL_BUSY(Failure.ALL_BUSY),
    /** They are, and as many wait for them as may. */
    QUEUE_FULL(Failure.QUEUE_FULL),
    /** This exchange has tried all eligible ones, or as many as it may. */
    ALL_TRIED(Failure.ALL_TRIED);

    private final Failure failure;

    Refusal(Failure failure) {
        this.failure = failure;
    }

    /** What the client is told. */
    public Failure failure() {
        return failure;
    }
}
