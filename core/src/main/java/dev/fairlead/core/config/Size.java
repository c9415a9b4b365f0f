package dev.fairlead.core.config;

/** A number of bytes, written {@code 512}, {@code 64KiB}, {@code 1MiB} or {@code 1GiB}. Immutable. */
public record Size(long bytes) {
    public Size {
        if (bytes < 0) {
            throw new IllegalArgumentException("size: " + bytes + " (expected: >= 0)");
        }
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
