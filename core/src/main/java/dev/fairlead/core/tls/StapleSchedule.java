package dev.fairlead.core.tls;

/**
 * When a responder is asked next. Immutable; all moments are milliseconds since 1970.
 *
 * @param triedAt when it was asked last
 * @param nextAt when it is to be asked next
 * @param failures how often in a row it gave no usable answer
 */
public record StapleSchedule(long triedAt, long nextAt, int failures) {
    /** However soon an answer runs out. */
    static final long LEAST_WAIT = 60_000;

    /** However long an answer holds: what is revoked is to be known a day later. */
    static final long MOST_WAIT = 24 * 3_600_000L;

    /** After the first failure; then twice as long each time. */
    static final long FIRST_RETRY = 30_000;

    static final long MOST_RETRY = 3_600_000;

    /** From now on, with nothing known. */
    public static StapleSchedule first(long now) {
        return new StapleSchedule(now, now, 0);
    }

    /** Whether it is time; also when the clock was set back. */
    public boolean due(long now) {
        return now >= nextAt || now < triedAt;
    }

    /**
     * An answer came: the next is asked for when half of its time is over, or of what is left of it where that was so
     * already; by chance up to a fifth earlier, so that many certificates do not stay in step.
     *
     * @param chance 0 to 1
     */
    public StapleSchedule answered(OcspAnswer answer, long now, double chance) {
        long half = answer.thisUpdate() + (answer.nextUpdate() - answer.thisUpdate()) / 2;
        long wait = half > now ? half - now : (answer.nextUpdate() - now) / 2;
        long sooner = (long) (Math.min(wait, MOST_WAIT) * (1 - 0.2 * chance));
        return new StapleSchedule(now, now + Math.max(sooner, LEAST_WAIT), 0);
    }

    /**
     * None came: the wait doubles, give or take a quarter, and is never more than half of what is left of the answer before.
     *
     * @param heldUntil when the answer before runs out; not after {@code now} where there is none
     * @param chance 0 to 1
     */
    public StapleSchedule failed(long heldUntil, long now, double chance) {
        long wait = Math.min(FIRST_RETRY << Math.min(failures, 16), MOST_RETRY);
        if (heldUntil > now) {
            wait = Math.min(wait, Math.max((heldUntil - now) / 2, FIRST_RETRY));
        }
        return new StapleSchedule(now, now + (long) (wait * (0.75 + 0.5 * chance)), failures + 1);
    }
}
