package dev.fairlead.server.demo;

import dev.fairlead.core.config.Config;
import dev.fairlead.core.time.Ticker;
import dev.fairlead.server.admin.AdminServer;
import dev.fairlead.server.control.Engine;
import dev.fairlead.server.control.Surroundings;
import dev.fairlead.server.deploy.Plan;
import dev.fairlead.server.deploy.Progress;
import dev.fairlead.server.deploy.RemoteDoor;
import dev.fairlead.server.deploy.Rollout;
import dev.fairlead.server.deploy.Runner;
import dev.fairlead.server.load.Compose;
import dev.fairlead.server.load.Loaded;
import dev.fairlead.server.load.Loader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A rolling deploy of three real processes under steady load, through the same API and the same steps as {@code fairlead
 * deploy}. For one thread; whoever starts one closes it.
 */
public final class DeployDemo implements AutoCloseable {
    private static final int PER_SECOND = 200;
    private static final int BACKENDS = 3;
    private static final Duration GRACE = Duration.ofSeconds(2);
    private static final int TRIES_TO_GET_READY = 500;

    /**
     * What came of it.
     *
     * @param requests all of them; those that follow are a part of them
     * @param slow answers that took a second
     * @param upgraded connections that were upgraded and talked on
     * @param failed of every kind
     */
    public record Result(
            boolean done, String why, long requests, long slow, long uploads, long upgraded, long failed) {}

    /** Closed in reverse order. */
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();

    private final Map<Integer, TinyProcess> backends = new ConcurrentHashMap<>();
    private final Engine engine;
    private final AdminServer admin;
    private final SteadyLoad load;
    private final PatientLoad patient;

    private DeployDemo() throws IOException, InterruptedException {
        try {
            parts.push(() -> backends.values().forEach(TinyProcess::close));
            for (int i = 1; i <= BACKENDS; i++) {
                TinyProcess process = TinyProcess.start(0, "b" + i, "1");
                backends.put(process.port(), process);
            }
            engine = Engine.start(config(), Surroundings.system());
            parts.push(() -> engine.stop(GRACE));
            admin = Objects.requireNonNull(
                    AdminServer.start(engine, engine.config().admin()));
            parts.push(admin);
            awaitBackends();
            var front = engine.addresses().values().iterator().next();
            load = SteadyLoad.start(front, PER_SECOND, Ticker.system());
            parts.push(load);
            patient = PatientLoad.start(front);
            parts.push(patient);
        } catch (IOException | InterruptedException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Starts backends, balancer and load. */
    public static DeployDemo start() throws IOException, InterruptedException {
        return new DeployDemo();
    }

    private Config config() {
        String text = Compose.text(Map.of(
                "listeners", Map.of("front", Map.of("address", "127.0.0.1:0")),
                "pools",
                        Map.of(
                                "app",
                                Map.of(
                                        "backends",
                                        backends.keySet().stream()
                                                .sorted()
                                                .map(port -> "127.0.0.1:" + port)
                                                .toList(),
                                        "health",
                                        Map.of("http", "/healthz", "interval", "500ms"),
                                        "slow-start",
                                        "2s")),
                "admin", Map.of("address", "127.0.0.1:0"),
                "access-log", Map.of("to", "off")));
        return switch (Loader.parse(text, "demo", name -> null)) {
            case Loaded.Good good -> good.config();
            case Loaded.Bad bad -> throw new IllegalStateException("demo: " + bad.problems());
        };
    }

    private void awaitBackends() throws InterruptedException {
        for (int i = 0; i < TRIES_TO_GET_READY; i++) {
            if (engine.status().pools().getFirst().eligible() == BACKENDS) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    /** Where it is. */
    public InetSocketAddress front() {
        return engine.addresses().values().iterator().next();
    }

    /** Replaces version 1 by version 2 on all three, one after another; goes on to load them for a moment afterwards. */
    public Result deploy(Progress progress) throws InterruptedException {
        var plan = new Plan(
                "app",
                1,
                "{port}",
                null,
                null,
                null,
                2,
                "X-Version: 2",
                Duration.ofSeconds(30),
                0.5,
                Duration.ofSeconds(10),
                null,
                true);
        URI where = URI.create("http://127.0.0.1:" + admin.address().getPort());
        try (var door = new RemoteDoor(where, null)) {
            Rollout.Outcome outcome =
                    new Rollout(plan, door, new Restarts(), progress, Ticker.system(), "deploy-demo").run();
            TimeUnit.SECONDS.sleep(1);
            long requests = engine.status().listeners().getFirst().requests();
            PatientLoad.Counts counts = patient.counts();
            return new Result(
                    outcome.done(),
                    outcome.why(),
                    requests,
                    counts.slow(),
                    counts.uploads(),
                    counts.upgraded(),
                    load.errors() + counts.errors());
        }
    }

    /** Ends the process on a port and starts the next version there; the command is the port. */
    private final class Restarts implements Runner {
        @Override
        public int run(String command, Consumer<String> lines) throws InterruptedException {
            int port = Integer.parseInt(command);
            TinyProcess old = Objects.requireNonNull(backends.get(port), command);
            lines.accept("SIGTERM to version 1");
            old.close();
            try {
                backends.put(port, TinyProcess.start(port, "b" + port, "2"));
                lines.accept("version 2 is listening");
                return 0;
            } catch (IOException e) {
                lines.accept(String.valueOf(e.getMessage()));
                return 1;
            }
        }

        @Override
        public void end() {}
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
