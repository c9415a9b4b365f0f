package dev.fairlead.core.health;

/**
 * What one check of a backend came to. Immutable.
 *
 * @param pass whether the backend passed
 * @param conclusive whether it says anything about the backend; not when the fault was our own, such as having no socket
 * @param evidence a few words for people, such as {@code connect refused}; made printable and cut to
 *     {@value #MAX_EVIDENCE} characters
 * @param tookNanos from the start of the check to its result
 */
public record CheckResult(boolean pass, boolean conclusive, String evidence, long tookNanos) {
    /** Longest evidence in characters. */
    public static final int MAX_EVIDENCE = 200;

    public CheckResult {
        evidence = Evidence.printable(evidence, MAX_EVIDENCE);
    }

    /** A result that says something about the backend. */
    public CheckResult(boolean pass, String evidence, long tookNanos) {
        this(pass, true, evidence, tookNanos);
    }

    /** A check that could not be made. */
    public static CheckResult none(String evidence, long tookNanos) {
        return new CheckResult(false, false, evidence, tookNanos);
    }
}
