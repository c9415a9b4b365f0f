package dev.fairlead.core.config;

import org.jspecify.annotations.Nullable;

/** A text that does not follow its notation, with what was found, what was expected, and what was perhaps meant. */
public final class BadValue extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final ProblemKind kind;
    private final String found;
    private final String expected;
    private final @Nullable String meant;

    BadValue(ProblemKind kind, String found, String expected, @Nullable String meant) {
        super(found + " (expected: " + expected + ")");
        this.kind = kind;
        this.found = found;
        this.expected = expected;
        this.meant = meant;
    }

    public ProblemKind kind() {
        return kind;
    }

    public String found() {
        return found;
    }

    public String expected() {
        return expected;
    }

    /** A text of the right notation that was perhaps meant. */
    public @Nullable String meant() {
        return meant;
    }
}
