package dev.fairlead.core.balance;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * How many requests are in flight at all members together, for bounded load.
 *
 * <p>Thread-safe without a lock. Exact up to {@value #EXACT} members. Beyond, members are summed in blocks of
 * {@value #BLOCK}, of which each call counts one anew: what it returns is at most {@code members / BLOCK} picks old, and
 * picking stays about flat, for reading a member's count is likely a cache miss and reading a sum is not. Blocks hold
 * sums, not differences, so that updates lost in a race do not add up.
 */
final class Load {
    private static final int EXACT = 64;
    private static final int BLOCK = 16;
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(int[].class);

    private final Members members;
    private final int[] sums;

    /** Which block is next. Written by any loop, unordered: two that count the same block do no harm. */
    private int next;

    Load(Members members) {
        this.members = members;
        this.sums = new int[members.size() <= EXACT ? 0 : (members.size() + BLOCK - 1) / BLOCK];
        for (int i = 0; i < sums.length; i++) {
            sums[i] = count(i * BLOCK, (i + 1) * BLOCK);
        }
    }

    /** Requests in flight now, or a moment ago. */
    long total() {
        if (sums.length == 0) {
            return count(0, members.size());
        }
        int block = next;
        next = block + 1 >= sums.length ? 0 : block + 1;
        CELL.setOpaque(sums, block, count(block * BLOCK, (block + 1) * BLOCK));
        long total = 0;
        for (int sum : sums) {
            total += sum;
        }
        return total;
    }

    private int count(int from, int to) {
        int sum = 0;
        for (int i = from; i < Math.min(to, members.size()); i++) {
            sum += members.backends[i].inflight();
        }
        return sum;
    }
}
