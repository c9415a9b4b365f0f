package dev.fairlead.core.health;

import dev.fairlead.core.config.HealthConfig;

/**
 * Turns one backend's check results into a verdict that does not flap.
 *
 * <p>Confined to the control thread. The first result decides alone: a backend that has never been judged is either let
 * in at once or found down at once. After that it takes {@code fall} failures in a row to go down and {@code rise}
 * passes in a row to come back.
 */
final class Tracker {
    /** What the checks say by themselves, whatever real traffic shows. */
    enum Verdict {
        UNCHECKED,
        UP,
        DOWN
    }

    private Verdict verdict;

    /** Results in a row that contradict the verdict. */
    private int against;

    private String why = "waiting for the first passing check";

    Tracker(Verdict verdict) {
        this.verdict = verdict;
    }

    Verdict verdict() {
        return verdict;
    }

    /** Evidence for the last change of verdict. */
    String why() {
        return why;
    }

    /** Whether the last result agreed with the verdict; while not, checks hurry. */
    boolean settled() {
        return verdict != Verdict.UNCHECKED && against == 0;
    }

    /** Takes in a result; returns whether the verdict changed. */
    boolean take(CheckResult result, HealthConfig config) {
        Verdict seen = result.pass() ? Verdict.UP : Verdict.DOWN;
        if (seen == verdict) {
            against = 0;
            return false;
        }
        against++;
        int needed = switch (verdict) {
            case UNCHECKED -> 1;
            case UP -> config.fall();
            case DOWN -> config.rise();
        };
        if (against < needed) {
            return false;
        }
        why = evidence(result);
        verdict = seen;
        against = 0;
        return true;
    }

    private String evidence(CheckResult result) {
        String what = result.pass() ? "passed" : "failed";
        String times = verdict == Verdict.UNCHECKED ? "first check " + what : "check " + what + " " + times(against);
        return result.evidence().isEmpty() ? times : times + ": " + result.evidence();
    }

    private static String times(int count) {
        return count == 1 ? "once" : count + " times";
    }

    /** Sets the verdict without a check. */
    void set(Verdict newVerdict, String reason) {
        verdict = newVerdict;
        against = 0;
        why = reason;
    }
}
