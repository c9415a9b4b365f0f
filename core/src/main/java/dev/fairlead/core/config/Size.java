package dev.fairlead.core.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A number of bytes, written {@code 512}, {@code 64KiB}, {@code 1MiB} or {@code 1GiB}. Immutable. */
public record Size(long bytes) {
    /** What the notation looks like, as a regular expression that Java and ECMAScript read alike. */
    public static final String PATTERN = "^[0-9]{1,9}(KiB|MiB|GiB)?$";

    private static final Pattern NOTATION = Pattern.compile("([0-9]{1,9})(KiB|MiB|GiB)?");
    private static final Pattern NEAR = Pattern.compile("([0-9]{1,9})\\s*(b|k|m|g|kb|mb|gb|kib|mib|gib)");

    public Size {
        if (bytes < 0) {
            throw new IllegalArgumentException("size: " + bytes + " (expected: >= 0)");
        }
    }

    /** Parses the notation above; throws {@link BadValue}. */
    public static Size parse(String text) {
        Matcher matcher = NOTATION.matcher(text);
        if (!matcher.matches()) {
            throw new BadValue(ProblemKind.BAD_SIZE, text, "a size such as 512, 64KiB, 1MiB or 1GiB", meant(text));
        }
        long amount = Long.parseLong(matcher.group(1));
        String unit = matcher.group(2);
        return new Size(amount << (unit == null ? 0 : shift(unit.charAt(0))));
    }

    private static int shift(char unit) {
        return switch (unit) {
            case 'K', 'k' -> 10;
            case 'M', 'm' -> 20;
            case 'G', 'g' -> 30;
            default -> 0;
        };
    }

    private static @Nullable String meant(String text) {
        Matcher near = NEAR.matcher(text.trim().toLowerCase(Locale.ROOT));
        if (!near.matches()) {
            return null;
        }
        return new Size(Long.parseLong(near.group(1)) << shift(near.group(2).charAt(0))).toString();
    }

    /** The number of bytes, or the largest {@code int} when it is more. */
    public int clampedInt() {
        return (int) Math.min(bytes, Integer.MAX_VALUE);
    }

    @Override
    public String toString() {
        String[] units = {"GiB", "MiB", "KiB"};
        for (int i = 0; i < units.length; i++) {
            long unit = 1L << (30 - 10 * i);
            if (bytes >= unit && bytes % unit == 0) {
                return bytes / unit + units[i];
            }
        }
        return Long.toString(bytes);
    }
}
