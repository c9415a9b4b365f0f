package dev.fairlead.core.config;

import java.util.BitSet;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A set of HTTP statuses, written {@code 200}, {@code 200-399}, {@code 200,204,300-399} or {@code none}. Immutable. */
public final class StatusRanges {
    /** What the notation looks like, as a regular expression that Java and ECMAScript read alike. */
    public static final String PATTERN =
            "^(none| *[1-5][0-9][0-9]( *- *[1-5][0-9][0-9])? *(, *[1-5][0-9][0-9]( *- *[1-5][0-9][0-9])? *)*)$";

    private final String text;
    private final BitSet statuses;

    private StatusRanges(String text, BitSet statuses) {
        this.text = text;
        this.statuses = statuses;
    }

    /** Parses the notation above; throws {@link BadValue}. */
    public static StatusRanges parse(String text) {
        var statuses = new BitSet(600);
        if (text.equals("none")) {
            return new StatusRanges(text, statuses);
        }
        for (String part : text.split(",", -1)) {
            String[] ends = part.trim().split("-", -1);
            int from = ends.length > 2 ? -1 : status(ends[0]);
            int to = ends.length == 2 ? status(ends[1]) : from;
            if (from < 0 || to < from) {
                throw new BadValue(
                        ProblemKind.BAD_STATUS, text, "statuses from 100 to 599: 200, 200-399 or 200,204", meant(text));
            }
            statuses.set(from, to + 1);
        }
        return new StatusRanges(text, statuses);
    }

    private static int status(String digits) {
        String trimmed = digits.trim();
        return trimmed.matches("[1-5][0-9][0-9]") ? Integer.parseInt(trimmed) : -1;
    }

    private static @Nullable String meant(String text) {
        String lower = text.trim().toLowerCase(Locale.ROOT);
        return lower.matches("[1-5]xx") ? lower.charAt(0) + "00-" + lower.charAt(0) + "99" : null;
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return statuses.isEmpty();
    }

    /** Whether {@code status} is one of them. */
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
