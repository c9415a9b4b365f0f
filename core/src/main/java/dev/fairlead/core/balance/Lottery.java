package dev.fairlead.core.balance;

import dev.fairlead.core.pool.Tried;
import java.util.Arrays;

/**
 * Draws members at random, as often as their weights say, in constant time. Immutable.
 *
 * <p>Walker's alias method (1977), its table filled as in Vose, "A linear algorithm for generating random numbers with a
 * given distribution" (1991).
 */
final class Lottery {
    /** Most draws before a search one by one; with half of the weight skipped, one pick in 256 gets there. */
    private static final int DRAWS = 8;

    private final Members members;

    /** For each column a threshold in the upper half and the other member in the lower half. */
    private final long[] columns;

    /** Whether all weigh the same, so that nothing need be looked up. */
    private final boolean even;

    Lottery(Members members) {
        this.members = members;
        this.columns = columns(members);
        this.even = Arrays.stream(members.weights).distinct().count() <= 1;
    }

    private static long[] columns(Members members) {
        int count = members.size();
        long[] columns = new long[count];
        long[] share = new long[count];
        int[] stack = new int[count];
        int small = 0;
        int large = count;
        for (int i = 0; i < count; i++) {
            share[i] = (long) members.weights[i] * count;
            if (share[i] < members.totalWeight) {
                stack[small++] = i;
            } else {
                stack[--large] = i;
            }
        }
        while (small > 0 && large < count) {
            int poor = stack[--small];
            int rich = stack[large];
            columns[poor] = (share[poor] << 32) / members.totalWeight << 32 | rich;
            share[rich] -= members.totalWeight - share[poor];
            if (share[rich] < members.totalWeight) {
                large++;
                stack[small++] = rich;
            }
        }
        // What is left fills its column by itself, whatever the threshold.
        while (small > 0) {
            int i = stack[--small];
            columns[i] = i;
        }
        while (large < count) {
            int i = stack[large++];
            columns[i] = i;
        }
        return columns;
    }

    /** One draw; there must be members. */
    int draw(long bits) {
        int column = Hash.below(bits, columns.length);
        if (even) {
            return column;
        }
        long cell = columns[column];
        return (bits & 0xFFFFFFFFL) < cell >>> 32 ? column : (int) cell;
    }

    /** A draw among those not skipped; -1 when all are. */
    int draw(long bits, Tried tried) {
        if (columns.length == 0) {
            return -1;
        }
        int index = draw(bits);
        for (int i = 1; i < DRAWS && tried.skips(members.backends[index]); i++) {
            // Drawn anew rather than moved to the neighbour, which would get the share of whoever is skipped.
            index = draw(Hash.nth(bits, i));
        }
        return tried.skips(members.backends[index])
                ? members.scan(Hash.below(Hash.nth(bits, DRAWS), columns.length), tried)
                : index;
    }

    /** A draw among those not skipped and not {@code first}; -1 when none was found soon. */
    int drawOther(long bits, int first, Tried tried) {
        int count = columns.length;
        if (count < 2) {
            return -1;
        }
        for (int i = 1; i < DRAWS; i++) {
            int index = draw(Hash.nth(bits, -i));
            if (index != first && !tried.skips(members.backends[index])) {
                return index;
            }
        }
        // One may outweigh all others; it must still be compared with one of them.
        int any = (first + 1 + Hash.below(Hash.nth(bits, -DRAWS), count - 1)) % count;
        return tried.skips(members.backends[any]) ? -1 : any;
    }
}
