package dev.fairlead.core.config;

/**
 * How much a backend may be given at once: {@code auto}, or a whole number. Immutable.
 *
 * @param most requests, 0 for {@code auto}
 */
public record Cap(int most) {
    /** Learnt from the backend's own latency. */
    public static final Cap AUTO = new Cap(0);

    /** What the notation looks like, as a regular expression that Java and ECMAScript read alike. */
    public static final String PATTERN = "^(auto|[1-9][0-9]{0,6})$";

    /** The highest that can be asked for. */
    public static final int HIGHEST = 1_000_000;

    /** Parses the notation above; throws {@link BadValue}. */
    public static Cap parse(String text) {
        if (text.equals("auto")) {
            return AUTO;
        }
        if (text.matches("[1-9][0-9]{0,6}") && Integer.parseInt(text) <= HIGHEST) {
            return new Cap(Integer.parseInt(text));
        }
        ProblemKind kind = text.matches("-?[0-9]+") ? ProblemKind.OUT_OF_RANGE : ProblemKind.BAD_NUMBER;
        throw new BadValue(kind, text, "auto, or a whole number, 1.." + HIGHEST, null);
    }

    /** Whether it is learnt. */
    public boolean auto() {
        return most == 0;
    }

    @Override
    public String toString() {
        return auto() ? "auto" : Integer.toString(most);
    }
}
