package dev.fairlead.e2e.faults;

import dev.fairlead.core.config.Config;
import dev.fairlead.core.health.Event;
import dev.fairlead.core.health.Event.Kind;
import dev.fairlead.core.time.Ticker;
import dev.fairlead.server.control.Engine;
import dev.fairlead.server.control.Reloaded;
import dev.fairlead.server.control.Status.BackendStatus;
import dev.fairlead.server.control.Surroundings;
import dev.fairlead.server.control.Timeline;
import dev.fairlead.server.load.Loaded;
import dev.fairlead.server.load.Loader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An engine with three backends as processes, and an eye on what it gives to whom. Closing it ends all of it.
 *
 * <p>Moments are nanoseconds of {@link #now}.
 */
final class Scene implements AutoCloseable {
    /** How checks are made in the table of what is owed. */
    static final String CHECKED = "{ http: /healthz, interval: 500ms }";

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration LOOK = Duration.ofMillis(4);

    private final Ticker ticker = Ticker.system();
    private final Path posts;
    private final List<BackendProcess> backends = new ArrayList<>();
    private final Thread eye;
    private final Engine engine;
    private volatile String text;

    /** What the eye saw last; each is replaced as a whole. */
    private volatile List<Seen> seen = List.of();

    /**
     * @param given how many uses so far
     * @param lastGiven when that last grew
     */
    private record Seen(long given, long lastGiven, boolean takes) {}

    private Scene(Path posts, String pool) throws IOException, InterruptedException {
        this.posts = posts;
        for (int i = 0; i < 3; i++) {
            backends.add(BackendProcess.start(0, posts));
        }
        this.text = text("app: { backends: [" + ports(3) + "], " + pool + " }", "");
        this.engine = Engine.start(
                config(text), Surroundings.system().reading(() -> Loader.parse(text, "scene.yaml", name -> null)));
        this.eye = Thread.ofPlatform().daemon().name("scene-eye").start(this::watch);
    }

    /**
     * Starts one and waits until all three take work.
     *
     * @param posts where backends note what was posted to them
     * @param pool further settings of the pool, such as {@code health: …}
     */
    static Scene start(Path posts, String pool) throws IOException, InterruptedException {
        var scene = new Scene(posts, pool);
        for (int i = 0; i < 3; i++) {
            if (scene.awaitTakes(i, true, PATIENCE) < 0) {
                scene.close();
                throw new IOException("a backend did not come up");
            }
        }
        return scene;
    }

    /** Where the three backends listen. */
    List<Integer> ports() {
        return backends.stream().map(BackendProcess::port).toList();
    }

    private String ports(int count) {
        return backends.stream()
                .limit(count)
                .map(b -> Integer.toString(b.port()))
                .collect(Collectors.joining(", "));
    }

    private static String text(String pools, String more) {
        return "listeners: { web: { address: \"127.0.0.1:0\" } }\npools: { " + pools + " }\n" + more
                + "admin: { enabled: false }\naccess-log: { to: \"off\" }\n";
    }

    /**
     * Another configuration for the same load.
     *
     * @param count how many of the three backends are in it
     * @param pool further settings of the pool
     * @param name of the pool
     */
    Reloaded reload(int count, String pool, String name) throws InterruptedException {
        String other = "other: { backends: [" + ports(1) + "] }";
        text = text(
                name + ": { backends: [" + ports(count) + "], " + pool + " }, " + other,
                "routes: [{ forward: " + name + " }, { match: { path: /other }, forward: other }]\n");
        return engine.reloads().reload("the scene");
    }

    static Config config(String text) {
        return switch (Loader.parse(text, "scene.yaml", name -> null)) {
            case Loaded.Good good -> good.config();
            case Loaded.Bad bad -> throw new IllegalArgumentException(String.valueOf(bad.problems()));
        };
    }

    private void watch() {
        try {
            while (true) {
                List<BackendStatus> status = status();
                long now = now();
                List<Seen> before = seen;
                var after = new ArrayList<Seen>();
                for (int i = 0; i < status.size(); i++) {
                    BackendStatus backend = status.get(i);
                    Seen last = i < before.size() ? before.get(i) : new Seen(0, now, false);
                    long when = backend.requests() > last.given() ? now : last.lastGiven();
                    after.add(new Seen(backend.requests(), when, backend.takesNew()));
                }
                seen = after;
                TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    long now() {
        return ticker.nanos();
    }

    Engine engine() {
        return engine;
    }

    List<BackendStatus> status() {
        return engine.status().pools().getFirst().backends();
    }

    InetSocketAddress front() {
        return Objects.requireNonNull(engine.addresses().get("web"));
    }

    Path posts() {
        return posts;
    }

    BackendProcess backend(int index) {
        return backends.get(index);
    }

    /** Starts one anew that was killed, at the same place; returns when it listened. */
    long restart(int index) throws IOException {
        backends.set(index, BackendProcess.start(backends.get(index).port(), posts));
        return now();
    }

    /** When this backend was last given something. */
    long lastGiven(int index) {
        return seen.get(index).lastGiven();
    }

    /** Waits until a backend takes new work, or does not; returns when, or -1 when that did not come. */
    long awaitTakes(int index, boolean wanted, Duration patience) throws InterruptedException {
        long end = now() + patience.toNanos();
        while (end - now() > 0) {
            List<Seen> last = seen;
            if (!last.isEmpty() && last.get(index).takes() == wanted) {
                return now();
            }
            TimeUnit.MILLISECONDS.sleep(2);
        }
        return -1;
    }

    /** What took a backend out, after everything up to {@code id} on the timeline; {@code null} when nothing did. */
    @Nullable
    String takenOutBy(int index, long id) {
        String address = status().get(index).address();
        for (Timeline.Entry entry : engine.timeline().after(id, 1_000)) {
            Event event = entry.event();
            if (event.kind() == Kind.HEALTH
                    && event.before().equals("up")
                    && event.subject().endsWith(address)) {
                return cause(event);
            }
        }
        return null;
    }

    private static String cause(Event event) {
        String why = event.why();
        if (event.after().equals("down")) {
            return "check";
        } else if (why.contains("in a row")) {
            return "row of failures";
        } else if (why.contains("requests failed in")) {
            return "share of errors";
        } else if (why.contains("answered none")) {
            return "silence";
        }
        if (why.contains(" to begin, ")) {
            return "slowness";
        }
        return why;
    }

    static void pause(Duration time) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
    }

    @Override
    public void close() {
        eye.interrupt();
        try {
            eye.join(Duration.ofSeconds(2));
            engine.stop(Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        backends.forEach(BackendProcess::close);
    }
}
