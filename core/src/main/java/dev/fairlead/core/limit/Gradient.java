package dev.fairlead.core.limit;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The cap on requests at once at one backend, learnt from how long that backend takes now against how long it takes at
 * its best.
 *
 * <p>Thread-safe without a lock or allocation: any event loop gives samples, any thread reads the cap. A sample that
 * comes while another is being taken in is dropped, and so are those beyond about {@value #SAMPLES_A_SECOND} a second,
 * with one read; nobody ever waits.
 *
 * <p><b>What is compared.</b> Samples are gathered in windows of {@value #WINDOW}, or {@value #LEAST} that took a fifth
 * of a second. A window has two figures, and the one that has risen less counts: the geometric mean, which one slow
 * answer in ten shifts little, however slow; and the plain mean, which a short queue before mostly quick answers shifts
 * little. What the figures scatter by nature is tolerated on top. A new backend is only watched for a second, or four
 * times its mean latency, up to ten seconds: the quick answers come first.
 *
 * <p><b>What follows.</b> More than twice the best means that requests wait longer than they are worked on: the cap
 * becomes the share of the requests in flight that would have brought latency back to twice the best. So under overload
 * it comes to rest near twice what the backend works on at once (three times, where the work varies much), and a
 * backend a hundred times slower is at the {@code floor} within a few windows. Where the cap is not what limits, it
 * takes four times the best. A single bad window, such as a pause, costs at most half of the cap. Below twice the best,
 * a cap that is reached grows: it doubles up to half of what the backend has borne before, then by its square root. A
 * cap that is not reached, and that of an idle backend, stays. It starts high, at a quarter of the {@code ceiling}, and
 * shrinks on evidence: to start low would turn away requests that a healthy backend can do.
 *
 * <p><b>What is forgotten.</b> The best rises only while no more requests are in flight than usual, or than
 * {@code floor}: slower with more in flight is a queue, slower with as few is how long the work takes now. Within the
 * tolerance it follows in {@value #SETTLED} windows; beyond, it doubles in {@value #FORGET_SECONDS} s. So a version that
 * takes ten times as long is held at the floor for about 70 s, one that takes a hundred times as long for three minutes.
 *
 * <p>Evidence comes with answers: a backend that answers nothing at all keeps its cap until requests time out; that is
 * for ejection to see. A backend that was slow from its first answer on is at its best, as far as can be told from
 * itself, and so is one that began under overload, until the load lets up.
 *
 * <p>After TCP Vegas (Brakmo, O'Malley, Peterson 1994), the Gradient2 limit of Netflix's concurrency-limits (2018), and
 * Envoy's adaptive concurrency; the two means, the scatter and the crowd are our own.
 */
public final class Gradient {
    private static final int SAMPLES_A_SECOND = 1000;
    private static final int WINDOW = 32;
    private static final int LEAST = 8;
    private static final int FORGET_SECONDS = 30;

    private static final long GAP_NANOS = 1_000_000_000L / SAMPLES_A_SECOND;
    private static final long BURST_NANOS = 16 * GAP_NANOS;
    private static final long SLOW_WINDOW_NANOS = 200_000_000L;
    private static final long STALE_WINDOW_NANOS = 10_000_000_000L;
    private static final double FIRST_LOOK_NANOS = 1e9;
    private static final double LONGEST_LOOK_NANOS = 10e9;
    private static final long LONGEST_NANOS = 3_600_000_000_000L;

    /** Loops' clocks may differ by so much; more means that the clock went back. */
    private static final long SKEW_NANOS = 1_000_000_000L;

    /** Twice the best, in powers of two. */
    private static final double TOLERANCE = 1;

    /** More, for a cap that is not what limits. */
    private static final double CLEARLY = 1;

    /** Growth stops a little below the tolerance, so that the cap comes to rest. */
    private static final double REST = 0.4;

    /** How many standard errors of a window count as its nature. */
    private static final double ERRORS = 2;

    /** No nature is so wild that it excuses more. */
    private static final double MOST_SCATTER = 1.5;

    private static final int SETTLED = 16;
    private static final double WEIGHT = 1.0 / SETTLED;

    private static final VarHandle TAKING;
    private static final VarHandle DUE;

    static {
        try {
            var lookup = MethodHandles.lookup();
            TAKING = lookup.findVarHandle(Gradient.class, "taking", boolean.class);
            DUE = lookup.findVarHandle(Gradient.class, "due", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final int floor;
    private final int ceiling;
    private volatile int cap;

    @SuppressWarnings("unused") // through TAKING
    private boolean taking;

    /** When the next sample would be due if they came evenly; some may come before. Through DUE. */
    private long due;

    // All below belongs to whoever has set TAKING.

    private boolean began;
    private long born;
    private int windows;
    private long opened;
    private long last;
    private int count;
    private int stale;
    private double sum;
    private double squares;
    private double total;
    private int peak;
    private int previousPeak;

    /** Of the logarithm to base 2 of latency at its best: mean, and variance of one sample. */
    private double best;

    private double variance;

    /** The logarithm of the plain mean at the same time. */
    private double bestMean;

    /** Requests in flight when the best was measured. */
    private double crowd;

    /** When the cap last changed; what began before says nothing about the new one. */
    private long changed;

    /** Requests in flight before the cap shrank. */
    private int crush;

    /** Most requests in flight that went well. */
    private int borne;

    private boolean wasBad;

    /**
     * @param floor the least the cap can be, 1 or more
     * @param ceiling the most, {@code floor} or more
     */
    public Gradient(int floor, int ceiling) {
        if (floor < 1) {
            throw new IllegalArgumentException("floor: " + floor + " (expected: >= 1)");
        }
        if (ceiling < floor) {
            throw new IllegalArgumentException("ceiling: " + ceiling + " (expected: >= " + floor + ")");
        }
        this.floor = floor;
        this.ceiling = ceiling;
        this.cap = Math.max(floor, ceiling / 4);
    }

    /** Most requests at once; between floor and ceiling. */
    public int cap() {
        return cap;
    }

    /** The best latency in nanoseconds, as a geometric mean; 0 while nothing is known. For status; may be torn by a sample. */
    public long bestNanos() {
        return windows == 0 ? 0 : (long) exp2(best);
    }

    /**
     * Takes in one request that was answered, or was given up after waiting in vain.
     *
     * @param latencyNanos time to first byte, or time waited
     * @param inflight requests in flight at the backend now, this one included
     * @param failed whether it is no proof of speed: an error, which may be quick, counts only where it is slow
     * @param now the same clock as ever; neither equal nor backward times do harm
     */
    public void sample(long latencyNanos, int inflight, boolean failed, long now) {
        long ahead = (long) DUE.getOpaque(this) - now;
        // A due time far ahead is not ours: the clock went back.
        if (ahead > BURST_NANOS && ahead <= BURST_NANOS + 2 * GAP_NANOS) {
            return;
        }
        if (!TAKING.compareAndSet(this, false, true)) {
            return;
        }
        try {
            take(Math.clamp(latencyNanos, 1, LONGEST_NANOS), Math.max(inflight, 1), failed, now);
        } finally {
            TAKING.setRelease(this, false);
        }
    }

    private void take(long nanos, int inflight, boolean failed, long now) {
        double latency = log2(nanos);
        long start = now - nanos;
        long ahead = due - now;
        boolean known = began && ahead <= BURST_NANOS + 2 * GAP_NANOS;
        DUE.setOpaque(this, (known && ahead > 0 ? due : now) + GAP_NANOS);
        if (failed && (windows == 0 || latency < best + TOLERANCE)) {
            return;
        }
        if (!began) {
            began = true;
            born = start;
            opened = now;
            last = now;
            changed = start;
        }
        if (now - opened < -SKEW_NANOS) {
            born = now;
            changed = now;
            open(now);
        } else if (now - last > STALE_WINDOW_NANOS) {
            open(now);
            previousPeak = 0;
        }
        last = now;
        long age = Math.max(now - opened, 0);
        count++;
        stale += start - changed < 0 ? 1 : 0;
        sum += latency;
        squares += latency * latency;
        total += nanos;
        peak = Math.max(peak, inflight);
        if (count >= WINDOW || count >= LEAST && age >= SLOW_WINDOW_NANOS) {
            close(Math.min(age, STALE_WINDOW_NANOS), now);
            open(now);
        }
    }

    private void open(long now) {
        opened = now;
        previousPeak = peak;
        count = 0;
        stale = 0;
        sum = 0;
        squares = 0;
        total = 0;
        peak = 0;
    }

    private void close(long age, long now) {
        double figure = sum / count;
        double scatter = Math.max(squares / count - figure * figure, 0);
        boolean fresh = stale * 2 <= count;
        double mean = log2(total / count);
        int inflight = Math.max(peak, previousPeak);
        if (windows == 0) {
            best = figure;
            bestMean = mean;
            variance = scatter;
            crowd = inflight;
            // At first, mostly the quick ones have been answered.
            if (now - born < Math.clamp(4 * total / count, FIRST_LOOK_NANOS, LONGEST_LOOK_NANOS)) {
                return;
            }
        }
        windows = Math.min(windows + 1, SETTLED);
        // A few slow answers scatter a window widely, a queue shifts all of it.
        double nature = Math.sqrt(Math.max(variance, scatter) / count);
        double limit = TOLERANCE + Math.min(ERRORS * nature, MOST_SCATTER);
        double worse = Math.min(figure - best, mean - bestMean);
        boolean reached = inflight >= cap - cap / 4;
        if (worse > limit + (reached ? 0 : CLEARLY)) {
            shrink(worse - limit, fresh, inflight, now);
        } else {
            wasBad = false;
            if (fresh && worse <= limit - REST) {
                borne = Math.max(borne, peak);
                if (reached) {
                    grow(now);
                }
            }
        }
        boolean calm = fresh && inflight <= crowd();
        double weight = worse > limit ? 0 : weight(figure - best, calm, nature);
        if (!reached && fresh && figure <= best + nature) {
            crowd += (inflight - crowd) * WEIGHT;
        }
        best += (figure - best) * weight;
        bestMean += (mean - bestMean) * weight;
        variance += (scatter - variance) * Math.min(weight, Math.max(WEIGHT, 1.0 / windows));
        if (worse > limit && calm) {
            double step = Math.min(worse, age / (FORGET_SECONDS * 1e9));
            best += step;
            bestMean += step;
        }
    }

    private void shrink(double excess, boolean fresh, int inflight, long now) {
        // Answers to what began before the cap shrank tell of the crush of then.
        crush = fresh || !wasBad ? inflight : Math.max(crush, inflight);
        int target = (int) Math.ceil(crush * exp2(-excess));
        if (!wasBad) {
            wasBad = true;
            borne = Math.min(borne, Math.max(target, borne / 2));
            target = Math.max(target, cap / 2);
        }
        set(Math.min(target, cap), now);
    }

    private void grow(long now) {
        int step = cap < borne / 2 ? Math.min(cap, borne / 2 - cap) : (int) Math.ceil(Math.sqrt(cap));
        set(cap + step, now);
    }

    private void set(int wanted, long now) {
        int next = Math.clamp(wanted, floor, ceiling);
        if (next != cap) {
            cap = next;
            changed = now;
        }
    }

    /** How many requests in flight are no more than when the best was measured. */
    private double crowd() {
        return Math.max(crowd, floor);
    }

    /** How far the best moves to a figure that is {@code diff} above it. */
    private double weight(double diff, boolean calm, double nature) {
        double weight = Math.max(WEIGHT, 1.0 / windows);
        if (diff < -TOLERANCE) {
            // What is far better than the best ever seen is soon believed: it was no best.
            return Math.max(weight, 0.25);
        }
        // With many in flight only what cannot be chance counts, or the best would become the luckiest.
        return calm || windows < SETTLED || diff < -ERRORS * nature ? weight : 0;
    }

    /** Of 1 or more, to base 2, 0.09 too low at most: the mantissa taken as a straight line. */
    private static double log2(double nanos) {
        int exponent = Math.getExponent(nanos);
        return exponent + Math.scalb(nanos, -exponent) - 1;
    }

    /** The other way around, as crude. */
    private static double exp2(double power) {
        double whole = Math.floor(power);
        return Math.scalb(1 + power - whole, (int) whole);
    }
}
