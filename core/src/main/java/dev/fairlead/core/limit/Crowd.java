package dev.fairlead.core.limit;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How many connections there are, in all and of each client, so that neither is more than it may be.
 *
 * <p>Thread-safe, without lock and without allocation. The table of clients has a fixed size, 8 bytes for each connection
 * there may be; a client has a place in it for as long as it has a connection. In the rare moment when no place is near
 * the one that a client's key asks for, its connection is let in and counted in the whole only. Two threads that let in the
 * first two connections of a client at one moment may give it two places, and so, for a while, a higher limit.
 *
 * <p>Clients are told apart by 42 bits of a {@link KeyedHash}, which nobody can aim at.
 */
public final class Crowd {
    /** What {@link #enter} returns where the whole is full. */
    public static final int FULL = -1;

    /** What {@link #enter} returns where this client has as many as it may. */
    public static final int CLIENT_FULL = -2;

    /** A seat that is counted in the whole only. */
    private static final int UNCOUNTED = Integer.MAX_VALUE;

    private static final int MOST_PLACES = 1 << 20;
    private static final int NEAR = 16;

    /** The lower bits of a place are a count, the others say whose. */
    private static final int COUNT_BITS = 22;

    private static final long COUNT = (1L << COUNT_BITS) - 1;

    private volatile int most;
    private final KeyedHash hash;
    private final AtomicInteger all = new AtomicInteger();

    /** Empty until a client's connections are first limited; then fixed, for seats are places in it. */
    private volatile AtomicLongArray places;

    /** Written after the places it needs. */
    private volatile int mostOfOne;

    /**
     * @param most connections in all
     * @param mostOfOne connections of one client, at most 1,000,000; 0 for no limit
     */
    public Crowd(int most, int mostOfOne, KeyedHash hash) {
        this.most = most;
        this.mostOfOne = mostOfOne;
        this.hash = hash;
        this.places = places(most, mostOfOne);
    }

    private static AtomicLongArray places(int most, int mostOfOne) {
        int size = mostOfOne == 0 ? 0 : Math.clamp(Integer.highestOneBit(most) * 2L, NEAR, MOST_PLACES);
        return new AtomicLongArray(size);
    }

    /**
     * Other limits, for who comes from now on; one thread at a time. The table keeps the size that its first limit asked
     * for, and clients that came before there was one count in the whole only.
     */
    public void limits(int newMost, int newMostOfOne) {
        most = newMost;
        if (places.length() == 0 && newMostOfOne > 0) {
            places = places(newMost, newMostOfOne);
        }
        mostOfOne = newMostOfOne;
    }

    /**
     * Lets one connection in, unless that is too many; what is returned is given to {@link #leave} once, or it is
     * {@link #FULL} or {@link #CLIENT_FULL}.
     *
     * @param address 4 or 16 bytes; empty for a client that is counted in the whole only
     */
    public int enter(byte[] address) {
        if (all.incrementAndGet() > most) {
            all.decrementAndGet();
            return FULL;
        }
        int limit = mostOfOne;
        if (limit == 0 || address.length == 0) {
            return UNCOUNTED;
        }
        int seat = seat(key(address), limit);
        if (seat == CLIENT_FULL) {
            all.decrementAndGet();
        }
        return seat;
    }

    /** Whoever has one address of an IPv6 network of /64 usually has all of them (RFC 6177). */
    private long key(byte[] address) {
        if (address.length == 4) {
            return hash.of(address, 0, 4);
        }
        return mapped(address) ? hash.of(address, 12, 16) : hash.of(address, 0, 8);
    }

    private static boolean mapped(byte[] address) {
        int bits = 0;
        for (int i = 0; i < 10; i++) {
            bits |= address[i];
        }
        return bits == 0 && address[10] == -1 && address[11] == -1;
    }

    private int seat(long key, int limit) {
        AtomicLongArray table = places;
        long whose = key & ~COUNT;
        int mask = table.length() - 1;
        int first = (int) (key & mask);
        while (true) {
            int free = -1;
            for (int i = 0; i < NEAR; i++) {
                int at = first + i & mask;
                long place = table.get(at);
                while (place != 0 && (place & ~COUNT) == whose) {
                    if ((place & COUNT) >= limit) {
                        return CLIENT_FULL;
                    }
                    if (table.compareAndSet(at, place, place + 1)) {
                        return at;
                    }
                    place = table.get(at);
                }
                if (place == 0 && free < 0) {
                    free = at;
                }
            }
            if (free < 0) {
                return UNCOUNTED;
            }
            if (table.compareAndSet(free, 0, whose | 1)) {
                return free;
            }
        }
    }

    /** The connection that got {@code seat} is gone. */
    public void leave(int seat) {
        all.decrementAndGet();
        if (seat == UNCOUNTED) {
            return;
        }
        while (true) {
            long place = places.get(seat);
            long after = (place & COUNT) == 1 ? 0 : place - 1;
            if (places.compareAndSet(seat, place, after)) {
                return;
            }
        }
    }

    /** How many there are. */
    public int size() {
        return all.get();
    }
}
