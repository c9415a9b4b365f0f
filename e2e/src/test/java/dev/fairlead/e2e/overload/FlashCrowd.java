package dev.fairlead.e2e.overload;

import dev.fairlead.core.time.Ticker;
import dev.fairlead.e2e.faults.Load;
import dev.fairlead.e2e.faults.Load.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * Load that three backends carry easily becomes ten times as much, twice what they can do; after a while seven more
 * backends register.
 *
 * @param place for files
 * @param rate a second, before the jump; a multiple of 30
 * @param easy before the jump
 * @param crowded from the jump until the seven register
 * @param joined from then on
 */
record FlashCrowd(Path place, int rate, Duration easy, Duration crowded, Duration joined) {
    /** Of what is more than three can do, plus this much for what the line holds and drops in the meantime. */
    static final double ROOM = 0.1;

    private static final String NAME = "flash crowd";
    private static final int FEW = 3;
    private static final int MANY = 10;
    private static final int WORKERS = 8;
    private static final Duration LOOK = Duration.ofMillis(50);

    /**
     * What clients saw.
     *
     * @param easy in the second half of the time before the jump
     * @param crowd from the jump until the seven registered
     * @param after from then on
     * @param settled in the last quarter
     * @param without 503 from so many milliseconds after registering on
     * @param mostWaiting in the pool's line
     * @param drained so many milliseconds after registering the line was empty for good; -1 if it was not
     */
    record Seen(
            Latency easy, Latency crowd, Latency after, Latency settled, long without, int mostWaiting, long drained) {
        private static int refused(Latency latency) {
            return latency.failed(kind -> kind.contains(" 503 "));
        }

        double shareBefore() {
            return (double) refused(crowd) / Math.max(crowd.requests(), 1);
        }

        double shareAfter() {
            return (double) refused(after) / Math.max(after.requests(), 1);
        }

        int refusedSettled() {
            return refused(settled);
        }
    }

    private record Look(long when, int waiting) {}

    Seen run() throws IOException, InterruptedException {
        Ticker ticker = Ticker.system();
        try (Site site = Site.of(MANY, WORKERS, service());
                Fairlead fairlead = Fairlead.start(place, site.ports(FEW));
                Load always = Load.start(fairlead.front(), new Load.Style(rate, "/easy", 0))) {
            var looks = new ConcurrentLinkedQueue<Look>();
            Thread eye = Thread.ofVirtual().start(() -> watch(fairlead, ticker, looks));
            TimeUnit.NANOSECONDS.sleep(easy.toNanos());
            long jump = ticker.nanos();
            try (Load crowd = Load.start(fairlead.front(), new Load.Style(9 * rate, "/crowd", 0))) {
                TimeUnit.NANOSECONDS.sleep(crowded.toNanos());
                long register = ticker.nanos();
                for (int port : site.ports(MANY).subList(FEW, MANY)) {
                    fairlead.register(port);
                }
                TimeUnit.NANOSECONDS.sleep(joined.toNanos());
                long end = ticker.nanos();
                eye.interrupt();
                eye.join();
                always.finish();
                crowd.finish();
                var samples = new ArrayList<>(always.samples());
                samples.addAll(crowd.samples());
                long last = samples.stream()
                        .filter(sample -> sample.kind().startsWith("503"))
                        .mapToLong(Sample::due)
                        .reduce(register, (a, b) -> b - a > 0 ? b : a);
                return new Seen(
                        Latency.of(samples, jump - easy.toNanos() / 2, jump),
                        Latency.of(samples, jump, register),
                        Latency.of(samples, register, end),
                        Latency.of(samples, end - joined.toNanos() / 4, end),
                        TimeUnit.NANOSECONDS.toMillis(last - register),
                        looks.stream().mapToInt(Look::waiting).max().orElse(0),
                        drained(List.copyOf(looks), register));
            }
        }
    }

    private static long drained(List<Look> looks, long register) {
        if (looks.isEmpty() || looks.getLast().waiting() > 0) {
            return -1;
        }
        long empty = register;
        for (Look look : looks) {
            if (look.waiting() > 0 && look.when() - empty > 0) {
                empty = look.when() + LOOK.toNanos();
            }
        }
        return TimeUnit.NANOSECONDS.toMillis(empty - register);
    }

    private static void watch(Fairlead fairlead, Ticker ticker, ConcurrentLinkedQueue<Look> looks) {
        try {
            while (true) {
                int waiting = (int) fairlead.metrics().sum("fairlead_pool_waiting");
                looks.add(new Look(ticker.nanos(), waiting));
                TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
            }
        } catch (IOException e) {
            // It ends with the row.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    List<Line> lines() throws IOException, InterruptedException {
        Seen seen = run();
        var lines = new ArrayList<Line>();
        lines.add(Line.told(
                NAME,
                "load",
                "%d a second become %d; %d backends of %d workers × %d ms carry %d, %d carry %d; %d s, then seven register, then %d s"
                        .formatted(
                                rate,
                                10 * rate,
                                FEW,
                                WORKERS,
                                service().toMillis(),
                                5 * rate,
                                MANY,
                                5 * rate * MANY / FEW,
                                crowded.toSeconds(),
                                joined.toSeconds())));
        lines.add(Line.told(NAME, "before the jump", seen.easy().text()));
        lines.add(Line.owed(
                NAME,
                "from the jump until the seven register",
                "503 ≤ " + Latency.percent(most()),
                Latency.percent(seen.shareBefore()) + "; " + seen.crowd().text() + "; at most " + seen.mostWaiting()
                        + " waiting",
                seen.shareBefore() <= most()));
        lines.add(Line.told(
                NAME,
                "from then on",
                "503: " + Latency.percent(seen.shareAfter()) + ", the last was due after " + seen.without() + " ms; "
                        + seen.after().text()));
        lines.add(Line.owed(
                NAME,
                "the line",
                "empty again",
                seen.drained() < 0 ? "not to the end" : "empty for good after " + seen.drained() + " ms",
                seen.drained() >= 0));
        lines.add(Line.owed(
                NAME,
                "the last quarter",
                "no error; p99 ≤ 2 × that before the jump",
                seen.settled().text(),
                seen.settled().failed() == 0
                        && seen.settled().p99() <= 2 * seen.easy().p99()));
        return lines;
    }

    /** The share of 503 that has to be while three do the work of six. */
    static double most() {
        return 0.5 + ROOM;
    }

    /** So that the few can do half of the crowd's requests. */
    private Duration service() {
        return Duration.ofMillis(FEW * WORKERS * 1_000L / (5L * rate));
    }
}
