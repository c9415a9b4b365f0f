package dev.fairlead.e2e.soak;

import dev.fairlead.core.time.Ticker;
import dev.fairlead.e2e.faults.Load;
import dev.fairlead.e2e.faults.Load.Sample;
import dev.fairlead.e2e.overload.Line;
import dev.fairlead.e2e.overload.Line.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Steady load for long, while one {@link Trouble} follows another: in each cycle a quarter of it without, a quarter with
 * one, and half of it to recover, beside clients that break off.
 *
 * <p>Behind {@code e2e/soak}; arguments: how many seconds in all and in each cycle. Exits with 1 when a target was missed,
 * with 4 when it could not be measured.
 *
 * @param place an empty folder
 */
record Soak(Path place, Duration time, Duration cycle) {
    private static final String NAME = "soak";
    private static final int PER_SECOND = 300;
    private static final int UPLOADS_PER_SECOND = 4;
    private static final int UPLOAD = 100_000;
    /** One failure in so many requests is allowed outside the share of a troubled backend. */
    private static final int IN = 100_000;

    /** Fewer readings say nothing about growth. */
    private static final int LEAST_LEVELS = 8;

    private static final long MORE_BYTES = 2L << 20;
    private static final int MORE_FILES = 10;

    /**
     * What was seen.
     *
     * @param cycles how many troubles there were
     * @param outside failures that no troubled backend stands for, and how they failed
     * @param share failures of requests that a troubled backend had, and how they failed
     * @param doubled POSTs that were done twice
     * @param levels one after each cycle
     */
    record Seen(
            int cycles,
            long requests,
            Map<String, Integer> outside,
            Map<String, Integer> share,
            int doubled,
            int rude,
            long leaks,
            List<Level> levels) {
        int outsideCount() {
            return outside.values().stream().mapToInt(Integer::intValue).sum();
        }

        /** The second quarter: by then it is warm. */
        Level early() {
            return Level.mean(levels.subList(levels.size() / 4, Math.max(levels.size() / 2, levels.size() / 4 + 1)));
        }

        Level late() {
            return Level.mean(levels.subList(levels.size() * 3 / 4, levels.size()));
        }

        boolean flat() {
            Level early = early();
            Level late = late();
            return late.heap() - early.heap() <= MORE_BYTES
                    && late.direct() - early.direct() <= MORE_BYTES
                    && late.pinned() - early.pinned() <= MORE_BYTES;
        }

        boolean filesFlat() {
            return late().files() - early().files() <= MORE_FILES;
        }
    }

    public static void main(String[] arguments) {
        int code = 4;
        try {
            Runtime.getRuntime()
                    .addShutdownHook(Thread.ofPlatform()
                            .unstarted(() ->
                                    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly)));
            Path place = Files.createTempDirectory("fairlead-soak");
            var soak = new Soak(
                    place,
                    Duration.ofSeconds(Long.parseLong(arguments[0])),
                    Duration.ofSeconds(Long.parseLong(arguments[1])));
            List<Line> lines = soak.lines(soak.run());
            System.out.print(Line.TABLE);
            lines.forEach(line -> System.out.println(line.text()));
            code = lines.stream().anyMatch(line -> line.verdict() == Verdict.MISSED) ? 1 : 0;
        } catch (IOException | IllegalStateException e) {
            System.err.println("soak: could not be measured: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        System.exit(code);
    }

    Seen run() throws IOException, InterruptedException {
        Ticker ticker = Ticker.system();
        var outside = new TreeMap<String, Integer>();
        var share = new TreeMap<String, Integer>();
        var levels = new ArrayList<Level>();
        long requests = 0;
        int doubled = 0;
        int cycles = 0;
        try (Stage stage = new Stage(place);
                Rude rude = Rude.start(stage.front())) {
            long end = ticker.nanos() + time.toNanos();
            for (; ticker.nanos() - end < 0; cycles++) {
                Trouble trouble = Trouble.values()[cycles % Trouble.values().length];
                int index = cycles % Stage.SIZE;
                Failures calm = load(stage, "/calm-" + cycles, () -> pause(4));
                Failures rough = load(stage, "/rough-" + cycles, () -> {
                    trouble.begin(stage, index);
                    pause(4);
                    trouble.end(stage, index);
                    pause(2);
                });
                requests += calm.requests() + rough.requests();
                doubled += stage.doubled().size();
                Failures.Split split = rough.split(stage.log(), stage.address(index));
                calm.kinds().forEach((kind, count) -> outside.merge(kind + " (before a trouble)", count, Integer::sum));
                split.outside()
                        .forEach((kind, count) -> outside.merge(kind + " (" + trouble + ")", count, Integer::sum));
                split.share().forEach((kind, count) -> share.merge(kind + " (" + trouble + ")", count, Integer::sum));
                levels.add(stage.level());
                System.err.printf(
                        Locale.ROOT,
                        "soak: %d: %s: outside %s, its share %s; %s%n",
                        cycles + 1,
                        trouble,
                        outside,
                        split.share(),
                        levels.getLast().text());
            }
            return new Seen(cycles, requests, outside, share, doubled, rude.count(), stage.leaks(), levels);
        }
    }

    /** What happens beside a load. */
    @FunctionalInterface
    private interface Course {
        void run() throws IOException, InterruptedException;
    }

    private void pause(int part) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(cycle.dividedBy(part).toNanos());
    }

    private static Failures load(Stage stage, String path, Course course) throws IOException, InterruptedException {
        try (Load small = Load.start(stage.front(), new Load.Style(PER_SECOND, path, 0));
                Load large = Load.start(stage.front(), new Load.Style(UPLOADS_PER_SECOND, path + "-up", UPLOAD))) {
            course.run();
            small.finish();
            large.finish();
            var samples = new ArrayList<Sample>(small.samples());
            samples.addAll(large.samples());
            return Failures.of(path, samples);
        }
    }

    List<Line> lines(Seen seen) {
        var lines = new ArrayList<Line>();
        lines.add(Line.told(
                NAME,
                "load",
                "%d small and %d large requests a second, GET and POST by turns, %d s: %d requests; %d troubles, one every %d s; %d clients that broke off"
                        .formatted(
                                PER_SECOND,
                                UPLOADS_PER_SECOND,
                                time.toSeconds(),
                                seen.requests(),
                                seen.cycles(),
                                cycle.toSeconds(),
                                seen.rude())));
        lines.add(Line.owed(
                NAME,
                "errors outside the troubled backend's share",
                "≤ 1 in 100,000",
                seen.outsideCount() + " " + seen.outside(),
                seen.outsideCount() <= Math.ceilDiv(seen.requests(), IN)));
        lines.add(Line.told(NAME, "errors of its share", seen.share().toString()));
        lines.add(Line.owed(NAME, "POSTs done twice", "0", Integer.toString(seen.doubled()), seen.doubled() == 0));
        lines.add(Line.owed(
                NAME, "leak reports, every buffer watched", "0", Long.toString(seen.leaks()), seen.leaks() == 0));
        if (seen.levels().size() >= LEAST_LEVELS) {
            String growth = "second quarter: " + seen.early().text() + "; last: "
                    + seen.late().text();
            lines.add(Line.owed(NAME, "live heap and direct memory", "≤ 2 MiB more", growth, seen.flat()));
            lines.add(Line.owed(NAME, "open files", "≤ 10 more", growth, seen.filesFlat()));
        }
        return lines;
    }
}
