package dev.fairlead.core.config;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * So many in a period, written {@code 100/s}, {@code 600/m} or {@code 5/10s}. Immutable.
 *
 * @param count 1 to {@value #MOST}, and at most a million a second
 * @param per whole milliseconds, up to a day
 */
public record Rate(int count, Duration per) {
    /** What the notation looks like, as a regular expression that Java and ECMAScript read alike. */
    public static final String PATTERN = "^[0-9]{1,7}/[0-9]{0,9}(ms|s|m|h)$";

    /** The largest count. */
    public static final int MOST = 1_000_000;

    private static final Duration LONGEST = Duration.ofDays(1);
    private static final String RANGE = "1 to " + MOST + " in a period of 1ms to 24h, and at most a million a second";

    private static final Pattern NOTATION = Pattern.compile("([0-9]{1,7})/([0-9]{0,9})(ms|s|m|h)");
    private static final Pattern NEAR =
            Pattern.compile("([0-9]{1,7}) ?(?:r|rq|req|reqs|requests?)? ?(?:(?:/|p|per) ?([a-z]*))?");

    public Rate {
        if (count < 1 || count > MOST || !per.isPositive() || per.compareTo(LONGEST) > 0 || count > mostIn(per)) {
            throw new IllegalArgumentException("rate: " + count + " in " + per + " (expected: " + RANGE + ")");
        }
    }

    private static long mostIn(Duration per) {
        return per.toNanos() / 1000;
    }

    /** Parses the notation above; throws {@link BadValue}. */
    public static Rate parse(String text) {
        Matcher matcher = NOTATION.matcher(text);
        if (!matcher.matches()) {
            throw new BadValue(ProblemKind.BAD_RATE, text, "a rate such as 100/s, 600/m or 5/10s", meant(text));
        }
        String amount = matcher.group(2).isEmpty() ? "1" : matcher.group(2);
        try {
            return new Rate(Integer.parseInt(matcher.group(1)), Durations.parse(amount + matcher.group(3)));
        } catch (BadValue e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new BadValue(ProblemKind.OUT_OF_RANGE, text, RANGE, null);
        }
    }

    private static @Nullable String meant(String text) {
        Matcher near = NEAR.matcher(text.trim().toLowerCase(Locale.ROOT));
        if (!near.matches()) {
            return null;
        }
        String unit = near.group(2) == null ? "s" : near.group(2);
        String period = switch (unit) {
            case "s", "sec", "second" -> "s";
            case "m", "min", "minute" -> "m";
            case "h", "hour" -> "h";
            case "d", "day" -> "24h";
            default -> "";
        };
        int count = Integer.parseInt(near.group(1));
        return period.isEmpty() || count < 1 || count > MOST ? null : count + "/" + period;
    }

    /** The notation that {@link #parse} reads. */
    @Override
    public String toString() {
        String period = Durations.format(per);
        return count + "/" + (period.matches("1[a-z]+") ? period.substring(1) : period);
    }
}
