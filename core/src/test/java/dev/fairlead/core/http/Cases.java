package dev.fairlead.core.http;

import java.util.SplittableRandom;

/** Runs a property on many seeds. A failure names its seed; {@code -Dfairlead.seed=} runs that one alone, {@code -Dfairlead.cases=} more. */
final class Cases {
    interface Property {
        void check(SplittableRandom random);
    }

    private Cases() {}

    static void forAll(int usually, Property property) {
        Long replayed = Long.getLong("fairlead.seed");
        long first = replayed == null ? 0 : replayed;
        long last = replayed == null ? Long.getLong("fairlead.cases", usually) : first + 1;
        for (long seed = first; seed < last; seed++) {
            try {
                property.check(new SplittableRandom(seed));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "seed " + seed + " (again: -Dfairlead.seed=" + seed + "): " + e.getMessage(), e);
            }
        }
    }
}
