package dev.fairlead.core.health;

import dev.fairlead.core.health.Event.Kind;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendState;
import dev.fairlead.core.pool.BackendState.Wish;
import java.time.Duration;
import java.util.List;

/** Brings about what operators wish of members, and sees drains to their end. Confined to the control thread. */
final class Wishes {
    private final Ward ward;

    Wishes(Ward ward) {
        this.ward = ward;
    }

    void order(Watched watched, Order order, long now) {
        Backend backend = watched.backend;
        Wish before = backend.state().wish();
        if (backend.update(state -> state.withWish(order.wish(), ward.teller.now(), order.why())) != null) {
            ward.change();
            ward.teller.of(watched, Kind.WISH, Teller.word(before), Teller.word(order.wish()), order.why());
        }
        switch (order.wish()) {
            case DRAIN -> drain(watched, order, before != Wish.DRAIN, now);
            case READY -> {
                watched.drain.end();
                int passes = Math.max(order.passes(), 1);
                if (before == Wish.DRAIN) {
                    ward.gate(watched, passes, now);
                } else if (before == Wish.MAINT) {
                    watched.resting = false;
                    ward.gate(watched, passes, now);
                } else if (order.passes() > 0 && watched.atGate() && passes != watched.tracker.gate()) {
                    ward.gate(watched, passes, now);
                }
            }
            case MAINT -> watched.drain.end();
        }
    }

    void weigh(Watched watched, int weight, String why) {
        BackendState before = watched.backend.update(state -> state.withWeight(weight));
        if (before != null) {
            ward.change();
            ward.teller.of(watched, Kind.SETTING, "weight " + before.weight(), "weight " + weight, why);
        }
    }

    void cap(Watched watched, int cap, String why) {
        int before = watched.backend.fixedCap();
        if (before != cap) {
            watched.backend.cap(cap);
            // Those who wait for a place may have one now.
            ward.change();
            ward.teller.of(watched, Kind.SETTING, "cap " + shown(before), "cap " + shown(cap), why);
        }
    }

    private static String shown(int cap) {
        return cap == 0 ? "auto" : Integer.toString(cap);
    }

    private void drain(Watched watched, Order order, boolean begins, long now) {
        Duration deadline = order.deadline();
        if (begins) {
            watched.drain.begin(now, now + (deadline == null ? ward.care().drain() : deadline).toNanos());
        } else if (deadline != null) {
            watched.drain.deadline(now + deadline.toNanos());
        }
        watched.drain.passes(order.passes());
        Duration lease = order.lease();
        if (lease == null) {
            watched.drain.hold();
        } else {
            watched.drain.lease(now + lease.toNanos());
        }
    }

    /** Does what a drain under way asks for; adds to {@code cuts} whose work is to be cut. */
    void step(Watched watched, List<Backend> cuts, long now) {
        Backend backend = watched.backend;
        switch (watched.drain.step(backend, now)) {
            case WAIT -> {}
            case DONE ->
                ward.teller.of(
                        watched,
                        Kind.DRAINED,
                        "drain",
                        "drained",
                        "nothing is in work after "
                                + Evidence.span(Duration.ofMillis((now - watched.drain.began()) / 1_000_000)));
            case CUT -> {
                cuts.add(backend);
                ward.teller.of(
                        watched,
                        Kind.DRAINED,
                        "drain",
                        "drained",
                        "the deadline has passed: cut " + backend.inflight() + " in work");
            }
            case LAPSED -> {
                int passes = watched.drain.passes();
                String why = "the drain's lease was not renewed: back through the gate";
                order(watched, new Order(Wish.READY, why, null, null, passes), now);
            }
        }
    }
}
