package dev.fairlead.core.config;

import java.util.BitSet;

/** A set of HTTP statuses, written {@code 200}, {@code 200-399} or {@code 200,204,300-399}. Immutable. */
public final class StatusRanges {
    private final String text;
    private final BitSet statuses;

    private StatusRanges(String text, BitSet statuses) {
        this.text = text;
        this.statuses = statuses;
    }

    /** Parses the notation above; throws {@link IllegalArgumentException} that says what is wrong. */
    public static StatusRanges parse(String text) {
        var statuses = new BitSet(600);
        for (String part : text.split(",", -1)) {
            String[] ends = part.trim().split("-", -1);
            if (ends.length > 2) {
                throw new IllegalArgumentException("status range: " + part + " (expected: 200 or 200-399)");
            }
            int from = status(ends[0]);
            int to = ends.length == 2 ? status(ends[1]) : from;
            if (to < from) {
                throw new IllegalArgumentException("status range: " + part + " (expected: the lower status first)");
            }
            statuses.set(from, to + 1);
        }
        return new StatusRanges(text, statuses);
    }

    private static int status(String digits) {
        String trimmed = digits.trim();
        if (!trimmed.matches("[1-5][0-9][0-9]")) {
            throw new IllegalArgumentException("status: " + trimmed + " (expected: 100..599)");
        }
        return Integer.parseInt(trimmed);
    }

    public boolean contains(int status) {
        return status >= 0 && statuses.get(status);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StatusRanges that && statuses.equals(that.statuses);
    }

    @Override
    public int hashCode() {
        return statuses.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
