package dev.fairlead.e2e.overload;

import dev.fairlead.core.time.Ticker;
import dev.fairlead.e2e.faults.Load;
import dev.fairlead.e2e.overload.Dawdlers.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Clients that send their bodies slowly hold places at the backends, all backends are 25 times slower for three seconds,
 * then well again: whether the pool is well again, too, while those clients are still there.
 *
 * @param place for files
 * @param count of slow clients
 * @param after measured, from two seconds after the backends are well again
 */
record Pause(Path place, int count, Duration after) {
    private static final String NAME = "pause";
    private static final int BACKENDS = 3;
    private static final int WORKERS = 16;
    private static final Duration SERVICE = Duration.ofMillis(20);
    private static final int FACTOR = 25;
    private static final int RATE = 300;
    private static final Duration LASTS = Duration.ofSeconds(3);
    private static final Duration RECOVERS = Duration.ofSeconds(2);

    /**
     * What clients saw.
     *
     * @param cap the lowest of any backend at the end
     * @param inflight the highest of any backend at the end
     */
    record Seen(Latency after, int cap, int inflight) {}

    Seen run() throws IOException, InterruptedException {
        Ticker ticker = Ticker.system();
        try (Site site = Site.of(BACKENDS, WORKERS, SERVICE);
                Fairlead fairlead = Fairlead.start(place, site.ports(BACKENDS));
                Load load = Load.start(fairlead.front(), new Load.Style(RATE, "/work", 0));
                Dawdlers slow = Dawdlers.start(fairlead.front(), count, EnumSet.of(Kind.BODY))) {
            while (slow.open() < count) {
                TimeUnit.MILLISECONDS.sleep(50);
            }
            TimeUnit.SECONDS.sleep(2);
            site.service(SERVICE.multipliedBy(FACTOR));
            TimeUnit.NANOSECONDS.sleep(LASTS.toNanos());
            site.service(SERVICE);
            TimeUnit.NANOSECONDS.sleep(RECOVERS.toNanos());
            long from = ticker.nanos();
            TimeUnit.NANOSECONDS.sleep(after.toNanos());
            long to = ticker.nanos();
            Metrics last = fairlead.metrics();
            load.finish();
            return new Seen(
                    Latency.of(load.samples(), from, to),
                    (int) last.all("fairlead_backend_cap").min().orElse(0),
                    (int) last.all("fairlead_backend_inflight").max().orElse(0));
        }
    }

    List<Line> lines() throws IOException, InterruptedException {
        Seen seen = run();
        return List.of(
                Line.told(
                        NAME,
                        "load",
                        "%d a second at %d backends of %d workers × %d ms, and %d slow bodies; %d ms for %d s, then as before"
                                .formatted(
                                        RATE,
                                        BACKENDS,
                                        WORKERS,
                                        SERVICE.toMillis(),
                                        count,
                                        SERVICE.toMillis() * FACTOR,
                                        LASTS.toSeconds())),
                Line.owed(
                        NAME,
                        "from " + RECOVERS.toSeconds() + " s afterwards on, for " + after.toSeconds() + " s",
                        "no error",
                        seen.after().text() + "; at the end caps from " + seen.cap() + ", up to " + seen.inflight()
                                + " requests at a backend",
                        seen.after().failed() == 0));
    }
}
