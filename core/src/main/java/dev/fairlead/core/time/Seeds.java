package dev.fairlead.core.time;

import java.util.random.RandomGenerator;

/**
 * The only door to randomness: hands out independent generators, one for each thread or object that needs one.
 *
 * <p>Thread-safe. The generators it returns are not; each belongs to one thread.
 */
@FunctionalInterface
public interface Seeds {
    /** A seed for one new generator. */
    long next();

    /** A fast generator (SplitMix64) on the next seed; confined to one thread. */
    default RandomGenerator generator() {
        return new java.util.SplittableRandom(next());
    }

    /** Seeds from the machine's entropy. */
    static Seeds system() {
        var random = new java.security.SecureRandom();
        return random::nextLong;
    }

    /** A repeatable sequence of seeds, for tests and simulation. */
    static Seeds fixed(long seed) {
        var source = new java.util.SplittableRandom(seed);
        return () -> {
            synchronized (source) {
                return source.nextLong();
            }
        };
    }
}
