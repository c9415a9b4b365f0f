package dev.fairlead.core.time;

/** The time of day in milliseconds since 1970, for people to read; never for measuring. Thread-safe. */
@FunctionalInterface
public interface WallClock {
    /** Milliseconds since 1970-01-01T00:00:00Z. */
    long epochMillis();

    /** The machine's clock. */
    static WallClock system() {
        return System::currentTimeMillis;
    }
}
