package dev.fairlead.e2e.faults;

import dev.fairlead.core.config.Address;
import dev.fairlead.core.pool.BackendState.Wish;
import dev.fairlead.server.control.Change;
import dev.fairlead.server.control.Engine;
import dev.fairlead.server.control.Operator;
import dev.fairlead.server.control.Result;
import dev.fairlead.server.control.Status.BackendStatus;
import dev.fairlead.server.control.Status.PoolStatus;
import dev.fairlead.server.deploy.Door;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The door to an engine of this process. */
final class EngineDoor implements Door {
    private final Engine engine;

    EngineDoor(Engine engine) {
        this.engine = engine;
    }

    @Override
    public List<View> backends(String pool) {
        for (PoolStatus status : engine.status().pools()) {
            if (status.name().equals(pool)) {
                return status.backends().stream().map(EngineDoor::view).toList();
            }
        }
        throw new Refused("no pool " + pool);
    }

    private static View view(BackendStatus backend) {
        String wish = backend.state().wish().name().toLowerCase(Locale.ROOT);
        String health = backend.state().health().name().toLowerCase(Locale.ROOT);
        return new View(
                backend.address(),
                wish,
                health,
                backend.takesNew(),
                backend.state().share(),
                backend.state().weight(),
                false,
                backend.inflight(),
                Objects.requireNonNullElse(backend.member().owner(), ""),
                backend.state().why());
    }

    private void change(String pool, String address, Change change) {
        require(engine.operator().change(pool, address, change, null));
    }

    private static void require(Result result) {
        if (result instanceof Result.Refused refused) {
            throw new Refused(refused.detail());
        }
    }

    @Override
    public boolean readsAnswers(String pool) {
        return engine.status().pools().stream()
                .filter(p -> p.name().equals(pool))
                .allMatch(p -> p.checkedBy().equals("http"));
    }

    @Override
    public void drain(
            String pool,
            String address,
            String owner,
            Duration lease,
            @Nullable Duration deadline,
            double floor,
            Way way) {
        change(
                pool,
                address,
                new Change(
                        Wish.DRAIN,
                        null,
                        null,
                        deadline,
                        lease,
                        way.passes(),
                        floor,
                        owner,
                        false,
                        way.match(),
                        "deploy"));
    }

    @Override
    public void renew(String pool, String address, String owner, Duration lease, @Nullable Way way) {
        change(
                pool,
                address,
                new Change(
                        Wish.DRAIN,
                        null,
                        null,
                        null,
                        lease,
                        way == null ? 0 : way.passes(),
                        0,
                        owner,
                        true,
                        way == null ? null : way.match(),
                        "deploy"));
    }

    @Override
    public Drained drained(String pool, String address, Duration patience) {
        Operator.Left left = engine.operator().left(pool, address);
        if (left == null) {
            throw new Refused("no backend " + address);
        }
        return new Drained(left.drained(), left.requests());
    }

    @Override
    public void ready(String pool, String address, String owner, int passes, @Nullable String match, String why) {
        change(pool, address, new Change(Wish.READY, null, null, null, null, passes, 0, owner, false, match, why));
    }

    @Override
    public void weigh(String pool, String address, int weight, String why) {
        change(pool, address, new Change(null, weight, null, null, null, 1, 0, null, why));
    }

    @Override
    public void maintain(String pool, String address, String why) {
        change(pool, address, Change.to(Wish.MAINT, why));
    }

    @Override
    public void register(String pool, String address, @Nullable Integer weight, @Nullable Duration ttl, String why) {
        require(engine.operator().register(pool, Address.parseBackend(address), weight, ttl, why));
    }

    @Override
    public void remove(String pool, String address, String why) {
        require(engine.operator().remove(pool, address, why, null));
    }
}
