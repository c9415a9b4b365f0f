package dev.fairlead.core.limit;

import dev.fairlead.core.time.Seeds;
import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A backend of so many workers with a line of its own, behind a cap with a line before it, on virtual time. Requests come
 * at random moments, whatever becomes of those before. Confined to one thread.
 */
final class Shop {
    static final long MILLISECOND = 1_000_000;
    static final long SECOND = 1000 * MILLISECOND;

    /** A request waits no longer than this for the cap. */
    private static final long PATIENCE = SECOND;

    private record Job(long until, long started) {}

    private final @Nullable Gradient gradient;
    private final RandomGenerator random;
    private final RandomGenerator moments;
    private final PriorityQueue<Job> atWork = new PriorityQueue<>((a, b) -> Long.compare(a.until, b.until));
    private final ArrayDeque<Long> inside = new ArrayDeque<>();
    private final ArrayDeque<Long> outside = new ArrayDeque<>();
    private final int workers;
    private Supplier<Double> demand;
    private double rate;
    private long now;
    private long nextArrival;
    private int inflight;

    long done;
    long refused;
    double latencySum;
    int leastCap = Integer.MAX_VALUE;
    int mostCap;
    int mostInflight;

    /** {@code gradient} absent: no cap at all. */
    Shop(@Nullable Gradient gradient, int workers, long serviceNanos, long seed) {
        Seeds seeds = Seeds.fixed(seed);
        this.random = seeds.generator();
        this.moments = seeds.generator();
        this.gradient = gradient;
        this.workers = workers;
        this.demand = exponential(serviceNanos);
        this.rate = 0;
    }

    Supplier<Double> exponential(double mean) {
        return () -> -mean * StrictMath.log(1 - random.nextDouble());
    }

    Supplier<Double> even(double mean) {
        return () -> mean * (0.9 + 0.2 * random.nextDouble());
    }

    Supplier<Double> mixed(double share, double slow, double quick) {
        return () -> random.nextDouble() < share ? slow : quick;
    }

    Shop serving(Supplier<Double> work) {
        demand = work;
        return this;
    }

    /** Requests a second. */
    Shop arriving(double perSecond) {
        rate = perSecond;
        nextArrival = now + gap();
        return this;
    }

    /** Forgets what was counted. */
    Shop afresh() {
        done = 0;
        refused = 0;
        latencySum = 0;
        leastCap = Integer.MAX_VALUE;
        mostCap = 0;
        mostInflight = 0;
        return this;
    }

    int inflight() {
        return inflight;
    }

    double meanLatency() {
        return latencySum / done;
    }

    private int cap() {
        return gradient == null ? Integer.MAX_VALUE : gradient.cap();
    }

    private long gap() {
        return rate == 0
                ? Long.MAX_VALUE / 4
                : Math.max(1, (long) (-StrictMath.log(1 - moments.nextDouble()) * SECOND / rate));
    }

    Shop run(long nanos) {
        long end = now + nanos;
        while (true) {
            Job first = atWork.peek();
            long next = Math.min(nextArrival, first == null ? Long.MAX_VALUE : first.until);
            if (next > end) {
                now = end;
                return this;
            }
            now = next;
            if (first != null && first.until == next) {
                atWork.remove();
                finish(first);
            } else {
                outside.add(now);
                nextArrival = now + gap();
            }
            admit();
            leastCap = Math.min(leastCap, cap());
            mostCap = Math.max(mostCap, cap());
            mostInflight = Math.max(mostInflight, inflight);
        }
    }

    private void finish(Job job) {
        if (gradient != null) {
            gradient.sample(now - job.started, inflight, false, now);
        }
        inflight--;
        done++;
        latencySum += now - job.started;
        Long next = inside.poll();
        if (next != null) {
            work(next);
        }
    }

    private void admit() {
        while (!outside.isEmpty() && now - outside.peek() > PATIENCE) {
            outside.poll();
            refused++;
        }
        while (!outside.isEmpty() && inflight < cap()) {
            outside.poll();
            inflight++;
            if (atWork.size() < workers) {
                work(now);
            } else {
                inside.add(now);
            }
        }
    }

    private void work(long started) {
        atWork.add(new Job(now + Math.max(1, Math.round(demand.get())), started));
    }
}
