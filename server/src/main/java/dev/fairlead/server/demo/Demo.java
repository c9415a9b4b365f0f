package dev.fairlead.server.demo;

import dev.fairlead.core.config.Address;
import dev.fairlead.core.config.AdminConfig;
import dev.fairlead.core.config.Config;
import dev.fairlead.core.time.Ticker;
import dev.fairlead.server.admin.AdminServer;
import dev.fairlead.server.control.Engine;
import dev.fairlead.server.control.Surroundings;
import dev.fairlead.server.load.Compose;
import dev.fairlead.server.load.Loaded;
import dev.fairlead.server.load.Loader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Three backends, one of them slow, Fairlead in front, and some load, all in this process.
 *
 * <p>Confined to the thread that started it, but for what its parts do by themselves. Closing it ends everything.
 */
public final class Demo implements AutoCloseable {
    private static final int PER_SECOND = 200;
    private static final int FRONT_PORT = 8080;
    private static final int ADMIN_PORT = 7900;
    private static final int PORTS_TO_TRY = 100;
    private static final Duration SLOW_BACKEND = Duration.ofMillis(80);
    private static final Duration SLOWED = Duration.ofMillis(500);
    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final int TRIES_TO_GET_READY = 200;

    /** Closed in reverse order. */
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();

    private final List<TinyBackend> backends = new ArrayList<>();
    private final Engine engine;
    private final @Nullable AdminServer admin;
    private final Remote remote;
    private final LiveLine line;

    private Demo(@Nullable Integer port) throws IOException, InterruptedException {
        try {
            backends.add(part(TinyBackend.start("b1", Duration.ZERO)));
            backends.add(part(TinyBackend.start("b2", Duration.ZERO)));
            backends.add(part(TinyBackend.start("b3", SLOW_BACKEND)));
            remote = part(Remote.start(backends, SLOWED));
            engine = engine(port);
            // Not the engine itself: that would wait for the whole grace of its configuration.
            part(() -> engine.stop(GRACE));
            admin = admin(port != null && port == 0);
            if (admin != null) {
                part(admin);
            }
            awaitBackends();
            SteadyLoad load = part(SteadyLoad.start(front(), PER_SECOND, Ticker.system()));
            line = new LiveLine(engine, backends, load);
        } catch (IOException | InterruptedException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Starts it all.
     *
     * @param port where the front door shall be; without it 8080, or the next one that is free
     * @throws IOException when {@code port} is taken, or no port is left
     */
    public static Demo start(@Nullable Integer port) throws IOException, InterruptedException {
        return new Demo(port);
    }

    private <T extends AutoCloseable> T part(T part) {
        parts.push(part);
        return part;
    }

    private Engine engine(@Nullable Integer wanted) throws IOException, InterruptedException {
        if (wanted != null) {
            return Engine.start(config(wanted), Surroundings.system());
        }
        IOException last =
                new IOException("no port from " + FRONT_PORT + " to " + (FRONT_PORT + PORTS_TO_TRY - 1) + " is free");
        for (int port = FRONT_PORT; port < FRONT_PORT + PORTS_TO_TRY; port++) {
            // Looking first is cheaper than starting an engine that cannot listen.
            if (isFree(port)) {
                try {
                    return Engine.start(config(port), Surroundings.system());
                } catch (IOException e) {
                    // Taken since we looked: the next one.
                    last = e;
                }
            }
        }
        throw last;
    }

    /** On its usual port if that is free. */
    private @Nullable AdminServer admin(boolean anyPort) throws IOException, InterruptedException {
        if (!anyPort) {
            try {
                return AdminServer.start(engine, new AdminConfig(new Address("127.0.0.1", ADMIN_PORT), true));
            } catch (IOException e) {
                // Taken: any other will do.
            }
        }
        return AdminServer.start(engine, new AdminConfig(new Address("127.0.0.1", 0), true));
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress("127.0.0.1", port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private Config config(int port) {
        // Everything much quicker than one would have it in earnest: whatever happens shows within a second.
        Map<String, Object> pool = Map.of(
                "backends", backends.stream().map(TinyBackend::address).toList(),
                "health",
                        Map.of(
                                "http", "/healthz",
                                "interval", "200ms",
                                "fast-interval", "100ms",
                                "timeout", "2s",
                                "fall", 2,
                                "rise", 2),
                // Its slow backend is there to be seen at work, not to be taken out for it.
                "eject", Map.of("consecutive", 5, "slower", 0, "time", "500ms", "max-time", "500ms"));
        String text = Compose.text(Map.of(
                "listeners", Map.of("front", Map.of("address", "127.0.0.1:" + port)),
                "pools", Map.of("app", pool),
                "admin", Map.of("enabled", false),
                "access-log", Map.of("to", "off")));
        return switch (Loader.parse(text, "demo", name -> null)) {
            case Loaded.Good good -> good.config();
            case Loaded.Bad bad -> throw new IllegalStateException("demo: " + bad.problems());
        };
    }

    /** Waits a moment for the first checks, so that the demo does not begin with errors. */
    private void awaitBackends() throws InterruptedException {
        for (int i = 0; i < TRIES_TO_GET_READY; i++) {
            if (engine.status().pools().getFirst().eligible() == backends.size()) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    /** Where the front door is. */
    public InetSocketAddress front() {
        return engine.addresses().values().iterator().next();
    }

    /** Such as {@code http://127.0.0.1:4000}: where backends are stopped, slowed and restored. */
    public String remote() {
        return remote.url();
    }

    /** What there is and what to try. */
    public String introduction() {
        String front = "http://127.0.0.1:" + front().getPort() + "/";
        String own = admin == null ? "" : "http://127.0.0.1:" + admin.address().getPort() + "/";
        var text = new StringBuilder();
        text.append("Fairlead demo: three backends, one front door, ")
                .append(PER_SECOND)
                .append(" requests a second.\n\n");
        text.append("  front door   ")
                .append(front)
                .append("   try: curl -i ")
                .append(front)
                .append('\n');
        text.append("  admin        ")
                .append(own)
                .append("   try: curl '")
                .append(own)
                .append("status?pretty'\n");
        text.append("  backends     ");
        for (TinyBackend backend : backends) {
            text.append(backend.name()).append(' ').append(backend.address());
            text.append(
                    backend.delay().isPositive() ? " (slow: " + backend.delay().toMillis() + " ms)" : "   ");
        }
        text.append("\n\nFrom another terminal, with b1, b2 or b3:\n\n");
        text.append("  stop         curl -X POST ").append(remote()).append("/b2/stop\n");
        text.append("  slow down    curl -X POST ").append(remote()).append("/b2/slow\n");
        text.append("  restore      curl -X POST ").append(remote()).append("/b2/restore\n");
        return text.append("\nCtrl-C ends everything.\n").toString();
    }

    /** What happened since the last call, in one line. */
    public String line(boolean colour) {
        return line.next(colour);
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                // The others must end all the same.
            }
        }
    }
}
