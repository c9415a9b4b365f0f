package dev.fairlead.e2e.overload;

import dev.fairlead.e2e.faults.Load;
import dev.fairlead.e2e.overload.Dawdlers.Kind;
import dev.fairlead.e2e.overload.Front.Maker;
import dev.fairlead.e2e.overload.Line.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The table of overload, behind {@code e2e/overload}. Arguments: the seconds measured in each row, the seconds of
 * restarts, the number of slow clients, {@code peers} or {@code alone}, which kinds of slow clients, and how the rows' names begin, if not all are
 * wanted. Exits with 1 when a target was missed, with 4
 * when it could not be measured.
 */
final class Overload {
    private Overload() {}

    /** Measures one row. */
    @FunctionalInterface
    private interface How {
        List<Line> lines() throws IOException, InterruptedException;
    }

    public static void main(String[] arguments) {
        int code = 4;
        try {
            code = run(arguments) ? 0 : 1;
        } catch (IOException | IllegalStateException e) {
            System.err.println("overload: could not be measured: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        System.exit(code);
    }

    /** Returns whether every target was kept. */
    private static boolean run(String[] arguments) throws IOException, InterruptedException {
        Duration time = Duration.ofSeconds(Long.parseLong(arguments[0]));
        Duration restarts = Duration.ofSeconds(Long.parseLong(arguments[1]));
        int slow = Integer.parseInt(arguments[2]);
        List<Maker> makers = arguments[3].equals("peers")
                ? Arrays.stream(Maker.values()).filter(Maker::installed).toList()
                : List.of(Maker.FAIRLEAD);
        String only = arguments.length > 5 ? arguments[5] : "";
        Set<Kind> kinds = kinds(arguments[4]);
        Path place = Files.createTempDirectory("fairlead-overload");
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform()
                        .unstarted(
                                () -> ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly)));
        Duration warm = Duration.ofSeconds(5);
        Map<String, How> rows = new LinkedHashMap<>();
        rows.put("poison", () -> new Poison(place, 16, Duration.ofMillis(40), warm, time).lines(makers));
        rows.put(
                "flash crowd",
                () -> new FlashCrowd(place, 120, warm, Duration.ofSeconds(5), time.multipliedBy(2)).lines());
        rows.put("restarts", () -> new RollingRestarts(place, restarts, Duration.ofSeconds(1)).lines());
        rows.put("pause", () -> new Pause(place, 100, Duration.ofSeconds(10)).lines());
        rows.put("slow clients", () -> new SlowClients(place, slow, kinds, warm, time, time.multipliedBy(3)).lines());
        warmUp();
        System.out.print(Line.TABLE);
        boolean missed = false;
        for (Map.Entry<String, How> row : rows.entrySet()) {
            if (row.getKey().startsWith(only)) {
                for (Line line : row.getValue().lines()) {
                    System.out.println(line.text());
                    missed |= line.verdict() == Verdict.MISSED;
                }
            }
        }
        return !missed;
    }

    /** With commas between. */
    private static Set<Kind> kinds(String text) {
        return Arrays.stream(text.split(",", -1))
                .map(name -> Kind.valueOf(name.toUpperCase(Locale.ROOT)))
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Kind.class)));
    }

    /** So that what the first row measures is not this program becoming quick. */
    private static void warmUp() throws IOException, InterruptedException {
        try (Site site = Site.of(1, 64, Duration.ofMillis(10));
                Load load = Load.start(site.backend(0).address(), new Load.Style(2_000, "/work", 0))) {
            TimeUnit.SECONDS.sleep(3);
            load.finish();
        }
    }
}
