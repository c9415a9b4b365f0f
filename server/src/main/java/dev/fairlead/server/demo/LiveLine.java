package dev.fairlead.server.demo;

import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.server.control.Engine;
import dev.fairlead.server.control.Status;
import dev.fairlead.server.control.Status.BackendStatus;
import dev.fairlead.server.control.Status.ListenerStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes what happened since the last time in one line: rate, times, each backend's share and health. One thread's. */
final class LiveLine {
    private static final String RED = "31";
    private static final String YELLOW = "33";
    private static final String GREEN = "32";

    private final Engine engine;
    private final List<TinyBackend> backends;
    private final SteadyLoad load;
    private final long begun;
    private Status last;
    private long lastErrors;

    LiveLine(Engine engine, List<TinyBackend> backends, SteadyLoad load) {
        this.engine = engine;
        this.backends = List.copyOf(backends);
        this.load = load;
        this.last = engine.status();
        this.begun = last.now();
    }

    String next(boolean colour) {
        Status now = engine.status();
        long errors = load.errors();
        ListenerStatus before = last.listeners().getFirst();
        ListenerStatus front = now.listeners().getFirst();
        double seconds = Math.max(1, now.now() - last.now()) / 1e3;
        long done = front.durationCount() - before.durationCount();
        List<Long> buckets = new ArrayList<>();
        for (int i = 0; i < front.durationBuckets().size(); i++) {
            buckets.add(
                    front.durationBuckets().get(i) - before.durationBuckets().get(i));
        }
        var line = new StringBuilder();
        line.append(String.format(
                Locale.ROOT,
                "%4ds %5.0f req/s  p50 %3.0f ms  p99 %4.0f ms ",
                Math.round((now.now() - begun) / 1e3),
                done / seconds,
                Status.quantileMicros(buckets, done, 0.5) / 1e3,
                Status.quantileMicros(buckets, done, 0.99) / 1e3));
        long total = 0;
        long[] shares = new long[backends.size()];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = at(now, i).requests() - at(last, i).requests();
            total += shares[i];
        }
        for (int i = 0; i < shares.length; i++) {
            line.append("  ").append(backend(backends.get(i), at(now, i), shares[i], total, colour));
        }
        long retries = front.retries() - before.retries();
        line.append(retries == 0 ? "" : "  " + plural(retries, "retry", "retries"));
        long failed = errors - lastErrors;
        String said = plural(failed, "error", "errors");
        line.append("  ").append(failed == 0 ? said : paint(said, RED, colour));
        last = now;
        lastErrors = errors;
        return line.toString();
    }

    private static BackendStatus at(Status status, int index) {
        return status.pools().getFirst().backends().get(index);
    }

    private static String backend(TinyBackend tiny, BackendStatus backend, long share, long total, boolean colour) {
        Health health = backend.state().health();
        String word = health == Health.UP ? "up" : health.name();
        String tint = health == Health.UP ? GREEN : RED;
        long delay = tiny.delay().toMillis();
        String slow = delay == 0 || !tiny.running() ? "" : "(" + delay + " ms)";
        // Padded before it is painted: colours have no width.
        return String.format(Locale.ROOT, "%s %3d%% ", tiny.name(), total == 0 ? 0 : Math.round(100.0 * share / total))
                + paint(String.format("%-7s", word), tint, colour)
                + paint(String.format("%-8s", slow), YELLOW, colour);
    }

    private static String plural(long count, String one, String many) {
        return count + " " + (count == 1 ? one : many);
    }

    private static String paint(String text, String code, boolean colour) {
        return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
