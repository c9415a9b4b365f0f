package dev.fairlead.e2e.overload;

/**
 * A line of the table. Immutable.
 *
 * @param target what is owed; empty for what is only told
 */
public record Line(String scenario, String what, String target, String measured, Verdict verdict) {
    /** Whether a target was kept. */
    public enum Verdict {
        TOLD(""),
        KEPT("kept"),
        MISSED("**missed**");

        private final String text;

        Verdict(String text) {
            this.text = text;
        }
    }

    public static final String TABLE = """
            | Scenario | | Target | Measured | |
            |---|---|---|---|---|
            """;

    public static Line told(String scenario, String what, String measured) {
        return new Line(scenario, what, "", measured, Verdict.TOLD);
    }

    public static Line owed(String scenario, String what, String target, String measured, boolean kept) {
        return new Line(scenario, what, target, measured, kept ? Verdict.KEPT : Verdict.MISSED);
    }

    public String text() {
        return "| " + scenario + " | " + what + " | " + target + " | " + measured + " | " + verdict.text + " |";
    }
}
