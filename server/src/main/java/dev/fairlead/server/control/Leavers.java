package dev.fairlead.server.control;

import dev.fairlead.core.health.Evidence;
import dev.fairlead.core.pool.Backend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Backends and whole pools that are in the configuration no more: they finish what they have, are cut at their deadline, and
 * then forgotten. A pool stays as it was until then, for who began with it may still try another of its backends.
 *
 * <p>Control thread, but for {@link #count}.
 */
final class Leavers {
    private static final Logger LOG = LoggerFactory.getLogger(Leavers.class);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** An event loop may have read the old routes or roster, and begin right after. */
    private static final long LEAST_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** What becomes of the connections of who leaves. */
    interface Ways {
        /** Idle ones close, and the others once they are. */
        void leave(Backend backend);

        /** All end. */
        void cut(Backend backend);
    }

    private record Parting(Backend backend, long since, long deadline) {}

    private record PoolParting(RunningPool pool, long since, long deadline) {}

    private final Ways ways;
    private final List<Parting> backends = new ArrayList<>();
    private final List<PoolParting> pools = new ArrayList<>();
    private volatile int count;

    Leavers(Ways ways) {
        this.ways = ways;
    }

    /** How many backends are on their way out. */
    int count() {
        return count;
    }

    void add(Backend backend, long now, Duration lasts) {
        backends.add(new Parting(backend, now, now + lasts.toNanos()));
        counted();
    }

    void add(RunningPool pool, long now) {
        pools.add(new PoolParting(pool, now, now + pool.config().drain().toNanos()));
        counted();
    }

    /** Pools whose watchdogs are still to have their turn. */
    List<RunningPool> pools() {
        return pools.stream().map(PoolParting::pool).toList();
    }

    /** Lets go who is done; returns when to look again, at the latest {@code next}. */
    long turn(long now, long next) {
        if (backends.isEmpty() && pools.isEmpty()) {
            return next;
        }
        backends.removeIf(parting -> over(parting, now));
        pools.removeIf(parting -> over(parting, now));
        counted();
        return next - (now + LOOK_NANOS) < 0 ? next : now + LOOK_NANOS;
    }

    private void counted() {
        count = backends.size()
                + pools.stream()
                        .mapToInt(
                                parting -> parting.pool().pool().roster().all().size())
                        .sum();
    }

    private boolean over(Parting parting, long now) {
        Backend backend = parting.backend();
        boolean idle = backend.inflight() == 0 && now - parting.since() >= LEAST_NANOS;
        boolean late = parting.deadline() - now <= 0;
        if (idle || late) {
            end(backend, late, now - parting.since());
        }
        return idle || late;
    }

    private boolean over(PoolParting parting, long now) {
        var pool = parting.pool().pool();
        List<Backend> members = pool.roster().all();
        boolean idle = now - parting.since() >= LEAST_NANOS
                && pool.line().waiting() == 0
                && members.stream().allMatch(backend -> backend.inflight() == 0);
        boolean late = parting.deadline() - now <= 0;
        if (late) {
            pool.publish(List.of());
        }
        if (idle || late) {
            // When it is only idle its members stay: a request whose body is still awaited may yet ask for one.
            members.forEach(backend -> end(backend, late, now - parting.since()));
        }
        return idle || late;
    }

    private void end(Backend backend, boolean late, long after) {
        int left = backend.inflight();
        if (late && left > 0) {
            LOG.warn("{} left, and its deadline has passed: cut {} in work", backend.key(), left);
            ways.cut(backend);
        } else {
            LOG.info(
                    "{} left: nothing is in work after {}",
                    backend.key(),
                    Evidence.span(Duration.ofMillis(after / 1_000_000)));
        }
        ways.leave(backend);
    }
}
