package dev.fairlead.e2e.overload;

import dev.fairlead.core.time.Ticker;
import dev.fairlead.e2e.faults.BackendProcess;
import dev.fairlead.e2e.faults.Load;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Three backends, as processes, restarted one after another under 300 requests a second, GET and POST by turns:
 * with SIGTERM and SIGKILL by turns.
 *
 * @param place for files
 * @param time as long as it goes on
 * @param settle from one being back to the next one's end
 */
record RollingRestarts(Path place, Duration time, Duration settle) {
    private static final String NAME = "restarts";
    private static final int SIZE = 3;
    private static final Duration AWAY = Duration.ofMillis(300);

    /**
     * What clients and backends saw.
     *
     * @param longest milliseconds until a restarted one took work; those not back at the end count until then
     */
    record Seen(int restarts, Latency latency, int doubled, long longest) {
        int failed(String method) {
            return latency.failed(kind -> kind.startsWith(method + " "));
        }
    }

    Seen run() throws IOException, InterruptedException {
        Ticker ticker = Ticker.system();
        Path posts = place.resolve("posts-" + ProcessHandle.current().pid());
        var backends = new ArrayList<BackendProcess>();
        try {
            List<Integer> ports = BackendProcess.lastingPorts(SIZE);
            for (int port : ports) {
                backends.add(BackendProcess.start(port, posts));
            }
            try (Fairlead fairlead = Fairlead.start(place, ports);
                    Load load = Load.start(fairlead.front(), new Load.Style(300, "/work", 0))) {
                long end = ticker.nanos() + time.toNanos();
                int restarts = 0;
                long longest = 0;
                while (ticker.nanos() - end < 0) {
                    TimeUnit.NANOSECONDS.sleep(settle.toNanos());
                    int index = restarts % SIZE;
                    if (restarts % 2 == 0) {
                        backends.get(index).terminate();
                    } else {
                        backends.get(index).kill();
                    }
                    restarts++;
                    TimeUnit.NANOSECONDS.sleep(AWAY.toNanos());
                    backends.set(index, BackendProcess.start(ports.get(index), posts));
                    long back = ticker.nanos();
                    while (fairlead.eligible() < SIZE && ticker.nanos() - end < 0) {
                        TimeUnit.MILLISECONDS.sleep(20);
                    }
                    longest = Math.max(longest, ticker.nanos() - back);
                }
                load.finish();
                return new Seen(
                        restarts,
                        Latency.of(load.samples()),
                        Load.doubled(posts).size(),
                        TimeUnit.NANOSECONDS.toMillis(longest));
            }
        } finally {
            backends.forEach(BackendProcess::close);
        }
    }

    List<Line> lines() throws IOException, InterruptedException {
        Seen seen = run();
        return List.of(
                Line.told(
                        NAME,
                        "load",
                        "300 a second, GET and POST by turns, %d s; %d restarts of three backends, SIGTERM and SIGKILL"
                                .formatted(time.toSeconds(), seen.restarts())),
                Line.owed(
                        NAME,
                        "GETs that failed",
                        "0",
                        seen.failed("GET") + "; " + seen.latency().text(),
                        seen.failed("GET") == 0),
                Line.owed(NAME, "POSTs done twice", "0", Integer.toString(seen.doubled()), seen.doubled() == 0),
                Line.told(NAME, "POSTs that failed", Integer.toString(seen.failed("POST"))),
                Line.told(NAME, "until a restarted one took work", "at most " + seen.longest() + " ms"));
    }
}
