package dev.fairlead.core.balance;

import dev.fairlead.core.pool.Balancer;
import dev.fairlead.core.pool.Picker;
import dev.fairlead.core.pool.Roster;
import java.util.Arrays;
import java.util.List;

/**
 * A key belongs to the backend whose point follows it on a ring: adding or removing one moves only the keys between its
 * points and those before them.
 *
 * <p>A backend has {@value #POINTS} points for the average weight, so shares differ by about 1/√{@value #POINTS} = 8 %;
 * Maglev is more even. How many points a backend has is counted over all members, whatever their health: one that fails
 * and returns moves its own keys only. Points are hashes of the address and a number, so a changed
 * weight, or average, adds points or takes some away and moves none. Measured: adding or removing 1 of N equal ones moves
 * its own share of the keys and no others, for N = 10 between 8.6 % and 10.8 %; shares of 10 lie between 85 % and 108 % of
 * their due.
 *
 * <p>Karger et al., "Consistent Hashing and Random Trees" (1997); ketama's points for weights (Richard Jones, 2007), though
 * not its MD5; bounded load as in {@link Walk}. A pick finds its point through an index by the key's upper bits, in
 * constant time where a binary search would take the logarithm.
 */
final class Ring implements Balancer {
    /** Points of a backend of average weight. */
    static final int POINTS = 160;

    /** A point is a 39-bit hash above its owner's number, so at most 2^24 backends. */
    private static final int OWNER_BITS = 24;

    private static final long OWNER_MASK = (1L << OWNER_BITS) - 1;

    private final double factor;

    private Members laidFrom = Members.weighted(List.of());
    private long[] ring = {};

    /**
     * @param bound most load of one as a multiple of its share, at least 1; 0 for no bound
     */
    Ring(double bound) {
        this.factor = Walk.factor(bound);
    }

    @Override
    public Picker build(Roster roster) {
        Members all = Members.weighted(roster.all());
        if (!all.samePlaces(laidFrom)) {
            laidFrom = all;
            ring = layOut(all);
        }
        Members eligible = Members.byAddress(roster.eligible());
        int[] index = all.indexesIn(eligible);
        long[] points = new long[ring.length];
        int count = 0;
        for (long point : ring) {
            int owner = index[owner(point)];
            if (owner >= 0) {
                // Both number by address, so the order stays.
                points[count++] = point & ~OWNER_MASK | owner;
            }
        }
        return new Walk(eligible, new Successors(Arrays.copyOf(points, count)), factor)::pick;
    }

    private static int owner(long point) {
        return (int) (point & OWNER_MASK);
    }

    /** All points, in their order round the ring. */
    private static long[] layOut(Members members) {
        int size = members.size();
        int[] counts = new int[size];
        int total = 0;
        for (int i = 0; i < size; i++) {
            double average = (double) members.totalWeight / size;
            counts[i] = (int) Math.max(Math.round(POINTS * (members.weights[i] / average)), 1);
            total += counts[i];
        }
        long[] points = new long[total];
        int at = 0;
        for (int i = 0; i < size; i++) {
            long seed = Hash.of(members.backends[i].key().address());
            for (int k = 0; k < counts[i]; k++) {
                points[at++] = Hash.nth(seed, k) >>> 1 & ~OWNER_MASK | i;
            }
        }
        Arrays.sort(points);
        return points;
    }

    private static final class Successors implements Walk.Places {
        private final long[] points;

        /** By a key's upper bits, the first point that is not before all keys with these. */
        private final int[] index;

        private final int shift;

        Successors(long[] points) {
            this.points = points;
            // Two to four points for each entry: they share a cache line, and the index stays small.
            int bits = Math.max(30 - Integer.numberOfLeadingZeros(points.length | 1), 1);
            this.index = new int[1 << bits];
            this.shift = Long.SIZE - bits;
            int point = 0;
            for (int i = 0; i < index.length; i++) {
                while (point < points.length && points[point] < (long) i << shift >>> 1) {
                    point++;
                }
                index[i] = point;
            }
        }

        @Override
        public boolean none() {
            return points.length == 0;
        }

        @Override
        public int owner(int place) {
            return Ring.owner(points[place]);
        }

        @Override
        public int first(long key) {
            long place = key >>> 1;
            int point = index[(int) (key >>> shift)];
            while (point < points.length && points[point] < place) {
                point++;
            }
            return point == points.length ? 0 : point;
        }

        @Override
        public int next(int place, long key, int step) {
            return place + 1 == points.length ? 0 : place + 1;
        }
    }
}
