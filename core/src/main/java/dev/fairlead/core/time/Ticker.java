package dev.fairlead.core.time;

/**
 * A monotonic clock in nanoseconds; the only door to elapsed time.
 *
 * <p>Thread-safe. Values mean nothing by themselves: only differences count, and they may wrap, so compare with
 * {@code a - b < 0}, never with {@code a < b}.
 */
@FunctionalInterface
public interface Ticker {
    /** Nanoseconds since some fixed point of this process. */
    long nanos();

    /** The machine's monotonic clock. */
    static Ticker system() {
        return System::nanoTime;
    }
}
