package dev.fairlead.e2e.faults;

import dev.fairlead.e2e.faults.Load.Sample;
import dev.fairlead.server.control.Reloaded;
import dev.fairlead.server.deploy.Rollout;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Faults of one of three backends, each under the same steady load, measured.
 *
 * <p>The order is always the same: some load, the fault, until the backend is out, some more, the repair, until it is
 * back, some more.
 */
final class Faults {
    /** More than are usually under way at one moment. */
    private static final int MANY = 5;

    /** HAProxy notices that a backend is gone after three checks, 2 s apart. */
    private static final Duration ENOUGH = Duration.ofSeconds(4);

    private static final Duration LONGEST_OUT = Duration.ofSeconds(20);

    /** How long to look at a backend that is not expected to leave. */
    private static final Duration STAYS = Duration.ofSeconds(3);

    private final Path folder;
    private final Duration part;
    private int scenes;

    /**
     * @param folder for what backends note
     * @param part how long each stretch of load is
     */
    Faults(Path folder, Duration part) {
        this.folder = folder;
        this.part = part;
    }

    /** A file of its own for the next scene. */
    Path posts() {
        return folder.resolve("posts-" + ++scenes);
    }

    /** A folder of its own. */
    Path place() throws IOException {
        return Files.createDirectory(folder.resolve("place-" + ++scenes));
    }

    Duration part() {
        return part;
    }

    /** Lets this program become quick, client and balancer, answering and refusing: what is owed is owed by warm ones. */
    void warmUp() throws IOException, InterruptedException {
        try (Scene scene = Scene.start(posts(), "health: " + Scene.CHECKED);
                Load load = Load.start(scene.front(), new Load.Style(2_000, "/warm", 0))) {
            Scene.pause(Duration.ofSeconds(15));
            for (int i = 0; i < 3; i++) {
                scene.backend(i).kill();
            }
            Scene.pause(Duration.ofSeconds(5));
            load.finish();
        }
    }

    /** Nothing goes wrong. We, HAProxy and a backend by itself are asked in turns, so that each has the same machine. */
    Row steady() throws IOException, InterruptedException {
        try (Scene scene = Scene.start(posts(), "health: " + Scene.CHECKED);
                Peer haproxy = haproxy(scene);
                Load warm = Load.start(scene.front())) {
            Scene.pause(part.multipliedBy(2));
            warm.finish();
            List<Long> before = scene.status().stream().map(b -> b.requests()).toList();
            var ours = new ArrayList<Sample>();
            var peers = new ArrayList<Sample>();
            var straight = new ArrayList<Sample>();
            var backend = new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), scene.backend(0).port());
            for (int turn = 0; turn < 3; turn++) {
                ours.addAll(asked(scene.front(), "/steady/" + turn));
                straight.addAll(asked(backend, "/straight/" + turn));
                if (haproxy != null) {
                    peers.addAll(asked(haproxy.front(), "/peer/" + turn));
                }
            }
            double worst = 0;
            for (int i = 0; i < 3; i++) {
                double share = (double) (scene.status().get(i).requests() - before.get(i)) / ours.size();
                worst = Math.max(worst, Math.abs(share - 1.0 / 3));
            }
            String note = String.format(
                    Locale.ROOT,
                    "shares within %.1f %%; p99 of %s, of a backend by itself %.1f ms",
                    worst * 100,
                    beside(peers),
                    Row.p99(straight));
            return row("steady", "0 errors, p99 ≤ 3 ms", ours, scene, Times.NONE, worst * 100, Row.p99(peers), note);
        }
    }

    /** HAProxy before the same backends, if it is installed; only where there is time for it. */
    private @Nullable Peer haproxy(Scene scene) throws IOException, InterruptedException {
        if (part.compareTo(ENOUGH) < 0 || Peer.program(Peer.Kind.HAPROXY) == null) {
            return null;
        }
        return Peer.start(Peer.Kind.HAPROXY, place(), scene.ports());
    }

    /** The usual load on something, for one part. */
    private List<Sample> asked(InetSocketAddress whom, String path) throws InterruptedException {
        try (Load load = Load.start(whom, new Load.Style(300, path, 0))) {
            Scene.pause(part);
            load.finish();
            return load.samples();
        }
    }

    private static String beside(List<Sample> peers) {
        return peers.isEmpty() ? "HAProxy not measured" : String.format(Locale.ROOT, "HAProxy %.1f ms", Row.p99(peers));
    }

    /** Measured moments, in milliseconds. */
    record Times(long out, long quiet, long back, @Nullable String by) {
        static final Times NONE = new Times(Row.NONE, Row.NONE, Row.NONE, null);
    }

    private static Row row(
            String name,
            String owed,
            List<Sample> samples,
            Scene scene,
            Times times,
            double figure,
            double beside,
            String note)
            throws IOException {
        return new Row(
                name,
                owed,
                samples.size(),
                Row.errors(samples),
                Load.doubled(scene.posts()).size(),
                Row.p99(samples.stream().filter(Sample::ok).toList()),
                times.out(),
                times.quiet(),
                times.back(),
                times.by(),
                figure,
                beside,
                note);
    }

    /** Lets one of three backends suffer. */
    Row measure(Fault fault) throws IOException, InterruptedException {
        int index = 1;
        try (Scene scene = Scene.start(posts(), fault.pool())) {
            if (fault.before() != null) {
                fault.before().on(scene, index);
            }
            try (Load load = Load.start(scene.front())) {
                Scene.pause(part);
                long id = scene.engine().timeline().last();
                long began = scene.now();
                fault.act().on(scene, index);
                long out = scene.awaitTakes(index, false, fault.limit().outMillis() == Row.NONE ? STAYS : LONGEST_OUT);
                Scene.pause(part);
                // A backend that stays in gets something up to the end.
                long quiet = out < 0 ? Row.NONE : Row.millis(began, scene.lastGiven(index));
                String by = scene.takenOutBy(index, id);
                int waiting = load.waiting();
                long back = Row.NONE;
                if (fault.repair() != null) {
                    fault.repair().on(scene, index);
                    long repaired = scene.now();
                    long returned = scene.awaitTakes(index, true, fault.patience());
                    back = returned < 0 ? Row.NONE : Row.millis(repaired, returned);
                }
                Scene.pause(part);
                load.finish();
                var times = new Times(out < 0 ? Row.NONE : Row.millis(began, out), quiet, back, by);
                String note = (by == null ? "stays in rotation" : "taken out by: " + by)
                        + (waiting > MANY ? "; " + waiting + " waited for it until it went on" : "");
                return row(fault.name(), fault.owed(), load.samples(), scene, times, 0, 0, note);
            }
        }
    }

    /** All three are killed, and one comes back. */
    Row allDown() throws IOException, InterruptedException {
        try (Scene scene = Scene.start(posts(), "health: " + Scene.CHECKED);
                Peer haproxy = haproxy(scene);
                Load load = Load.start(scene.front())) {
            Scene.pause(part);
            long began = scene.now();
            for (int i = 0; i < 3; i++) {
                scene.backend(i).kill();
            }
            long out = 0;
            for (int i = 0; i < 3; i++) {
                out = Math.max(out, scene.awaitTakes(i, false, LONGEST_OUT));
            }
            Scene.pause(part.multipliedBy(2));
            load.finish();
            var samples = new ArrayList<Sample>(load.samples());
            long known = began + TimeUnit.MILLISECONDS.toNanos(Row.millis(began, out));
            List<Sample> refused =
                    samples.stream().filter(s -> !s.ok() && s.due() - known > 0).toList();
            // By now it has noticed, too.
            List<Sample> peers = haproxy == null ? List.of() : asked(haproxy.front(), "/peer");
            long served = servedAfter(scene, samples);
            String note = String.format(
                    Locale.ROOT,
                    "once out: %s, p99 %.1f ms, of %s",
                    Row.errors(refused).keySet(),
                    Row.p99(refused),
                    beside(peers));
            var times = new Times(Row.millis(began, out), Row.NONE, served, null);
            return row(
                    "all down",
                    "503 at once, p99 ≤ 5 ms; serving again in ≤ 0.7 s",
                    samples,
                    scene,
                    times,
                    Row.p99(refused),
                    Row.p99(peers),
                    note);
        }
    }

    /** Starts one backend under load; how soon it serves once it listens, in milliseconds, or that it did not. */
    private long servedAfter(Scene scene, List<Sample> samples) throws IOException, InterruptedException {
        try (Load load = Load.start(scene.front(), new Load.Style(300, "/again", 0))) {
            long returned = scene.restart(0);
            scene.awaitTakes(0, true, LONGEST_OUT);
            Scene.pause(part);
            load.finish();
            samples.addAll(load.samples());
            return load.samples().stream()
                    .filter(s -> s.ok() && s.due() + s.nanos() - returned > 0)
                    .mapToLong(s -> s.due() + s.nanos())
                    .min()
                    .stream()
                    .map(served -> Row.millis(returned, served))
                    .findFirst()
                    .orElse(Row.NONE);
        }
    }

    /** Ten reloads, of which each changes something: a backend, how it is checked, limits, or the pool as a whole. */
    Row reloaded() throws IOException, InterruptedException {
        try (Scene scene = Scene.start(posts(), "health: " + Scene.CHECKED);
                Load load = Load.start(scene.front())) {
            // Longer than others, so that the worst is not that of a cold start.
            Scene.pause(part.multipliedBy(2));
            long began = scene.now();
            long longest = 0;
            for (int i = 0; i < 10; i++) {
                String settings = "health: { http: /healthz, interval: " + (400 + 10 * i) + "ms }, drain: 5s";
                long before = scene.now();
                Reloaded reloaded = scene.reload(2 + i % 2, settings, i % 4 == 3 ? "site" : "app");
                longest = Math.max(longest, scene.now() - before);
                if (!(reloaded instanceof Reloaded.Done)) {
                    throw new IllegalStateException("not reloaded: " + reloaded);
                }
                Scene.pause(part.dividedBy(5));
            }
            Scene.pause(part);
            load.finish();
            List<Sample> during = load.samples().stream()
                    .filter(sample -> sample.due() - began > 0)
                    .toList();
            double max = during.stream().mapToLong(Sample::nanos).max().orElse(0) / 1e6;
            String note = String.format(
                    Locale.ROOT,
                    "max %.1f ms; a reload took at most %d ms",
                    max,
                    TimeUnit.NANOSECONDS.toMillis(longest));
            return row("10 reloads", "0 errors, p99 ≤ 10 ms, max ≤ 50 ms", during, scene, Times.NONE, max, 0, note);
        }
    }

    /** Three processes are ended and started anew, one after another. */
    Row deployed() throws IOException, InterruptedException {
        Path posts = posts();
        Path pids = Files.createDirectory(folder.resolve(posts.getFileName() + "-pids"));
        try (Scene scene = Scene.start(posts, "health: " + Scene.CHECKED);
                Restarts restarts = new Restarts(scene, pids, Duration.ofSeconds(10));
                Load load = Load.start(scene.front())) {
            Scene.pause(part);
            long began = scene.now();
            Rollout.Outcome outcome = restarts.run();
            long took = Row.millis(began, scene.now());
            Scene.pause(part);
            load.finish();
            String note = outcome.done() ? "in " + Row.seconds(took) : "failed: " + outcome.why() + restarts.said();
            return row("rolling deploy of all three", "0 errors", load.samples(), scene, Times.NONE, 0, 0, note);
        }
    }
}
