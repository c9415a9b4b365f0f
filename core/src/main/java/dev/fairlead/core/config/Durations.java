package dev.fairlead.core.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The notation of durations: a whole number with {@code ms}, {@code s}, {@code m} or {@code h}. Pure functions. */
public final class Durations {
    /** What the notation looks like, as a regular expression that Java and ECMAScript read alike. */
    public static final String PATTERN = "^[0-9]{1,9}(ms|s|m|h)$";

    static final String EXPECTED = "a duration such as 250ms, 5s, 2m or 1h";

    private static final Pattern NOTATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");
    private static final Pattern NEAR = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,9})?)\\s*([a-zA-Zµ]*)");
    private static final Pattern COMPOUND = Pattern.compile("(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,6})s)?");

    private Durations() {}

    /** Parses the notation; throws {@link BadValue}. */
    public static Duration parse(String text) {
        Matcher matcher = NOTATION.matcher(text);
        if (!matcher.matches()) {
            throw new BadValue(ProblemKind.BAD_DURATION, text, EXPECTED, meant(text));
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }

    /** Writes the notation, in the largest unit that is exact; parts of a millisecond are cut off. */
    public static String format(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0) {
            return "0s";
        }
        if (millis % 3_600_000 == 0) {
            return millis / 3_600_000 + "h";
        }
        if (millis % 60_000 == 0) {
            return millis / 60_000 + "m";
        }
        return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
    }

    private static @Nullable String meant(String text) {
        Matcher near = NEAR.matcher(text.trim());
        if (near.matches()) {
            if (near.group(2).isEmpty()) {
                // Others count in milliseconds; three digits and more of seconds are hardly ever meant.
                boolean many = near.group(1).length() >= 3 && near.group(1).indexOf('.') < 0;
                return many ? near.group(1) + "ms" : whole(new BigDecimal(near.group(1)), "s");
            }
            String unit = switch (near.group(2).toLowerCase(Locale.ROOT)) {
                case "ms", "msec", "msecs", "milli", "millis", "millisecond", "milliseconds" -> "ms";
                case "s", "sec", "secs", "second", "seconds" -> "s";
                case "m", "min", "mins", "minute", "minutes" -> "m";
                case "h", "hr", "hrs", "hour", "hours" -> "h";
                case "d", "day", "days" -> "d";
                default -> "";
            };
            return unit.isEmpty() ? null : whole(new BigDecimal(near.group(1)), unit);
        }
        Matcher compound = COMPOUND.matcher(text);
        if (!text.isEmpty() && compound.matches()) {
            return format(Duration.ofHours(number(compound.group(1)))
                    .plusMinutes(number(compound.group(2)))
                    .plusSeconds(number(compound.group(3))));
        }
        return null;
    }

    private static long number(@Nullable String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }

    private static @Nullable String whole(BigDecimal amount, String unit) {
        long millis = switch (unit) {
            case "ms" -> 1;
            case "s" -> 1_000;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            default -> 86_400_000;
        };
        BigDecimal exact = amount.multiply(BigDecimal.valueOf(millis));
        return exact.stripTrailingZeros().scale() > 0 ? null : format(Duration.ofMillis(exact.longValue()));
    }
}
