package dev.fairlead.core.balance;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * How many requests are in flight at all members together, for bounded load.
 *
 * <p>Thread-safe without a lock. Exact up to {@value #BLOCK} members. Beyond, members are summed in blocks of that many,
 * of which each call counts one anew: what it returns is at most {@code members / BLOCK} picks old, and picking stays
 * flat. Blocks hold sums, not differences, so that updates lost in a race do not add up.
 */
final class Load {
    private static final int BLOCK = 64;
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(int[].class);

    private final Members members;
    private final int[] sums;

    /** Which block is next. Written by any loop, unordered: two that count the same block do no harm. */
    private int next;

    Load(Members members) {
        this.members = members;
        this.sums = new int[(members.size() + BLOCK - 1) / BLOCK];
        for (int i = 0; i < sums.length; i++) {
            sums[i] = count(i);
        }
    }

    /** Requests in flight now, or a moment ago. */
    long total() {
        if (sums.length <= 1) {
            return sums.length == 0 ? 0 : count(0);
        }
        int block = next;
        next = block + 1 >= sums.length ? 0 : block + 1;
        CELL.setOpaque(sums, block, count(block));
        long total = 0;
        for (int sum : sums) {
            total += sum;
        }
        return total;
    }

    private int count(int block) {
        int sum = 0;
        int end = Math.min((block + 1) * BLOCK, members.size());
        for (int i = block * BLOCK; i < end; i++) {
            sum += members.backends[i].inflight();
        }
        return sum;
    }
}
