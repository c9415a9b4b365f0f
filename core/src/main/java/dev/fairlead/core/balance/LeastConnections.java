package dev.fairlead.core.balance;

import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.Balancer;
import dev.fairlead.core.pool.Picker;
import dev.fairlead.core.pool.Roster;
import dev.fairlead.core.pool.Tried;
import org.jspecify.annotations.Nullable;

/**
 * Picks the backend with the fewest requests in flight for its weight; ties are drawn by weight.
 *
 * <p>Exact up to {@value #EXACT} backends, where each pick looks at all of them. Beyond, it looks at {@value #SAMPLES}
 * drawn by weight and takes the best, which is among the least loaded quarter in 9 picks of 10, and stays flat.
 *
 * <p>Weighted least-connection scheduling as in Zhang, "Linux Virtual Server for Scalable Network Services" (2000); the
 * sample is Mitzenmacher's d choices (2001).
 */
final class LeastConnections implements Balancer {
    /** Most backends that one pick looks at one by one. */
    static final int EXACT = 128;

    /** How many are looked at beyond that. */
    private static final int SAMPLES = 8;

    @Override
    public Picker build(Roster roster) {
        Members members = Members.of(roster.eligible());
        return members.size() <= EXACT ? new Least(members) : new LeastOfSome(members);
    }

    private static final class Least implements Picker {
        private final Members members;

        Least(Members members) {
            this.members = members;
        }

        @Override
        public @Nullable Backend pick(long key, Tried tried) {
            Backend best = null;
            long bestInflight = 0;
            int bestWeight = 1;
            int tied = 0;
            for (int i = 0; i < members.backends.length; i++) {
                Backend backend = members.backends[i];
                if (tried.skips(backend)) {
                    continue;
                }
                long inflight = backend.inflight();
                int weight = members.weights[i];
                // Fractions compared crosswise.
                long difference = inflight * bestWeight - bestInflight * weight;
                if (best == null || difference < 0) {
                    tied = weight;
                } else if (difference == 0) {
                    tied += weight;
                    // Keeps each of the tied so far with its share of their weight.
                    if (Hash.below(Hash.nth(key, i), tied) >= weight) {
                        continue;
                    }
                } else {
                    continue;
                }
                best = backend;
                bestInflight = inflight;
                bestWeight = weight;
            }
            return best;
        }
    }

    private static final class LeastOfSome implements Picker {
        private final Members members;
        private final Lottery lottery;

        LeastOfSome(Members members) {
            this.members = members;
            this.lottery = new Lottery(members);
        }

        @Override
        public @Nullable Backend pick(long key, Tried tried) {
            int best = -1;
            long bestInflight = 0;
            for (int i = 0; i < SAMPLES; i++) {
                int index = lottery.draw(Hash.nth(key, i));
                Backend backend = members.backends[index];
                if (tried.skips(backend)) {
                    continue;
                }
                long inflight = backend.inflight();
                // The first of equals stays, for the draws went by weight already.
                if (best < 0 || inflight * members.weights[best] < bestInflight * members.weights[index]) {
                    best = index;
                    bestInflight = inflight;
                }
            }
            if (best < 0) {
                best = lottery.draw(key, tried);
            }
            return best < 0 ? null : members.backends[best];
        }
    }
}
