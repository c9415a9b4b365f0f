package dev.fairlead.server.deploy;

import dev.fairlead.core.config.Address;
import dev.fairlead.core.pool.BackendKey;
import dev.fairlead.core.pool.BackendState;
import dev.fairlead.core.pool.BackendState.Wish;
import dev.fairlead.server.control.Change;
import dev.fairlead.server.control.Engine;
import dev.fairlead.server.control.Operator;
import dev.fairlead.server.control.Result;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An engine of the same process, asked directly. */
class LocalDoor implements Door {
    private final Engine engine;

    LocalDoor(Engine engine) {
        this.engine = engine;
    }

    @Override
    public List<View> backends(String pool) {
        return engine.status().pools().stream()
                .filter(p -> p.name().equals(pool))
                .findFirst()
                .orElseThrow(() -> new Refused("there is no pool " + pool))
                .backends()
                .stream()
                .map(b -> {
                    BackendState state = b.state();
                    return new View(
                            b.address(),
                            state.wish().name().toLowerCase(Locale.ROOT),
                            state.health().name().toLowerCase(Locale.ROOT),
                            b.takesNew(),
                            state.share(),
                            state.weight(),
                            engine.operator()
                                    .member(new BackendKey(pool, b.address()))
                                    .registered(),
                            b.inflight(),
                            Objects.requireNonNullElse(b.member().owner(), ""),
                            state.why());
                })
                .toList();
    }

    private static void done(Result result) {
        if (result instanceof Result.Refused(Result.Why why, String detail)) {
            throw new Refused(why + ": " + detail);
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
        done(engine.operator()
                .change(
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
                                "deploy"),
                        null));
    }

    @Override
    public void renew(String pool, String address, String owner, Duration lease, @Nullable Way way) {
        done(engine.operator()
                .change(
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
                                "deploy"),
                        null));
    }

    @Override
    public Drained drained(String pool, String address, Duration patience) {
        Operator.Left left = engine.operator().left(pool, address);
        if (left == null) {
            throw new Refused("no such backend");
        }
        return new Drained(left.drained(), left.requests());
    }

    @Override
    public void ready(String pool, String address, String owner, int passes, @Nullable String match, String why) {
        done(engine.operator()
                .change(
                        pool,
                        address,
                        new Change(Wish.READY, null, null, null, null, passes, 0, owner, false, match, why),
                        null));
    }

    @Override
    public void maintain(String pool, String address, String why) {
        done(engine.operator().change(pool, address, Change.to(Wish.MAINT, why), null));
    }

    @Override
    public void weigh(String pool, String address, int weight, String why) {
        done(engine.operator()
                .change(pool, address, new Change(null, weight, null, null, null, 1, 0, null, why), null));
    }

    @Override
    public void register(String pool, String address, @Nullable Integer weight, @Nullable Duration ttl, String why) {
        done(engine.operator().register(pool, Address.parseBackend(address), weight, ttl, why));
    }

    @Override
    public void remove(String pool, String address, String why) {
        done(engine.operator().remove(pool, address, why, null));
    }
}
