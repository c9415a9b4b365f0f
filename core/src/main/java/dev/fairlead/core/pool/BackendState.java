package dev.fairlead.core.pool;

/**
 * Where a backend stands on two independent axes: what the operator wishes and what was measured. Immutable; every
 * change is a new value, published by one compare-and-set in {@link Backend}.
 *
 * @param weight share of new work relative to the others, 0..{@value #MAX_WEIGHT}; 0 takes no new work
 * @param share how much of its weight counts now, 1..{@value #WHOLE} percent: less while it starts slowly or is degraded
 * @param silent whether it is out and does not even answer, so that sending work there is of no use in any need
 * @param since when wish or health last changed, in milliseconds since 1970
 * @param why evidence for the last change, for people; of one that is not wanted, the operator's reason
 */
public record BackendState(Wish wish, Health health, int weight, int share, boolean silent, long since, String why) {
    /** Largest weight. */
    public static final int MAX_WEIGHT = 256;

    /** A whole share, in percent. */
    public static final int WHOLE = 100;

    /** What the operator wants of a backend. */
    public enum Wish {
        READY,
        /** No new work; finish the old. */
        DRAIN,
        /** Out of use: neither work nor checks. */
        MAINT
    }

    /** What checks and real traffic have shown. */
    public enum Health {
        /** Gated: no traffic until the first passing check. */
        UNCHECKED,
        UP,
        DOWN,
        /** Taken out by what real traffic showed. */
        EJECTED
    }

    public BackendState {
        if (weight < 0 || weight > MAX_WEIGHT) {
            throw new IllegalArgumentException("weight: " + weight + " (expected: 0.." + MAX_WEIGHT + ")");
        }
        if (share < 1 || share > WHOLE) {
            throw new IllegalArgumentException("share: " + share + " (expected: 1.." + WHOLE + ")");
        }
        if (silent && health != Health.DOWN && health != Health.EJECTED) {
            throw new IllegalArgumentException("silent and " + health + " (expected: only while out)");
        }
    }

    /** One whose whole weight counts, and that is not silent. */
    public BackendState(Wish wish, Health health, int weight, long since, String why) {
        this(wish, health, weight, WHOLE, false, since, why);
    }

    /** A new backend: wished for, not yet checked. */
    public static BackendState gated(int weight, long since) {
        return new BackendState(Wish.READY, Health.UNCHECKED, weight, since, "waiting for the first passing check");
    }

    /** Whether new work may go to it. */
    public boolean takesNew() {
        return wish == Wish.READY && health == Health.UP && weight > 0;
    }

    /**
     * Whether it may be asked when too few of a pool take work: it is wanted, has been checked, and answers, if badly.
     */
    public boolean helpsInNeed() {
        return wish == Wish.READY && weight > 0 && health != Health.UNCHECKED && !silent;
    }

    /** Whether work pinned to it (a sticky session) may still go to it. */
    public boolean keepsPinned() {
        return wish != Wish.MAINT && health == Health.UP;
    }

    /** Weight times share: what algorithms divide work by, in hundredths of a weight. */
    public int worth() {
        return weight * share;
    }

    /**
     * The same with another health, not silent; the same object when nothing changes. Of one that is not wanted the
     * operator's reason stays, for that is why it takes no work.
     */
    public BackendState withHealth(Health newHealth, long now, String reason) {
        String shown = wish == Wish.READY ? reason : why;
        return newHealth == health ? this : new BackendState(wish, newHealth, weight, share, false, now, shown);
    }

    /**
     * The same with another wish; the same object when nothing changes. The newest reason to keep it out is the one that
     * shows, but it has been out since the first; of one that is wanted, the evidence of its health stays.
     */
    public BackendState withWish(Wish newWish, long now, String reason) {
        if (newWish != wish) {
            return new BackendState(newWish, health, weight, share, silent, now, reason);
        }
        return wish == Wish.READY || reason.equals(why)
                ? this
                : new BackendState(wish, health, weight, share, silent, since, reason);
    }

    /** The same with another weight; keeps {@code since}, for a weight is no change of state. */
    public BackendState withWeight(int newWeight) {
        return newWeight == weight ? this : new BackendState(wish, health, newWeight, share, silent, since, why);
    }

    /** The same with another share of its weight; keeps {@code since}, as a weight does. */
    public BackendState withShare(int newShare) {
        return newShare == share ? this : new BackendState(wish, health, weight, newShare, silent, since, why);
    }

    /** The same, answering or not; means nothing unless it is down or ejected. */
    public BackendState withSilent(boolean newSilent) {
        boolean now = newSilent && (health == Health.DOWN || health == Health.EJECTED);
        return now == silent ? this : new BackendState(wish, health, weight, share, now, since, why);
    }
}
