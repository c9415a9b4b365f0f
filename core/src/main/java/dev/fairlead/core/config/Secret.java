package dev.fairlead.core.config;

/**
 * A text that proves who asks, such as a token. Immutable.
 *
 * <p>It is never written anywhere: as a text it is {@value #MASK}, which is too short to be taken for a secret when read
 * back. Whoever needs what it holds must ask for {@link #reveal}.
 */
public final class Secret {
    /** Fewest characters of one. */
    public static final int SHORTEST = 16;

    /** Most characters of one. */
    public static final int LONGEST = 1024;

    /** What is shown instead. */
    public static final String MASK = "***";

    /** What it may be made of, as a regular expression that Java and ECMAScript read alike: it is sent in a field. */
    public static final String PATTERN = "^[!-~]{16,1024}$";

    static final String EXPECTED =
            "at least 16 printable ASCII characters without spaces, such as `openssl rand -hex 32` makes";

    private final String text;

    /** One that holds {@code text}, whatever it is: a stopgap may be empty. */
    public Secret(String text) {
        this.text = text;
    }

    /** Checks the notation; throws {@link BadValue}, which does not show the text. */
    public static Secret parse(String text) {
        if (text.length() > LONGEST || !text.matches(PATTERN)) {
            String found = text.length() < SHORTEST || text.length() > LONGEST
                    ? text.length() + " characters"
                    : "spaces, or characters beyond ASCII";
            throw new BadValue(ProblemKind.BAD_TEXT, found, EXPECTED, null);
        }
        return new Secret(text);
    }

    /** What it holds: not for logs, messages or answers. */
    public String reveal() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && secret.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return MASK;
    }
}
