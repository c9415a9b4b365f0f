package dev.fairlead.core.balance;

import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.Balancer;
import dev.fairlead.core.pool.Picker;
import dev.fairlead.core.pool.Roster;
import dev.fairlead.core.pool.Tried;
import org.jspecify.annotations.Nullable;

/**
 * Draws two backends by weight and picks the one with fewer requests in flight for its weight: the default.
 *
 * <p>Constant time, and without the herd that runs to the one emptiest backend when several balancers, or several loops
 * of one, decide at once. Equal load goes to the first draw, so an idle pool shares by weight.
 *
 * <p>Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing" (2001).
 */
final class PowerOfTwo implements Balancer {
    @Override
    public Picker build(Roster roster) {
        return new LessLoaded(Members.of(roster.eligible()));
    }

    private static final class LessLoaded implements Picker {
        private final Members members;
        private final Lottery lottery;

        LessLoaded(Members members) {
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
            // Fractions compared crosswise.
            return (long) one.inflight() * members.weights[second] <= (long) other.inflight() * members.weights[first]
                    ? one
                    : other;
        }
    }
}
