package dev.fairlead.core.health;

/**
 * What one check of a backend came to. Immutable.
 *
 * @param evidence a few words for people, such as {@code connect refused}; made printable and cut to
 *     {@value #MAX_EVIDENCE} characters
 * @param tookNanos from the start of the check to its result
 */
public record CheckResult(boolean pass, String evidence, long tookNanos) {
    /** Longest evidence in characters. */
    public static final int MAX_EVIDENCE = 200;

    public CheckResult {
        evidence = Evidence.printable(evidence, MAX_EVIDENCE);
    }
}
