package dev.fairlead.core.balance;

import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendState;
import dev.fairlead.core.pool.Balancer;
import dev.fairlead.core.pool.Picker;
import dev.fairlead.core.pool.Roster;
import dev.fairlead.core.pool.Tried;
import org.jspecify.annotations.Nullable;

/**
 * Draws two backends by weight and picks the one that is likely to answer sooner: its latency times what is ahead of
 * the request there.
 *
 * <p>The cost is {@code latency × (inflight + weight) / weight}. The usual {@code latency × (inflight + 1) / weight}
 * would count the weight twice, in the draw and in the cost, and give an idle pool's light backends nothing at all.
 *
 * <p>Two cases are decided by in-flight requests alone, as in {@link PowerOfTwo}. A backend without samples: it is
 * given work like the others, no more, and gets its first sample. And one pick in {@value #EXPLORE}: a latency decays
 * only by new samples, so after one bad answer a backend would else never be asked again. A backend that hangs is not
 * explored, for its requests stay in flight.
 *
 * <p>After Finagle's {@code PeakEwma} (Twitter, 2015) and Mitzenmacher's two choices (2001).
 */
final class PeakEwma implements Balancer {
    /** One pick in this many ignores latency. A power of two. */
    private static final int EXPLORE = 128;

    @Override
    public Picker build(Roster roster) {
        return new Sooner(Members.of(roster.eligible()));
    }

    private static final class Sooner implements Picker {
        private final Members members;
        private final Lottery lottery;

        Sooner(Members members) {
            this.members = members;
            this.lottery = new Lottery(members);
        }

        @Override
        public @Nullable Backend pick(long key, Tried tried) {
            int first = lottery.draw(key, tried);
            if (first < 0) {
                return null;
            }
            int second = lottery.drawOther(key, first, tried);
            if (second < 0) {
                return members.backends[first];
            }
            Backend one = members.backends[first];
            Backend other = members.backends[second];
            double oneLatency = one.latency().nanos();
            double otherLatency = other.latency().nanos();
            if (oneLatency == 0 || otherLatency == 0 || explores(key)) {
                oneLatency = 1;
                otherLatency = 1;
            }
            double oneCost = oneLatency * (1 + BackendState.WHOLE * (double) one.inflight() / members.weights[first]);
            double otherCost =
                    otherLatency * (1 + BackendState.WHOLE * (double) other.inflight() / members.weights[second]);
            return oneCost <= otherCost ? one : other;
        }

        private static boolean explores(long key) {
            // Mixed again, or the same bits would choose the backend and whether to explore it.
            return (Hash.mix(key) & (EXPLORE - 1)) == 0;
        }
    }
}
