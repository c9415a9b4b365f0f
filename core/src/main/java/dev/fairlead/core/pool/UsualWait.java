package dev.fairlead.core.pool;

import java.util.Arrays;
import java.util.List;

/**
 * How long the answers of a pool usually take to begin: what 95 of 100 of the last ten seconds took less than.
 *
 * <p>{@link #sample} belongs to the control thread; {@link #nanos} is for every thread. Costs event loops nothing: they
 * count in any case.
 */
public final class UsualWait {
    /** With fewer answers nothing is usual. */
    static final int FEWEST = 100;

    private static final long SAMPLE_NANOS = 1_000_000_000L;
    private static final int SAMPLES = 10;
    private static final double USUAL = 0.95;

    /** Behind the classes: those that were not waited for to the end. */
    private static final int LONGER = Tally.CLASSES;

    private final long[][] ring = new long[SAMPLES + 1][Tally.CLASSES + 1];
    private List<Backend> members = List.of();
    private int at;
    private int taken;
    private long last;
    private volatile long nanos;

    /** In nanoseconds; 0 while too little is known. */
    public long nanos() {
        return nanos;
    }

    /**
     * Takes a sample of the members' counters, if one is due.
     *
     * @param longer how many answers of the pool ever took longer than was waited for; without them, who waits for no
     *     slow answer would come to believe that there is none
     */
    public void sample(List<Backend> all, long longer, long now) {
        if (taken > 0 && now - last < SAMPLE_NANOS) {
            return;
        }
        last = now;
        if (!all.equals(members)) {
            // The sums of other members are no beginning for the sums of these.
            members = List.copyOf(all);
            taken = 0;
        }
        at = (at + 1) % ring.length;
        taken = Math.min(taken + 1, ring.length);
        long[] cells = ring[at];
        Arrays.fill(cells, 0);
        all.forEach(backend -> backend.tally().addLatencies(cells));
        cells[LONGER] = longer;
        nanos = usual(cells, ring[Math.floorMod(at - (taken - 1), ring.length)]);
    }

    private long usual(long[] now, long[] then) {
        long all = 0;
        for (int i = 0; i <= LONGER; i++) {
            all += now[i] - then[i];
        }
        if (all < FEWEST) {
            return 0;
        }
        double wanted = all * USUAL;
        long slowest = 0;
        long sum = 0;
        for (int i = 0; i < LONGER; i++) {
            long here = now[i] - then[i];
            sum += here;
            if (here > 0) {
                slowest = Tally.endOfClass(i) * 1_000;
            }
            if (sum >= wanted) {
                return slowest;
            }
        }
        // Beyond what was waited for: at least as long as that, and as the slowest that came.
        return Math.max(slowest, nanos);
    }
}
