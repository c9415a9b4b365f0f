package dev.fairlead.core.balance;

import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.Balancer;
import dev.fairlead.core.pool.Picker;
import dev.fairlead.core.pool.Roster;
import dev.fairlead.core.pool.Tried;
import org.jspecify.annotations.Nullable;

/**
 * Each pick is a weighted draw that knows nothing of load.
 *
 * <p>Walker's alias method (1977): constant time whatever the number of backends.
 */
final class RandomPick implements Balancer {
    @Override
    public Picker build(Roster roster) {
        return new Draw(Members.of(roster.eligible()));
    }

    private static final class Draw implements Picker {
        private final Backend[] backends;
        private final Lottery lottery;

        Draw(Members members) {
            this.backends = members.backends;
            this.lottery = new Lottery(members);
        }

        @Override
        public @Nullable Backend pick(long key, Tried tried) {
            int index = lottery.draw(key, tried);
            return index < 0 ? null : backends[index];
        }
    }
}
