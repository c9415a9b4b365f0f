package dev.fairlead.server.embed;

import dev.fairlead.core.config.Config;
import dev.fairlead.server.admin.AdminServer;
import dev.fairlead.server.control.Engine;
import dev.fairlead.server.control.Status;
import dev.fairlead.server.control.Surroundings;
import dev.fairlead.server.load.Loaded;
import dev.fairlead.server.load.Loader;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A load balancer inside a program.
 *
 * {@snippet :
 * try (Fairlead fairlead = Fairlead.builder()
 *         .listen("127.0.0.1:8080")
 *         .pool("app", pool -> pool.backend("10.0.0.1:3000").backend("10.0.0.2:3000").health("/healthz"))
 *         .start()) {
 *     ...
 * }
 * }
 *
 * <p>Thread-safe. Whoever starts it stops it. Its threads are daemons: it does not keep the program alive. It logs through SLF4J.
 */
public final class Fairlead implements AutoCloseable {
    private final Engine engine;
    private final @Nullable AdminServer admin;

    private Fairlead(Engine engine, @Nullable AdminServer admin) {
        this.engine = engine;
        this.admin = admin;
    }

    /** A configuration to be written in code. Without access log and admin address, unless it asks for them. */
    public static FairleadBuilder builder() {
        return new FairleadBuilder();
    }

    /**
     * Starts what a configuration file says.
     *
     * @throws InvalidConfigException with every problem of the file
     * @throws IOException when an address cannot be bound
     */
    public static Fairlead fromFile(Path file) throws IOException {
        return start(Loader.load(file));
    }

    /**
     * Starts what the text of a configuration file says.
     *
     * @throws InvalidConfigException with every problem of the text
     * @throws IOException when an address cannot be bound
     */
    public static Fairlead fromText(String text) throws IOException {
        return start(Loader.parse(text, "", System::getenv));
    }

    static Fairlead start(Loaded loaded) throws IOException {
        return switch (loaded) {
            case Loaded.Good good -> start(good.config());
            case Loaded.Bad bad -> throw new InvalidConfigException(bad.problems());
        };
    }

    private static Fairlead start(Config config) throws IOException {
        try {
            Engine engine = Engine.start(config, Surroundings.system());
            try {
                return new Fairlead(engine, AdminServer.start(engine, config.admin()));
            } catch (IOException | InterruptedException | RuntimeException e) {
                engine.stop(Duration.ZERO);
                throw e;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while starting");
        }
    }

    /** Where the first listener listens, with the port that was really bound. */
    public InetSocketAddress address() {
        return addresses().values().iterator().next();
    }

    /** Where each listener listens, by name, with the ports that were really bound. */
    public Map<String, InetSocketAddress> addresses() {
        return engine.addresses();
    }

    /** Where metrics and status are; {@code null} without. */
    public @Nullable InetSocketAddress adminAddress() {
        return admin == null ? null : admin.address();
    }

    /** A picture of the whole at this moment: listeners, pools, backends with their state, counts and times. */
    public Status status() {
        return engine.status();
    }

    /**
     * Stops: listeners close, requests in work finish, and what is left after {@code grace} is cut. Blocks until nothing
     * is left running. A second call does nothing.
     */
    public void stop(Duration grace) throws InterruptedException {
        engine.stop(grace);
        // Last, so that whoever asks it meanwhile hears that we are stopping.
        if (admin != null) {
            admin.close();
        }
    }

    /** Stops with the configured grace. */
    @Override
    public void close() {
        engine.close();
        if (admin != null) {
            admin.close();
        }
    }
}
