package dev.fairlead.server.demo;

import dev.fairlead.server.demo.TinyServer.Answer;
import dev.fairlead.server.demo.TinyServer.Request;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A backend that answers every request with its name, after a delay; {@code /healthz} is answered at once. It can be
 * stopped, slowed and restored. Thread-safe.
 */
public final class TinyBackend implements AutoCloseable {
    private final String name;
    private final Duration usualDelay;
    private final TinyServer server;
    private volatile Duration delay;

    private TinyBackend(String name, Duration delay) throws IOException {
        this.name = name;
        this.usualDelay = delay;
        this.delay = delay;
        this.server = TinyServer.start(name, this::answer);
    }

    /** Starts one on a free port of 127.0.0.1. */
    public static TinyBackend start(String name, Duration delay) throws IOException {
        return new TinyBackend(name, delay);
    }

    private Answer answer(Request request) throws InterruptedException {
        if (request.path().equals("/healthz")) {
            return new Answer(200, "", "fine\n");
        }
        Duration now = delay;
        if (now.isPositive()) {
            TimeUnit.NANOSECONDS.sleep(now.toNanos());
        }
        return new Answer(200, "X-Backend: " + name + "\r\n", "Hello from " + name + ".\n");
    }

    public String name() {
        return name;
    }

    public int port() {
        return server.port();
    }

    /** Such as {@code 127.0.0.1:3000}. */
    public String address() {
        return "127.0.0.1:" + port();
    }

    /** How long it takes for an answer at present. */
    public Duration delay() {
        return delay;
    }

    public boolean running() {
        return server.running();
    }

    /** From now on every answer takes {@code newDelay}. */
    public void slow(Duration newDelay) {
        delay = newDelay;
    }

    /** Stops for real: its port refuses connections, and those that are open are closed. */
    public void stop() {
        server.stop();
    }

    /**
     * As it was in the beginning: running, with its first delay.
     *
     * @throws IOException when something else has taken its port meanwhile
     */
    public void restore() throws IOException {
        delay = usualDelay;
        server.restart();
    }

    @Override
    public void close() {
        stop();
    }
}
