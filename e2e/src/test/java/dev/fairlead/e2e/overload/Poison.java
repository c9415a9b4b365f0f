package dev.fairlead.e2e.overload;

import dev.fairlead.core.time.Ticker;
import dev.fairlead.e2e.faults.Load;
import dev.fairlead.e2e.faults.Load.Sample;
import dev.fairlead.e2e.overload.Front.Maker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Four backends, one of them a hundred times slower than the others, at 70 % of what the three others can do; its checks
 * are as quick as ever.
 *
 * @param place for files
 * @param workers of each backend
 * @param service how long one is busy with a request
 * @param warm before the slow one becomes slow
 * @param measured from then on
 */
record Poison(Path place, int workers, Duration service, Duration warm, Duration measured) {
    static final double RATIO = 1.5;

    private static final String NAME = "poison";
    private static final int FACTOR = 100;
    private static final int SLOW = 3;
    private static final double SHARE = 0.7;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Since when one of them is slow. */
    enum When {
        /** It is not there at all. */
        NEVER("three good ones alone"),
        MIDDLE("(a) slow from the middle of the load on"),
        BEGINNING("(b) slow from the beginning");

        private final String text;

        When(String text) {
            this.text = text;
        }
    }

    /**
     * What clients saw.
     *
     * @param all from the first request of a fresh balancer on
     * @param late after the time to warm up
     * @param share of the requests of that time that the slow one got
     */
    record Seen(Latency all, Latency late, double share) {
        private Latency of(When when) {
            return when == When.BEGINNING ? all : late;
        }
    }

    Seen run(Maker maker, When when) throws IOException, InterruptedException {
        Ticker ticker = Ticker.system();
        try (Site site = Site.of(SLOW + 1, workers, service)) {
            Workers slow = site.backend(SLOW);
            if (when == When.BEGINNING) {
                slow.service(service.multipliedBy(FACTOR));
            }
            List<Integer> ports = site.ports(when == When.NEVER ? SLOW : SLOW + 1);
            try (Front front = maker.start(place, ports);
                    Load load = Load.start(front.front(), new Load.Style(rate(site), "/work", 0, PATIENCE))) {
                long begin = ticker.nanos();
                TimeUnit.NANOSECONDS.sleep(warm.toNanos());
                if (when == When.MIDDLE) {
                    slow.service(service.multipliedBy(FACTOR));
                }
                long taken = site.taken();
                long poisoned = slow.taken();
                long from = ticker.nanos();
                TimeUnit.NANOSECONDS.sleep(measured.toNanos());
                long to = ticker.nanos();
                double share = (double) (slow.taken() - poisoned) / Math.max(site.taken() - taken, 1);
                load.finish();
                List<Sample> samples = load.samples();
                return new Seen(Latency.of(samples, begin, to), Latency.of(samples, from, to), share);
            }
        }
    }

    private static int rate(Site site) {
        return (int) (SHARE * SLOW * site.capacity());
    }

    /** The row, for Fairlead and whoever else is asked for. */
    List<Line> lines(List<Maker> makers) throws IOException, InterruptedException {
        var lines = new ArrayList<Line>();
        try (Site site = Site.of(1, workers, service)) {
            lines.add(Line.told(
                    NAME,
                    "load",
                    "%d a second, 70 %% of three backends of %s; the fourth takes %d ms; %d s, after %d s to warm up"
                            .formatted(
                                    rate(site),
                                    site.text(),
                                    service.toMillis() * FACTOR,
                                    measured.toSeconds(),
                                    warm.toSeconds())));
        }
        for (Maker maker : makers) {
            Seen good = run(maker, When.NEVER);
            lines.add(Line.told(
                    NAME,
                    maker.title() + ": " + When.NEVER.text,
                    good.late().text() + "; with the cold start p99 "
                            + Latency.ms(good.all().p99())));
            for (When when : List.of(When.MIDDLE, When.BEGINNING)) {
                lines.add(line(maker, when, good, run(maker, when)));
            }
        }
        return lines;
    }

    private static Line line(Maker maker, When when, Seen good, Seen seen) {
        Latency latency = seen.of(when);
        double ratio = latency.p99() / good.of(when).p99();
        String what = maker.title() + ": " + when.text;
        String measured = String.format(Locale.ROOT, "%.2f ×: ", ratio) + latency.text() + "; slow one's share "
                + Latency.percent(seen.share());
        boolean kept = ratio <= RATIO && latency.failed() == 0;
        return maker == Maker.FAIRLEAD
                ? Line.owed(NAME, what, "p99 ≤ " + RATIO + " × that without it; no error", measured, kept)
                : Line.told(NAME, what, measured);
    }
}
