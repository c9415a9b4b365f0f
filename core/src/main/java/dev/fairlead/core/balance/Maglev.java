package dev.fairlead.core.balance;

import dev.fairlead.core.pool.Balancer;
import dev.fairlead.core.pool.Picker;
import dev.fairlead.core.pool.Roster;
import java.util.Arrays;
import java.util.List;

/**
 * A key's backend is looked up in a table of {@value #SIZE} places that backends fill in turn, each by its own
 * permutation of the places: shares are even to a place or two, and a pick is one array access.
 *
 * <p>The table is filled from all members, whatever their health; then each place of one that is not eligible goes to
 * the owner of another, by a hash of the place. So a backend that fails and returns moves its own keys only, and
 * balancers that see its health differently agree on all others. Adding or removing a member fills the table anew, which
 * moves somewhat more than its share. Measured: 1 of 3 moves 33.3 % of the keys, 1 of 10 10.3 %, 1 of 50 2.5 %, 1 of 200
 * 1.3 %.
 *
 * <p>Even shares want 100 places for each backend, as the paper advises, so up to 655 backends; beyond, shares are as
 * coarse as places, and members past the {@value #SIZE}th are reached only when others are full. Weights are shares of
 * the turns to fill. The source-address hash is this with the client's address as the key.
 *
 * <p>Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load Balancer" (2016), §3.4; bounded load as in
 * {@link Walk}. A key's further places are more hashes of it and not the neighbours in the table, which permutations of
 * constant step correlate: see Chen, Coleman, Shrivastava, "Revisiting Consistent Hashing with Bounded Loads" (2021).
 */
final class Maglev implements Balancer {
    /** A prime, so that every step visits every place. */
    static final int SIZE = 65537;

    /** Places to look at for an heir before drawing among those of eligible members. */
    private static final int HEIRS = 64;

    private final double factor;

    private Members filledFrom = Members.weighted(List.of());
    private int[] table = {};

    /**
     * @param bound most load of one as a multiple of its share, at least 1; 0 for no bound
     */
    Maglev(double bound) {
        this.factor = Walk.factor(bound);
    }

    @Override
    public Picker build(Roster roster) {
        Members all = Members.weighted(roster.all());
        if (!all.samePlaces(filledFrom)) {
            filledFrom = all;
            table = fill(all);
        }
        Members eligible = Members.byAddress(roster.eligible());
        int[] owners = inherit(table, all.indexesIn(eligible));
        return new Walk(eligible, new Jumps(owners), factor)::pick;
    }

    /** For each place the member that got it. */
    static int[] fill(Members members) {
        if (members.size() == 0) {
            return new int[0];
        }
        int[] owners = new int[SIZE];
        Arrays.fill(owners, -1);
        int[] next = new int[members.size()];
        int[] step = new int[members.size()];
        for (int i = 0; i < next.length; i++) {
            long hash = Hash.of(members.backends[i].key().address());
            next[i] = Hash.below(hash, SIZE);
            step[i] = 1 + Hash.below(Hash.mix(hash), SIZE - 1);
        }
        int heaviest = Arrays.stream(members.weights).max().getAsInt();
        int[] credit = new int[next.length];
        int left = SIZE;
        while (true) {
            for (int i = 0; i < next.length; i++) {
                credit[i] += members.weights[i];
                if (credit[i] < heaviest) {
                    continue;
                }
                credit[i] -= heaviest;
                while (owners[next[i]] >= 0) {
                    next[i] = (next[i] + step[i]) % SIZE;
                }
                owners[next[i]] = i;
                if (--left == 0) {
                    return owners;
                }
            }
        }
    }

    /** The table with each place given to its owner if eligible, else to an heir. */
    private static int[] inherit(int[] table, int[] eligible) {
        int[] rest = Arrays.stream(table).filter(owner -> eligible[owner] >= 0).toArray();
        if (rest.length == 0) {
            return rest;
        }
        int[] owners = new int[table.length];
        for (int place = 0; place < table.length; place++) {
            int owner = table[place];
            for (int i = 1; eligible[owner] < 0; i++) {
                // While few are left, a draw among theirs ends what could take long.
                owner = i < HEIRS
                        ? table[Hash.below(Hash.nth(place, i), SIZE)]
                        : rest[Hash.below(Hash.mix(place), rest.length)];
            }
            owners[place] = eligible[owner];
        }
        return owners;
    }

    private static final class Jumps implements Walk.Places {
        private final int[] owners;

        Jumps(int[] owners) {
            this.owners = owners;
        }

        @Override
        public boolean none() {
            return owners.length == 0;
        }

        @Override
        public int owner(int place) {
            return owners[place];
        }

        @Override
        public int first(long key) {
            return Hash.below(key, SIZE);
        }

        @Override
        public int next(int place, long key, int step) {
            return Hash.below(Hash.nth(key, step), SIZE);
        }
    }
}
