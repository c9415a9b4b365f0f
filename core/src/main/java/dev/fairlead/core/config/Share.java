package dev.fairlead.core.config;

/** A share of a whole, written {@code 20%}; at most 100 %. Immutable. */
public record Share(double fraction) {
    public Share {
        if (!(fraction >= 0 && fraction <= 1)) {
            throw new IllegalArgumentException("share: " + fraction * 100 + "% (expected: 0%..100%)");
        }
    }

    @Override
    public String toString() {
        double percent = fraction * 100;
        return (percent == Math.rint(percent) ? Long.toString((long) percent) : Double.toString(percent)) + "%";
    }
}
