package dev.fairlead.core.balance;

import dev.fairlead.core.pool.Balancer;
import dev.fairlead.core.pool.Picker;
import dev.fairlead.core.pool.Roster;
import java.util.concurrent.atomic.AtomicLong;

/** Smooth weighted round robin: each backend's {@link Turns} come as evenly spaced as its weight allows. */
final class RoundRobin implements Balancer {
    private final AtomicLong position;

    RoundRobin() {
        this(0);
    }

    RoundRobin(long start) {
        this.position = new AtomicLong(start);
    }

    @Override
    public Picker build(Roster roster) {
        Members members = Members.of(roster.eligible());
        Turns turns = new Turns(members, position);
        return (key, tried) -> {
            int next = turns.next(tried);
            return next < 0 ? null : members.backends[next];
        };
    }
}
