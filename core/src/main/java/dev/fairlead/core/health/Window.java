package dev.fairlead.core.health;

import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.pool.Tally;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the last ten seconds of a backend's traffic came to, as samples of its counters.
 *
 * <p>Confined to the control thread. Costs event loops nothing: they count in any case.
 */
final class Window {
    static final long SAMPLE_NANOS = 500_000_000L;
    static final int SAMPLES = 20;

    private static final int GIVEN = 0;
    private static final int ANSWERED = 1;
    private static final int GOOD = 2;
    private static final int BAD = 3;
    private static final int WAITING = 4;
    private static final int OVERTAKEN = 5;
    private static final Outcome[] OUTCOMES = Outcome.values();

    /** Upper ends of coarse classes of the time to first byte, in microseconds; above the last there is one more. */
    static final long[] CLASSES = {1_000, 4_000, 16_000, 64_000, 256_000, 1_024_000, 4_096_000, 16_384_000};

    private static final int FIRST_CLASS = 6;

    private final long[][] ring = new long[SAMPLES + 1][FIRST_CLASS + CLASSES.length];
    private @Nullable Tally last;
    private int at;
    private int taken;

    /** How long so many samples are. */
    static Duration span(int samples) {
        return Duration.ofNanos(samples * SAMPLE_NANOS);
    }

    /** Takes one sample. */
    void sample(Tally tally) {
        at = (at + 1) % ring.length;
        taken = Math.min(taken + 1, ring.length);
        long[] cells = ring[at];
        // What ended is read before what began, so that no difference is negative.
        cells[OVERTAKEN] = tally.count(Outcome.OVERTAKEN);
        long unused = tally.count(Outcome.UNUSED) + tally.count(Outcome.DROPPED) + cells[OVERTAKEN];
        long unanswered = tally.unanswered();
        long bad = 0;
        for (Outcome outcome : OUTCOMES) {
            bad += outcome.blamesBackend() ? tally.count(outcome) : 0;
        }
        cells[BAD] = bad;
        cells[GOOD] = tally.count(Outcome.OK);
        cells[ANSWERED] = tally.latencyCount();
        long leases = tally.leases();
        cells[WAITING] = leases - cells[ANSWERED] - unanswered;
        // What was never sent was not given, either, and what was taken away might have been answered.
        cells[GIVEN] = leases - unused;
        long[] before = then(1);
        if (before[ANSWERED] == cells[ANSWERED]) {
            System.arraycopy(before, FIRST_CLASS, cells, FIRST_CLASS, CLASSES.length);
        } else {
            tally.answeredWithinMicros(CLASSES, cells, FIRST_CLASS);
        }
        last = tally;
    }

    /** Starts over: what was before no longer counts. */
    void clear() {
        taken = 0;
    }

    /** Whether it reaches back that far. */
    boolean spans(int samples) {
        return taken > samples;
    }

    /** Uses begun within the last {@code samples}. */
    long given(int samples) {
        return since(samples, GIVEN);
    }

    /** Uses that were waited for until another backend answered. */
    long overtaken(int samples) {
        return since(samples, OVERTAKEN);
    }

    /** Answers begun. */
    long answered(int samples) {
        return since(samples, ANSWERED);
    }

    /** Uses that went well. */
    long good(int samples) {
        return since(samples, GOOD);
    }

    /** Uses that failed by the backend's fault. */
    long bad(int samples) {
        return since(samples, BAD);
    }

    /** Uses that waited for an answer to begin when the last {@code samples} began; 0 when that is not known. */
    long waiting(int samples) {
        return taken <= samples ? 0 : then(samples)[WAITING];
    }

    /** Answers that began within {@link #CLASSES}{@code [index]}. */
    long within(int index, int samples) {
        return since(samples, FIRST_CLASS + index);
    }

    /** Answers of its whole life that took longer than this to begin. */
    long slower(Duration than) {
        Tally tally = last;
        return tally == null
                ? 0
                : Math.max(tally.latencyCount() - tally.answeredWithinMicros(than.toNanos() / 1_000), 0);
    }

    /** Answers of its whole life. */
    long answers() {
        Tally tally = last;
        return tally == null ? 0 : tally.latencyCount();
    }

    private long since(int samples, int cell) {
        if (taken == 0) {
            return 0;
        }
        return ring[at][cell] - then(Math.min(samples, taken - 1))[cell];
    }

    private long[] then(int samples) {
        return ring[Math.floorMod(at - samples, ring.length)];
    }
}
