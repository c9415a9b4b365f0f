package dev.fairlead.server.cli;

import dev.fairlead.core.config.Config;
import dev.fairlead.core.config.Durations;
import dev.fairlead.core.config.HealthConfig;
import dev.fairlead.core.config.ListenerConfig;
import dev.fairlead.core.config.PoolConfig;
import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.server.admin.AdminServer;
import dev.fairlead.server.control.Engine;
import dev.fairlead.server.control.Status;
import dev.fairlead.server.control.Surroundings;
import dev.fairlead.server.control.Versions;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Runs an engine until it shall stop, and says what it does. For a command's own thread only. */
final class Serving {
    /** Exit code when the configuration cannot be used. */
    static final int BAD_CONFIG = 3;

    /** Exit code when it cannot start. */
    static final int CANNOT_START = 4;

    /** How long to wait for first verdicts before telling about them. */
    private static final Duration FIRST_CHECKS = Duration.ofSeconds(10);

    private static final Duration LOOK = Duration.ofMillis(20);

    private final PrintWriter err;

    private Serving(PrintWriter err) {
        this.err = err;
    }

    /**
     * Starts, says where everything is on {@code err}, and blocks until it was stopped; returns the exit code.
     *
     * @param world where what operators set is kept, and how the configuration is read anew
     */
    static int run(Config config, Surroundings world, Stop stop, PrintWriter err) {
        Logging.take();
        var serving = new Serving(err);
        try (Engine engine = Engine.start(config, world);
                AdminServer admin = AdminServer.start(engine, config.admin())) {
            stop.listen(() -> reload(engine));
            Status first = engine.status();
            serving.introduce(engine, admin, first);
            if (!judged(first)) {
                serving.awaitVerdicts(engine, stop);
            }
            stop.await();
            serving.say("stopping: " + plural(serving.active(engine), "request") + " in work, at most "
                    + Durations.format(engine.config().stop().grace()) + " for them");
            // Before the admin server closes, which says meanwhile that we are not ready.
            engine.stop(engine.config().stop().grace());
        } catch (IOException | IllegalStateException e) {
            serving.say("cannot start: " + e.getMessage());
            return CANNOT_START;
        } catch (InterruptedException e) {
            // Whoever interrupts wants an end, too.
            return 0;
        }
        return 0;
    }

    private static void reload(Engine engine) {
        try {
            // The log tells what came of it.
            var _ = engine.reloads().reload("SIGHUP");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void say(String line) {
        err.println("fairlead: " + line);
    }

    private void introduce(Engine engine, @Nullable AdminServer admin, Status first) {
        say(Versions.here().toString());
        String why = engine.transportWhy().isEmpty() ? "" : " (" + engine.transportWhy() + ")";
        say("transport " + engine.transport() + why + ", " + plural(engine.loops(), "event loop"));
        engine.addresses().forEach((name, address) -> {
            ListenerConfig listener = engine.config().listeners().get(name);
            boolean secure = listener != null && listener.tls() != null;
            say("listening on " + url(secure ? "https" : "http", address) + " (" + name + ")");
        });
        if (admin != null) {
            String url = url("http", admin.address());
            say("admin on " + url + " (status, metrics, readyz)");
        }
        for (Status.PoolStatus pool : first.pools()) {
            PoolConfig config = engine.config().pools().get(pool.name());
            if (config != null) {
                say(healthy(pool) + ", " + checks(config.health()));
            }
        }
    }

    /** Tells how many backends are healthy once each was checked, or after a while. */
    private void awaitVerdicts(Engine engine, Stop stop) throws InterruptedException {
        for (long left = FIRST_CHECKS.dividedBy(LOOK); left > 0; left--) {
            if (stop.await(LOOK)) {
                return;
            }
            if (judged(engine.status())) {
                break;
            }
        }
        engine.status().pools().forEach(pool -> say(healthy(pool)));
    }

    private static boolean judged(Status status) {
        return status.pools().stream()
                .flatMap(pool -> pool.backends().stream())
                .noneMatch(backend -> backend.state().health() == Health.UNCHECKED);
    }

    private static String healthy(Status.PoolStatus pool) {
        long healthy = pool.backends().stream()
                .filter(backend -> backend.state().health() == Health.UP)
                .count();
        return "pool " + pool.name() + ": " + healthy + " of " + plural(pool.members(), "backend") + " healthy";
    }

    private static String checks(HealthConfig health) {
        if (health.off()) {
            return "no health check";
        }
        String how = how(health);
        return "first check now, then every " + Durations.format(health.interval()) + " " + how;
    }

    private static String how(HealthConfig health) {
        HealthConfig.TcpCheck tcp = health.tcp();
        if (health.http() != null) {
            return "by " + health.http().method() + " " + health.http().path();
        } else if (health.tls() != null) {
            return "by a TLS handshake";
        } else if (health.exec() != null && !health.exec().command().isEmpty()) {
            return "by running " + health.exec().command().getFirst();
        } else if (tcp != null && tcp.expect() != null) {
            return "by what it says over TCP";
        }
        return "by connecting only, which a hung process passes: --health PATH (health: { http: PATH }) sees more";
    }

    private long active(Engine engine) {
        return engine.status().listeners().stream()
                .mapToLong(Status.ListenerStatus::active)
                .sum();
    }

    /** What to type into a browser on this machine. */
    static String url(String scheme, InetSocketAddress address) {
        if (address.getAddress() == null || address.getAddress().isAnyLocalAddress()) {
            return scheme + "://localhost:" + address.getPort() + "/, on every interface";
        }
        String host = address.getAddress().getHostAddress();
        return scheme + "://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort() + "/";
    }

    static String plural(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }
}
