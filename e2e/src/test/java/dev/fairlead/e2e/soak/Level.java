package dev.fairlead.e2e.soak;

import dev.fairlead.e2e.overload.Metrics;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * What a process holds at one moment, in bytes but for {@code files}. Immutable.
 *
 * @param heap live
 * @param direct held by Netty's allocator
 * @param pinned of that in use
 */
record Level(long heap, long direct, long pinned, long resident, long files) {
    private static final int MIB = 1 << 20;

    static Level of(Metrics metrics) {
        return new Level(
                (long) metrics.sum("fairlead_jvm_heap_used_bytes"),
                (long) metrics.sum("fairlead_netty_direct_bytes"),
                (long) metrics.sum("fairlead_netty_direct_pinned_bytes"),
                (long) metrics.sum("fairlead_process_resident_bytes"),
                (long) metrics.sum("fairlead_process_open_files"));
    }

    /** The mean of several. */
    static Level mean(List<Level> levels) {
        return new Level(
                mean(levels, Level::heap),
                mean(levels, Level::direct),
                mean(levels, Level::pinned),
                mean(levels, Level::resident),
                mean(levels, Level::files));
    }

    private static long mean(List<Level> levels, ToLongFunction<Level> part) {
        return Math.round(levels.stream().mapToLong(part).average().orElse(0));
    }

    String text() {
        return String.format(
                Locale.ROOT,
                "live heap %.2f MiB, direct %.2f MiB (%.2f in use), resident %.1f MiB, %d files",
                (double) heap / MIB,
                (double) direct / MIB,
                (double) pinned / MIB,
                (double) resident / MIB,
                files);
    }
}
