package dev.fairlead.core.health;

/**
 * What one check of a backend came to. Immutable.
 *
 * @param share how much of its usual work the backend says it can do, 1..100 percent; below 100 it is degraded
 * @param evidence a few words for people, such as {@code connect refused}; made printable and cut to
 *     {@value #MAX_EVIDENCE} characters
 * @param tookNanos from the start of the check to its result
 */
public record CheckResult(Kind kind, int share, String evidence, long tookNanos) {
    /** Longest evidence in characters. */
    public static final int MAX_EVIDENCE = 200;

    /** What all of the work is, in percent. */
    public static final int WHOLE = 100;

    /** What a result says. */
    public enum Kind {
        /** It works. */
        PASS,
        /** It answered, and not as it should: in need it may still be better than nothing. */
        SICK,
        /** It did not answer, or someone else did at its address: work sent there would be lost. */
        SILENT,
        /** Nothing: the check could not be made, by a fault of our own such as having no socket. */
        NONE
    }

    public CheckResult {
        if (share < 1 || share > WHOLE) {
            throw new IllegalArgumentException("share: " + share + " (expected: 1.." + WHOLE + ")");
        }
        evidence = Evidence.printable(evidence, MAX_EVIDENCE);
    }

    /** It works, wholly. */
    public static CheckResult pass(String evidence, long tookNanos) {
        return new CheckResult(Kind.PASS, WHOLE, evidence, tookNanos);
    }

    /** It works, and asks for {@code share} percent of its usual work. */
    public static CheckResult degraded(int share, String evidence, long tookNanos) {
        return new CheckResult(Kind.PASS, share, evidence, tookNanos);
    }

    /** It answered, and not as it should. */
    public static CheckResult sick(String evidence, long tookNanos) {
        return new CheckResult(Kind.SICK, WHOLE, evidence, tookNanos);
    }

    /** It did not answer. */
    public static CheckResult silent(String evidence, long tookNanos) {
        return new CheckResult(Kind.SILENT, WHOLE, evidence, tookNanos);
    }

    /** The check could not be made. */
    public static CheckResult none(String evidence, long tookNanos) {
        return new CheckResult(Kind.NONE, WHOLE, evidence, tookNanos);
    }

    public boolean pass() {
        return kind == Kind.PASS;
    }

    /** Whether it says anything about the backend. */
    public boolean conclusive() {
        return kind != Kind.NONE;
    }
}
