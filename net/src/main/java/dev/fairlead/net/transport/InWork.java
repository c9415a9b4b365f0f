package dev.fairlead.net.transport;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * How many requests all loops together have in work, and how many they may.
 *
 * <p>Each loop counts its own exactly and knows of the others what they had at the last tick, so that no request waits for
 * another loop's memory; between two ticks the limit may be passed by what the others begin in one. Thread-safe:
 * {@link #begins} and {@link #ended} are each loop's own, the rest may be called from anywhere.
 */
public final class InWork {
    /** One cell for each processor's cache line. */
    private static final int STRIDE = 32;

    private static final int OWN = 0;
    private static final int OTHERS = 1;

    private final int lanes;
    private final int most;
    private final AtomicIntegerArray cells;

    InWork(int lanes, int most) {
        this.lanes = lanes;
        this.most = most;
        this.cells = new AtomicIntegerArray((lanes + 1) * STRIDE);
    }

    private static int cell(int lane, int which) {
        return (lane + 1) * STRIDE - 2 + which;
    }

    /** Counts one more; whether it is too many. */
    boolean begins(int lane) {
        int own = cells.getPlain(cell(lane, OWN)) + 1;
        cells.setOpaque(cell(lane, OWN), own);
        return own + cells.getOpaque(cell(lane, OTHERS)) > most;
    }

    void ended(int lane) {
        cells.setOpaque(cell(lane, OWN), cells.getPlain(cell(lane, OWN)) - 1);
    }

    /** Tells each loop what the others have. */
    void look() {
        int all = all();
        for (int lane = 0; lane < lanes; lane++) {
            cells.setOpaque(cell(lane, OTHERS), Math.max(0, all - cells.getOpaque(cell(lane, OWN))));
        }
    }

    /** How many there are. */
    public int all() {
        int all = 0;
        for (int lane = 0; lane < lanes; lane++) {
            all += cells.getOpaque(cell(lane, OWN));
        }
        return all;
    }

    /** Most there may be. */
    public int limit() {
        return most;
    }
}
