package dev.fairlead.e2e.overload;

import dev.fairlead.core.time.Ticker;
import dev.fairlead.e2e.faults.Load;
import dev.fairlead.e2e.faults.Load.Sample;
import dev.fairlead.e2e.overload.Dawdlers.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Normal load alone, then beside many slow clients.
 *
 * @param place for files
 * @param count of slow clients
 * @param kinds as many of each
 * @param warm not measured
 * @param alone without slow clients
 * @param beside with them
 */
record SlowClients(Path place, int count, Set<Kind> kinds, Duration warm, Duration alone, Duration beside) {
    static final double RATIO = 2;

    /** The default of {@code runtime.buffers}, beyond which no request is taken. */
    static final long MOST_PINNED = 256L << 20;

    /** The launcher's limits for heap and buffers together. */
    static final long MOST_RESIDENT = (256L + 512) << 20;

    private static final String NAME = "slow clients";
    private static final int BACKENDS = 3;
    private static final int WORKERS = 16;
    private static final Duration SERVICE = Duration.ofMillis(20);
    private static final int RATE = 300;

    /** Memory of Fairlead in bytes. */
    record Memory(long resident, long pinned) {
        Memory most(Memory other) {
            return new Memory(Math.max(resident, other.resident), Math.max(pinned, other.pinned));
        }

        static Memory of(Metrics metrics) {
            return new Memory((long) metrics.sum("fairlead_process_resident_bytes"), (long)
                    metrics.sum("fairlead_netty_direct_pinned_bytes"));
        }

        String text() {
            return String.format(
                    Locale.ROOT, "resident %.0f MiB, buffers %.1f MiB", resident / 1048576.0, pinned / 1048576.0);
        }
    }

    /**
     * What clients of either kind saw.
     *
     * @param reasons of failures, by Fairlead's own count
     * @param ends of slow clients
     * @param open slow clients at most
     * @param refused connections closed at once
     * @param cap the lowest of any backend in that time
     * @param inflight the highest of any backend in that time
     */
    record Seen(
            Latency alone,
            Latency beside,
            Memory before,
            Memory most,
            Map<String, Long> reasons,
            Map<String, Integer> ends,
            int open,
            long refused,
            int cap,
            int inflight) {
        double ratio() {
            return beside.p99() / alone.p99();
        }

        boolean bounded() {
            return most.pinned() <= MOST_PINNED && most.resident() <= MOST_RESIDENT;
        }
    }

    Seen run() throws IOException, InterruptedException {
        Ticker ticker = Ticker.system();
        try (Site site = Site.of(BACKENDS, WORKERS, SERVICE);
                Fairlead fairlead = Fairlead.start(place, site.ports(BACKENDS));
                Load load = Load.start(fairlead.front(), new Load.Style(RATE, "/work", 0))) {
            TimeUnit.NANOSECONDS.sleep(warm.toNanos());
            long begin = ticker.nanos();
            TimeUnit.NANOSECONDS.sleep(alone.toNanos());
            Metrics before = fairlead.metrics();
            long from = ticker.nanos();
            Metrics last = before;
            Memory most = Memory.of(before);
            int open = 0;
            double cap = Double.POSITIVE_INFINITY;
            double inflight = 0;
            Map<String, Integer> ends;
            try (Dawdlers slow = Dawdlers.start(fairlead.front(), count, kinds)) {
                while (ticker.nanos() - from < beside.toNanos()) {
                    TimeUnit.MILLISECONDS.sleep(250);
                    last = fairlead.metrics();
                    most = most.most(Memory.of(last));
                    open = Math.max(open, slow.open());
                    cap = Math.min(cap, last.all("fairlead_backend_cap").min().orElse(cap));
                    inflight = Math.max(
                            inflight,
                            last.all("fairlead_backend_inflight").max().orElse(0));
                }
                ends = slow.ends();
            }
            long to = ticker.nanos();
            load.finish();
            List<Sample> samples = load.samples();
            return new Seen(
                    Latency.of(samples, begin, from),
                    Latency.of(samples, from, to),
                    Memory.of(before),
                    most,
                    new TreeMap<>(last.grown("fairlead_failures_total", "reason", before)),
                    new TreeMap<>(ends),
                    open,
                    Math.round(last.sum("fairlead_connections_refused_total")
                            - before.sum("fairlead_connections_refused_total")),
                    (int) cap,
                    (int) inflight);
        }
    }

    List<Line> lines() throws IOException, InterruptedException {
        Seen seen = run();
        var lines = new ArrayList<Line>();
        lines.add(Line.told(
                NAME,
                "load",
                "%d a second at %d backends of %d workers × %d ms, %d s alone, %d s beside %d slow clients: %s (at most %d at once)"
                        .formatted(
                                RATE,
                                BACKENDS,
                                WORKERS,
                                SERVICE.toMillis(),
                                alone.toSeconds(),
                                beside.toSeconds(),
                                count,
                                kinds,
                                seen.open())));
        lines.add(Line.told(NAME, "normal load alone", seen.alone().text()));
        lines.add(Line.owed(
                NAME,
                "normal load beside them",
                "p99 ≤ " + (int) RATIO + " × that alone; no error",
                String.format(Locale.ROOT, "%.2f ×: ", seen.ratio())
                        + seen.beside().text(),
                seen.ratio() <= RATIO && seen.beside().failed() == 0));
        lines.add(Line.owed(
                NAME,
                "memory",
                "resident ≤ " + (MOST_RESIDENT >> 20) + " MiB, buffers ≤ " + (MOST_PINNED >> 20) + " MiB",
                "before: " + seen.before().text() + "; at most: " + seen.most().text(),
                seen.bounded()));
        lines.add(Line.told(
                NAME,
                "what became of the slow ones",
                list(seen.ends()) + "; reasons by Fairlead: " + list(seen.reasons()) + "; " + seen.refused()
                        + " connections refused; a backend had at most "
                        + seen.inflight() + " requests and a cap of at least " + seen.cap()));
        return lines;
    }

    private static String list(Map<String, ? extends Number> counts) {
        return counts.isEmpty()
                ? "none"
                : String.join(
                        ", ",
                        counts.entrySet().stream()
                                .map(entry -> entry.getValue() + " × " + entry.getKey())
                                .toList());
    }
}
