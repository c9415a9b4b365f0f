package dev.fairlead.core.config;

import java.time.Duration;

/**
 * How long an answer may take to begin before another backend is asked as well: {@code p95}, or a duration. Immutable.
 *
 * @param time zero for {@code p95}
 */
public record HedgeDelay(Duration time) {
    /** What 95 of 100 answers of the pool take less than. */
    public static final HedgeDelay P95 = new HedgeDelay(Duration.ZERO);

    /** What the notation looks like, as a regular expression that Java and ECMAScript read alike. */
    public static final String PATTERN = "^(p95|[0-9]{1,9}(ms|s|m|h))$";

    private static final Duration LONGEST = Duration.ofHours(1);
    private static final String EXPECTED = "p95, or a duration, 1ms..1h";

    /** Parses the notation above; throws {@link BadValue}. */
    public static HedgeDelay parse(String text) {
        if (text.equals("p95")) {
            return P95;
        }
        Duration time;
        try {
            time = Durations.parse(text);
        } catch (BadValue e) {
            boolean learnt = text.matches("(?i)p ?[0-9.]+|auto|learnt");
            throw new BadValue(e.kind(), text, EXPECTED, learnt ? "p95" : e.meant());
        }
        if (time.isZero() || time.compareTo(LONGEST) > 0) {
            throw new BadValue(ProblemKind.OUT_OF_RANGE, text, EXPECTED, null);
        }
        return new HedgeDelay(time);
    }

    /** Whether it is learnt. */
    public boolean learnt() {
        return time.isZero();
    }

    @Override
    public String toString() {
        return learnt() ? "p95" : Durations.format(time);
    }
}
