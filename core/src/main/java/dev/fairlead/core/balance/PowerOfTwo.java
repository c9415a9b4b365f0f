package dev.fairlead.core.balance;

import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.Balancer;
import dev.fairlead.core.pool.Picker;
import dev.fairlead.core.pool.Roster;
import dev.fairlead.core.pool.Tried;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Takes whose turn it is by weight, and one drawn at random by weight, and picks the one with fewer requests in flight for
 * its weight: the default.
 *
 * <p>Constant time, and without the herd that runs to the one emptiest backend when several balancers, or several loops
 * of one, decide at once. Equal load goes to whose turn it is, so an idle pool shares exactly by weight, where two random
 * draws would share as unevenly as chance does; under load the random one keeps the choice as good.
 *
 * <p>Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing" (2001), with turns in place of one of the draws.
 */
final class PowerOfTwo implements Balancer {
    private final AtomicLong position = new AtomicLong();

    @Override
    public Picker build(Roster roster) {
        Members members = Members.of(roster.eligible());
        return new LessLoaded(members, new Turns(members, position));
    }

    private static final class LessLoaded implements Picker {
        private final Members members;
        private final Turns turns;
        private final Lottery lottery;

        LessLoaded(Members members, Turns turns) {
            this.members = members;
            this.turns = turns;
            this.lottery = new Lottery(members);
        }

        @Override
        public @Nullable Backend pick(long key, Tried tried) {
            // Only a first try takes a turn: else every second turn could be that of whoever failed the first.
            int first = tried.size() == 0 ? turns.next(tried) : lottery.draw(key, tried);
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
