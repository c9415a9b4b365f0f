package dev.fairlead.core.config;

import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A share of a whole, written {@code 20%} or {@code 0.5%}; at most 100 %. Immutable. */
public record Share(double fraction) {
    /** What the notation looks like, as a regular expression that Java and ECMAScript read alike. */
    public static final String PATTERN = "^[0-9]{1,3}(\\.[0-9]{1,6})?%$";

    private static final Pattern NOTATION = Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,6})?)%");
    private static final Pattern NEAR = Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,6})?)\\s*%?");

    public Share {
        if (!(fraction >= 0 && fraction <= 1)) {
            throw new IllegalArgumentException("share: " + fraction * 100 + "% (expected: 0%..100%)");
        }
    }

    /** Parses the notation above; throws {@link BadValue}. */
    public static Share parse(String text) {
        Matcher matcher = NOTATION.matcher(text);
        if (matcher.matches()) {
            double fraction = new BigDecimal(matcher.group(1)).movePointLeft(2).doubleValue();
            if (fraction <= 1) {
                return new Share(fraction);
            }
        }
        throw new BadValue(ProblemKind.BAD_SHARE, text, "a share from 0% to 100%, such as 20%", meant(text));
    }

    private static @Nullable String meant(String text) {
        Matcher near = NEAR.matcher(text.trim());
        if (!near.matches()) {
            return null;
        }
        double amount = Double.parseDouble(near.group(1));
        boolean fraction = amount < 1 && text.indexOf('%') < 0;
        return amount > 100 ? null : new Share(fraction ? amount : amount / 100).toString();
    }

    @Override
    public String toString() {
        return BigDecimal.valueOf(fraction)
                        .movePointRight(2)
                        .stripTrailingZeros()
                        .toPlainString() + "%";
    }
}
