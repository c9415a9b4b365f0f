package dev.fairlead.core.pool;

import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.core.pool.BackendState.Wish;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.IntStream;

/** Backends for tests, and load on them without leases. */
public final class Backends {
    private Backends() {}

    /** The {@code number}-th backend, up, with the usual cap. */
    public static Backend up(int number, int weight) {
        return up(number, weight, 1024);
    }

    public static Backend up(int number, int weight, int cap) {
        return up(number, weight, cap, 1);
    }

    public static Backend up(int number, int weight, int cap, int lanes) {
        var state = new BackendState(Wish.READY, Health.UP, weight, 0, "test");
        String address = "10." + (number >> 16 & 255) + "." + (number >> 8 & 255) + "." + (number & 255) + ":8080";
        return new Backend(
                new BackendKey("app", address),
                InetSocketAddress.createUnresolved("backend-" + number, 8080),
                state,
                cap,
                lanes);
    }

    /** As many as there are weights. */
    public static List<Backend> weighing(int... weights) {
        return IntStream.range(0, weights.length)
                .mapToObj(i -> up(i, weights[i]))
                .toList();
    }

    /** {@code count} of weight 1. */
    public static List<Backend> equal(int count) {
        return IntStream.range(0, count).mapToObj(i -> up(i, 1)).toList();
    }

    /** Puts {@code requests} in flight. */
    public static void occupy(Backend backend, int requests) {
        for (int i = 0; i < requests; i++) {
            if (!backend.tryEnter()) {
                throw new IllegalStateException(backend.key() + " is full");
            }
        }
    }

    /** Ends {@code requests} begun by {@link #occupy}. */
    public static void vacate(Backend backend, int requests) {
        for (int i = 0; i < requests; i++) {
            backend.leave(false);
        }
    }
}
