package dev.fairlead.server.deploy;

import dev.fairlead.core.time.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks again for a while when a balancer that was there before cannot be reached: it may be restarting. Thread-safe.
 *
 * <p>Asking twice is harmless: every verb says what shall be, not what to do.
 */
final class PatientDoor implements Door {
    private static final long PAUSE_MILLIS = 300;

    private final Door door;
    private final Duration patience;
    private final Ticker ticker;
    private volatile boolean reached;

    PatientDoor(Door door, Duration patience, Ticker ticker) {
        this.door = door;
        this.patience = patience;
        this.ticker = ticker;
    }

    private <T> T ask(Supplier<T> what) {
        long until = ticker.nanos() + patience.toNanos();
        while (true) {
            try {
                T answer = what.get();
                reached = true;
                return answer;
            } catch (Unreachable e) {
                if (!reached
                        || until - ticker.nanos() < 0
                        || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                pause(e);
            }
        }
    }

    private static void pause(Unreachable why) {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw why;
        }
    }

    private void tell(Runnable what) {
        ask(() -> {
            what.run();
            return true;
        });
    }

    @Override
    public List<View> backends(String pool) {
        return ask(() -> door.backends(pool));
    }

    @Override
    public boolean readsAnswers(String pool) {
        return ask(() -> door.readsAnswers(pool));
    }

    @Override
    public void renew(String pool, String address, String owner, Duration lease, @Nullable Way way) {
        tell(() -> door.renew(pool, address, owner, lease, way));
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
        tell(() -> door.drain(pool, address, owner, lease, deadline, floor, way));
    }

    @Override
    public Drained drained(String pool, String address, Duration wait) {
        return ask(() -> door.drained(pool, address, wait));
    }

    @Override
    public void ready(String pool, String address, String who, int passes, @Nullable String match, String why) {
        tell(() -> door.ready(pool, address, who, passes, match, why));
    }

    @Override
    public void weigh(String pool, String address, int weight, String why) {
        tell(() -> door.weigh(pool, address, weight, why));
    }

    @Override
    public void maintain(String pool, String address, String why) {
        tell(() -> door.maintain(pool, address, why));
    }

    @Override
    public void register(String pool, String address, @Nullable Integer weight, @Nullable Duration ttl, String why) {
        tell(() -> door.register(pool, address, weight, ttl, why));
    }

    @Override
    public void remove(String pool, String address, String why) {
        tell(() -> door.remove(pool, address, why));
    }
}
