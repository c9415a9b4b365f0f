package dev.fairlead.core.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Those who wait until a backend of a full pool has a place again: first come, first served, over all event loops.
 *
 * <p>Each loop keeps its own waiters and publishes only how many there are and since when the first has waited. Whoever
 * frees a place sends it to the loop whose first has waited longest, so nothing is locked and a request that does not
 * wait pays for one read. Order is exact within a loop, and between loops up to places that are on their way.
 *
 * <p>A fair line lets waiting clients in turn, by 64 hashed buckets, so that one client with many requests cannot keep
 * out those with few (McKenney, "Stochastic Fairness Queueing", 1990).
 */
public final class Line {
    private static final int FAIR_BITS = 6;
    private static final int FAIR_BUCKETS = 1 << FAIR_BITS;

    /** 2^32 over the golden ratio: multiplied by it, neighbours are far apart in the upper bits. */
    private static final int GOLDEN = 0x9E3779B1;

    /** Nobody may wait. */
    public static final Line NONE = new Line(0, false, List.of());

    private volatile int most;
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger joined = new AtomicInteger();
    private final Lane[] lanes;

    /**
     * @param most how many may wait at once, over all loops
     * @param fair whether clients take turns, else strictly first come, first served
     * @param loops how to reach each event loop, by lane
     */
    public Line(int most, boolean fair, List<? extends Executor> loops) {
        this.most = most;
        this.lanes = new Lane[loops.size()];
        for (int i = 0; i < lanes.length; i++) {
            lanes[i] = new Lane(loops.get(i), fair);
        }
    }

    /** One loop's waiters. Everything but the published figures is confined to that loop. */
    private static final class Lane {
        private final Executor loop;
        private Waiter.Bucket[] buckets;
        private final AtomicInteger underway = new AtomicInteger();
        private int next;
        private volatile int count;
        private volatile long first;

        private Lane(Executor loop, boolean fair) {
            this.loop = loop;
            this.buckets = empty(fair);
        }

        private static Waiter.Bucket[] empty(boolean fair) {
            var buckets = new Waiter.Bucket[fair ? FAIR_BUCKETS : 1];
            for (int i = 0; i < buckets.length; i++) {
                buckets[i] = new Waiter.Bucket();
            }
            return buckets;
        }

        /** Lines everyone up anew, by when they came. */
        private void arrange(boolean fair) {
            var all = new ArrayList<Waiter>();
            for (Waiter.Bucket bucket : buckets) {
                Waiter waiter;
                while ((waiter = bucket.first()) != null) {
                    bucket.remove(waiter);
                    all.add(waiter);
                }
            }
            all.sort((a, b) -> Long.signum(a.since() - b.since()));
            buckets = empty(fair);
            next = 0;
            for (Waiter waiter : all) {
                int bucket = bucketOf(waiter);
                buckets[bucket].add(waiter, bucket, waiter.since());
            }
        }

        private int bucketOf(Waiter waiter) {
            // The upper bits of a product, for addresses of neighbours differ in few of the lower ones.
            return buckets.length == 1 ? 0 : waiter.client() * GOLDEN >>> Integer.SIZE - FAIR_BITS;
        }

        private void publish(int newCount) {
            long oldest = Long.MAX_VALUE;
            for (Waiter.Bucket bucket : buckets) {
                Waiter head = bucket.first();
                if (head != null && (oldest == Long.MAX_VALUE || head.since() - oldest < 0)) {
                    oldest = head.since();
                }
            }
            first = oldest;
            count = newCount;
        }

        /** The next who may be given this backend, taking buckets in turn. */
        private @Nullable Waiter nextFor(Backend backend) {
            for (int i = 0; i < buckets.length; i++) {
                int at = (next + i) & (buckets.length - 1);
                Waiter waiter = buckets[at].firstFor(backend);
                if (waiter != null) {
                    next = at + 1;
                    return waiter;
                }
            }
            return null;
        }
    }

    /** How many wait now. */
    public int waiting() {
        return waiting.get();
    }

    /** How many may. */
    public int most() {
        return most;
    }

    /** Goes on with another length and order; who waits already goes on waiting, although they be too many now. */
    public void reshape(int newMost, boolean fair) {
        most = newMost;
        for (Lane lane : lanes) {
            lane.loop.execute(() -> lane.arrange(fair));
        }
    }

    /** Puts {@code waiter} at the end; whether there was room. */
    boolean join(Waiter waiter, long now) {
        if (taken.incrementAndGet() > most) {
            taken.decrementAndGet();
            return false;
        }
        Lane lane = lanes[waiter.lane()];
        int bucket = lane.bucketOf(waiter);
        lane.buckets[bucket].add(waiter, bucket, now);
        lane.publish(lane.count + 1);
        // Behind the publishing: whoever sees that someone waits, or has joined, must also find him.
        joined.incrementAndGet();
        waiting.incrementAndGet();
        return true;
    }

    /** Takes {@code waiter} out; does nothing when it does not wait. */
    void leave(Waiter waiter) {
        if (waiter.waiting()) {
            Lane lane = lanes[waiter.lane()];
            lane.buckets[waiter.bucket()].remove(waiter);
            waiting.decrementAndGet();
            lane.publish(lane.count - 1);
            taken.decrementAndGet();
        }
    }

    /**
     * Sends a place at {@code backend}, already taken for it, to who has waited longest; if he may not have it, it goes
     * round by all loops, and is given back if nobody may.
     */
    void hand(Pool pool, Backend backend) {
        int seen = joined.get();
        int to = longest();
        if (to < 0) {
            giveBack(pool, backend, seen);
        } else {
            send(pool, backend, to, 0, seen);
        }
    }

    /** The lane of who has waited longest, if possible one that is not being served already; -1 when nobody waits. */
    private int longest() {
        int best = -1;
        boolean bestServed = false;
        for (int i = 0; i < lanes.length; i++) {
            Lane lane = lanes[i];
            int count = lane.count;
            // What is on its way may turn out to be for nobody there, so it keeps no place away.
            boolean served = count <= lane.underway.get();
            boolean better = best < 0 || (served == bestServed ? lane.first - lanes[best].first < 0 : bestServed);
            if (count > 0 && better) {
                best = i;
                bestServed = served;
            }
        }
        return best;
    }

    /** @param gone how many lanes from {@code first} on the place has passed in vain */
    private void send(Pool pool, Backend backend, int first, int gone, int seen) {
        Lane lane = lanes[(first + gone) % lanes.length];
        lane.underway.incrementAndGet();
        lane.loop.execute(() -> arrive(pool, backend, first, gone, seen));
    }

    /** A place has come to this lane. Whom it was meant for may have left by now. */
    private void arrive(Pool pool, Backend backend, int first, int gone, int seen) {
        int number = (first + gone) % lanes.length;
        Lane lane = lanes[number];
        lane.underway.decrementAndGet();
        boolean takes = pool.takes(backend);
        Waiter waiter = takes ? lane.nextFor(backend) : null;
        if (waiter != null) {
            leave(waiter);
            waiter.tried().add(backend);
            var lease = new Lease(pool, backend, number, waiter.now());
            // One after another, so that places which nobody may have cost one round and not one for each who waits.
            pool.serve(backend);
            waiter.granted(lease);
            return;
        }
        for (int next = gone + 1; takes && next < lanes.length; next++) {
            if (lanes[(first + next) % lanes.length].count > 0) {
                send(pool, backend, first, next, seen);
                return;
            }
        }
        giveBack(pool, backend, seen);
    }

    /** @param seen how many had joined when the place set out; whoever has since found the backend full on account of it */
    private void giveBack(Pool pool, Backend backend, int seen) {
        backend.leave(false);
        if (joined.get() != seen) {
            pool.serve(backend);
        }
    }

    /** Nobody can be served any more: tells all who wait. */
    void refuse(Refusal why) {
        for (Lane lane : lanes) {
            if (lane.count > 0) {
                lane.loop.execute(() -> {
                    for (Waiter.Bucket bucket : lane.buckets) {
                        Waiter waiter;
                        while ((waiter = bucket.first()) != null) {
                            leave(waiter);
                            waiter.refused(why);
                        }
                    }
                });
            }
        }
    }

    /** Nobody but these can serve: tells those who have tried them all. */
    void dismiss(List<Backend> eligible) {
        for (Lane lane : lanes) {
            if (lane.count > 0) {
                lane.loop.execute(() -> {
                    for (Waiter.Bucket bucket : lane.buckets) {
                        Waiter next;
                        for (Waiter waiter = bucket.first(); waiter != null; waiter = next) {
                            next = waiter.behind();
                            if (waiter.tried().containsAll(eligible)) {
                                leave(waiter);
                                waiter.refused(Refusal.ALL_TRIED);
                            }
                        }
                    }
                });
            }
        }
    }
}
