package dev.fairlead.core.health;

import dev.fairlead.core.config.HealthConfig;

/**
 * Turns one backend's check results into a verdict that does not flap.
 *
 * <p>Confined to the control thread. The first result decides alone: a backend that has never been judged is either let
 * in at once or found down at once. After that it takes {@code fall} failures in a row to go down and {@code rise}
 * passes in a row to come back. A gate may ask for more passes than that, until it was passed once.
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

    /** Passes in a row that the gate asks for; 1 once it was passed. */
    private int gate = 1;

    private boolean silent;
    private int share = CheckResult.WHOLE;
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

    /** Whether the last check that says anything found nobody, or someone else. */
    boolean silent() {
        return silent;
    }

    /** Passes in a row that the gate asks for, while it has not been passed. */
    int gate() {
        return gate;
    }

    /** How much of its usual work the last passing check asked for, in percent. */
    int share() {
        return share;
    }

    /** Passes in a row that were counted so far and did not yet change the verdict. */
    int counted() {
        return against;
    }

    /** Takes in a conclusive result; returns whether the verdict changed. */
    boolean take(CheckResult result, HealthConfig config) {
        Verdict seen = result.pass() ? Verdict.UP : Verdict.DOWN;
        silent = result.kind() == CheckResult.Kind.SILENT;
        if (result.pass()) {
            share = result.share();
        } else if (verdict == Verdict.UNCHECKED && against > 0) {
            // Passes on the way through the gate: in a row or not at all.
            against = 0;
        }
        if (seen == verdict) {
            against = 0;
            return false;
        }
        against++;
        int needed = switch (verdict) {
            case UNCHECKED -> result.pass() ? gate : 1;
            case UP -> config.fall();
            case DOWN -> Math.max(config.rise(), gate);
        };
        if (against < needed) {
            return false;
        }
        why = evidence(result);
        verdict = seen;
        against = 0;
        gate = result.pass() ? 1 : gate;
        return true;
    }

    private String evidence(CheckResult result) {
        String what = result.pass() ? "passed" : "failed";
        boolean first = verdict == Verdict.UNCHECKED && against == 1;
        String times = first ? "first check " + what : "check " + what + " " + times(against);
        return result.evidence().isEmpty() ? times : times + ": " + result.evidence();
    }

    private static String times(int count) {
        return count == 1 ? "once" : count + " times";
    }

    /** Sets the verdict without a check. */
    void set(Verdict newVerdict, String reason) {
        verdict = newVerdict;
        against = 0;
        gate = 1;
        silent = false;
        share = CheckResult.WHOLE;
        why = reason;
    }

    /** Nothing is known any more, and so many passes in a row are asked for. */
    void gate(int passes, String reason) {
        set(Verdict.UNCHECKED, reason);
        gate = passes;
    }
}
