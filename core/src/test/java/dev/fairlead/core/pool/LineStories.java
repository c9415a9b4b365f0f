package dev.fairlead.core.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.fail.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/** A pool with a line, and guests who wait in it, on two loops that do their tasks when they are told to. */
abstract class LineStories {
    static final Balancer FIRST = roster -> (key, tried) ->
            roster.eligible().stream().filter(b -> !tried.skips(b)).findFirst().orElse(null);

    /** One for two loops. */
    static Backend up(int number, int weight, int cap) {
        return Backends.up(number, weight, cap, 2);
    }

    /** What the loops have still to do. */
    final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

    private final Executor later = tasks::add;
    /** What guests were told, in order. */
    final List<String> told = new ArrayList<>();

    long now = 100;

    /** One who waits. */
    final class Guest extends Waiter {
        final String name;
        private final int client;
        final Tried tried = new Tried();
        Lease lease;

        Guest(String name, int lane, int client) {
            super(lane);
            this.name = name;
            this.client = client;
        }

        @Override
        protected Tried tried() {
            return tried;
        }

        @Override
        protected int client() {
            return client;
        }

        @Override
        protected long now() {
            return now;
        }

        @Override
        protected void granted(Lease given) {
            lease = given;
            told.add(name + " at " + given.backend().key().address());
        }

        @Override
        protected void refused(Refusal why) {
            told.add(name + " " + why);
        }
    }

    Guest guest(String name) {
        return guest(name, 0);
    }

    Guest guest(String name, int lane) {
        return new Guest(name, lane, 0);
    }

    /** Of two loops. */
    Pool pool(int most, boolean fair, List<Backend> backends) {
        return new Pool("app", FIRST, Watch.NONE, 0, new Line(most, fair, List.of(later, later)), backends);
    }

    Acquired ask(Pool pool, Guest guest) {
        now++;
        Acquired got = pool.acquireOrWait(guest, 0, now);
        if (got instanceof Lease lease) {
            guest.lease = lease;
        }
        return got;
    }

    Guest holder(Pool pool) {
        Guest guest = guest("holder");
        assertThat(ask(pool, guest)).isInstanceOf(Lease.class);
        return guest;
    }

    void end(Guest guest) {
        guest.lease.close(Outcome.OK, now);
        run();
    }

    void run() {
        Runnable task;
        while ((task = tasks.poll()) != null) {
            task.run();
        }
    }
}
