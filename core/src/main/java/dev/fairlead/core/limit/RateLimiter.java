package dev.fairlead.core.limit;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;

/**
 * How often each key may: so many permits a period, and a burst, for a bounded number of keys.
 *
 * <p>Thread-safe without a lock or allocation; any event loop asks for any key. In frozen time a key is granted exactly
 * its burst, whatever the number of threads; two that bring the same new key at one moment by clocks that differ can win
 * one permit more.
 *
 * <p><b>Memory</b>: 8 bytes a key, made at once, and no more ever: {@link #bytes()}. A key is found among the
 * {@value #WAYS} of its set by {@value #TAG_BITS} bits of its hash, so a stranger shares the permits of some other key
 * with a chance of 8 in a million. Where a set is full, a new key takes the place of the key that has recovered most, and
 * is never refused for want of a place.
 *
 * <p><b>Flooding with keys</b> cannot make a busy key new again cheaply: all others of its set must have used as much
 * since, and nobody can tell a set without the seed. To win back the <i>n</i> permits that a key has used takes about
 * <i>n</i> times {@link #keys()} permits taken with other keys, so floods win at most about one permit in
 * {@link #keys()}.
 *
 * <p>A key's state is one moment, the theoretical arrival time of the generic cell rate algorithm (ITU-T I.371), kept in
 * 44 bits of ticks, which makes rates right to 0.2 % at worst. Time may stand still, and differ by a second between
 * threads. The figures are those of {@code RateLimit} and {@code RateLimit-Policy}
 * (draft-ietf-httpapi-ratelimit-headers).
 */
public final class RateLimiter {
    private static final int WAYS = 8;
    private static final int TAG_BITS = 20;
    private static final int TIME_BITS = 64 - TAG_BITS;
    private static final long TIME_MASK = (1L << TIME_BITS) - 1;

    /** The horizon in ticks has at most this many bits, so that time wraps only after 16,000 horizons. */
    private static final int HORIZON_BITS = 30;

    private static final long SECOND = 1_000_000_000L;
    private static final int MOST_BURST = 1_000_000;
    private static final int MOST_KEYS = 1 << 26;
    private static final Duration LONGEST = Duration.ofDays(5);

    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] cells;
    private final int sets;
    private final long seed;
    private final int burst;

    /** A tick is two to this power of nanoseconds. */
    private final int shift;

    /** Between permits, in ticks. */
    private final long interval;

    /** How far ahead the arrival time of an exhausted key is, in ticks. */
    private final long full;

    /** An arrival time farther ahead is an old one seen after time wrapped; loops' clocks may differ by a second. */
    private final long horizon;

    /**
     * @param permits 1 or more, and at most a million a second
     * @param period of the permits, up to five days
     * @param burst how many permits a key has at first and at most, 1 to a million; all of them come back within five days
     * @param keys how many keys to know at once, 1 to 2^26; rounded up to a multiple of eight
     * @param seed secret, from {@link dev.fairlead.core.time.Seeds}: places keys in the table
     */
    public RateLimiter(int permits, Duration period, int burst, int keys, long seed) {
        check(permits >= 1, "permits", permits, ">= 1");
        check(period.isPositive() && period.compareTo(LONGEST) <= 0, "period", period, "up to " + LONGEST);
        check(burst >= 1 && burst <= MOST_BURST, "burst", burst, "1.." + MOST_BURST);
        check(keys >= 1 && keys <= MOST_KEYS, "keys", keys, "1.." + MOST_KEYS);
        double gap = (double) period.toNanos() / permits;
        check(gap >= 1000, "permits", permits + " in " + period, "at most a million a second");
        double whole = gap * burst;
        check(whole <= LONGEST.toNanos(), "burst", burst, "to come back within " + LONGEST);
        double reach = whole + Math.max(whole, SECOND);
        this.shift = Math.max(0, 64 - Long.numberOfLeadingZeros((long) reach) - HORIZON_BITS);
        this.interval = Math.max(1, Math.round(gap / (1L << shift)));
        this.full = interval * burst;
        this.horizon = full + Math.max(full, SECOND >>> shift);
        this.burst = burst;
        this.seed = seed;
        this.sets = (keys + WAYS - 1) / WAYS;
        this.cells = new long[sets * WAYS];
    }

    private static void check(boolean good, String name, Object value, String expected) {
        if (!good) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
        }
    }

    /**
     * Takes a permit of a key: 0 where it was granted, else the nanoseconds until there is one. What is refused costs the
     * key nothing.
     *
     * @param keyHash of the key; {@link KeyedHash} makes one that nobody can aim at another key's
     */
    public long take(long keyHash, long now) {
        long spread = spread(keyHash);
        int from = set(spread);
        long tag = tag(spread);
        long tick = now >> shift & TIME_MASK;
        while (true) {
            int at = from;
            long cell = 0;
            long ahead = Long.MAX_VALUE;
            for (int i = from; i < from + WAYS; i++) {
                long other = (long) CELL.getAcquire(cells, i);
                boolean own = other >>> TIME_BITS == tag;
                long its = other == 0 ? -1 : ahead(other, tick);
                if (own || its < ahead) {
                    at = i;
                    cell = other;
                    ahead = its;
                }
                if (own) {
                    break;
                }
            }
            if (cell >>> TIME_BITS != tag) {
                ahead = 0;
            }
            if (ahead + interval > full) {
                return ahead + interval - full << shift;
            }
            long next = tag << TIME_BITS | tick + ahead + interval & TIME_MASK;
            if (CELL.compareAndSet(cells, at, cell, next)) {
                return 0;
            }
        }
    }

    /** How many permits a key could take now. */
    public int remaining(long keyHash, long now) {
        return (int) (Math.max(full - debt(keyHash, now), 0) / interval);
    }

    /** Nanoseconds until a key can take a permit; 0 where it can now. */
    public long untilNext(long keyHash, long now) {
        return Math.max(debt(keyHash, now) + interval - full, 0) << shift;
    }

    /** Nanoseconds until a key has all its permits again, if it takes none; 0 where it has. */
    public long untilFull(long keyHash, long now) {
        return debt(keyHash, now) << shift;
    }

    /** Permits a key has at first and at most: the quota of {@code RateLimit-Policy}. */
    public int burst() {
        return burst;
    }

    /** In which all permits come back to a key that has none: the window of {@code RateLimit-Policy}. */
    public long windowNanos() {
        return full << shift;
    }

    /** How many keys are known at once. */
    public int keys() {
        return cells.length;
    }

    /** How many keys have not yet all their permits again; looks at the whole table. */
    public int inUse(long now) {
        long tick = now >> shift & TIME_MASK;
        int used = 0;
        for (int i = 0; i < cells.length; i++) {
            long cell = (long) CELL.getAcquire(cells, i);
            used += cell != 0 && ahead(cell, tick) > 0 ? 1 : 0;
        }
        return used;
    }

    /** Memory of the table. */
    public long bytes() {
        return 8L * cells.length;
    }

    private long debt(long keyHash, long now) {
        long spread = spread(keyHash);
        int from = set(spread);
        long tag = tag(spread);
        for (int i = from; i < from + WAYS; i++) {
            long cell = (long) CELL.getAcquire(cells, i);
            if (cell >>> TIME_BITS == tag) {
                return ahead(cell, now >> shift & TIME_MASK);
            }
        }
        return 0;
    }

    /** Ticks until a cell's key has all its permits. */
    private long ahead(long cell, long tick) {
        long ahead = cell - tick & TIME_MASK;
        return ahead <= horizon ? ahead : 0;
    }

    private long spread(long keyHash) {
        return KeyedHash.mix(keyHash ^ seed);
    }

    private int set(long spread) {
        return WAYS * (int) ((spread >>> 32) * sets >>> 32);
    }

    /** Not 0: that is an empty cell. */
    private static long tag(long spread) {
        long tag = spread & (1L << TAG_BITS) - 1;
        return tag == 0 ? 1 : tag;
    }
}
