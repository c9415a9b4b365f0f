package dev.fairlead.core.balance;

import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendState;
import dev.fairlead.core.pool.Tried;
import java.util.Arrays;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Backends with their weights as they were at one moment, as arrays. Immutable.
 *
 * <p>A weight is read once, when the picker is built: a weight that becomes 0 between the roster's filter and the build
 * counts as 1 until the next rebuild, so that a picker reaches every eligible backend.
 */
final class Members {
    private static final Comparator<Backend> BY_ADDRESS =
            Comparator.comparing(backend -> backend.key().address());

    final Backend[] backends;
    final int[] weights;
    final long totalWeight;

    /** How much of its weight each gets now, in percent. */
    final int[] shares;

    private Members(List<Backend> members, ToIntFunction<BackendState> weight) {
        backends = members.toArray(Backend[]::new);
        weights = new int[backends.length];
        shares = new int[backends.length];
        long total = 0;
        for (int i = 0; i < backends.length; i++) {
            BackendState state = backends[i].state();
            weights[i] = Math.max(weight.applyAsInt(state), 1);
            shares[i] = state.share();
            total += weights[i];
        }
        totalWeight = total;
    }

    /** In the roster's order, weighted by what each is worth now, in hundredths. */
    static Members of(List<Backend> members) {
        return new Members(members, BackendState::worth);
    }

    /**
     * In the order of addresses, which all balancers agree on however their files are ordered. The weights are the
     * operator's alone: keys must not move about with each step of a slow start, which {@link Walk} minds.
     */
    static Members byAddress(List<Backend> members) {
        return new Members(members.stream().sorted(BY_ADDRESS).toList(), BackendState::weight);
    }

    /** All that have a weight, whatever their health, in the order of addresses. */
    static Members weighted(List<Backend> members) {
        return new Members(
                members.stream()
                        .filter(backend -> backend.state().weight() > 0)
                        .sorted(BY_ADDRESS)
                        .toList(),
                BackendState::weight);
    }

    /** Whether addresses and weights are the same, one by one: all that places are made from. */
    boolean samePlaces(Members other) {
        if (!Arrays.equals(weights, other.weights)) {
            return false;
        }
        for (int i = 0; i < backends.length; i++) {
            if (!backends[i].key().address().equals(other.backends[i].key().address())) {
                return false;
            }
        }
        return true;
    }

    /** For each of these, where {@code other} has it; -1 where it has not. */
    int[] indexesIn(Members other) {
        var indexes = new IdentityHashMap<Backend, Integer>(other.size());
        for (int i = 0; i < other.size(); i++) {
            indexes.put(other.backends[i], i);
        }
        return Arrays.stream(backends)
                .mapToInt(backend -> indexes.getOrDefault(backend, -1))
                .toArray();
    }

    int size() {
        return backends.length;
    }

    /** The first from {@code start} on, around the end, that is not skipped; -1 when all are. */
    int scan(int start, Tried tried) {
        int index = start;
        for (int i = 0; i < backends.length; i++) {
            if (!tried.skips(backends[index])) {
                return index;
            }
            index = index + 1 == backends.length ? 0 : index + 1;
        }
        return -1;
    }
}
