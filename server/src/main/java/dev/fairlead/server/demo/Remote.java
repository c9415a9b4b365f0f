package dev.fairlead.server.demo;

import dev.fairlead.server.demo.TinyServer.Answer;
import dev.fairlead.server.demo.TinyServer.Request;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Stops, slows and restores the demo's backends by POST, from another terminal. Thread-safe. Requests from web pages are
 * refused: a browser always says where they come from.
 */
final class Remote implements AutoCloseable {
    private static final Pattern PATH = Pattern.compile("/([a-z0-9]+)/(stop|slow|restore)");

    private final List<TinyBackend> backends;
    private final Duration slow;
    private final TinyServer server;

    private Remote(List<TinyBackend> backends, Duration slow) throws IOException {
        this.backends = List.copyOf(backends);
        this.slow = slow;
        this.server = TinyServer.start("demo-remote", this::answer);
    }

    /** Starts it on a free port. */
    static Remote start(List<TinyBackend> backends, Duration slow) throws IOException {
        return new Remote(backends, slow);
    }

    /** Such as {@code http://127.0.0.1:4000}. */
    String url() {
        return "http://127.0.0.1:" + server.port();
    }

    private Answer answer(Request request) {
        if (request.fields().containsKey("origin")) {
            return new Answer(403, "", "web pages are refused\n");
        }
        Matcher path = PATH.matcher(request.path());
        TinyBackend backend = path.matches() ? find(path.group(1)) : null;
        if (backend == null) {
            return new Answer(404, "", "expected: POST /b1/stop, /b1/slow or /b1/restore\n");
        }
        if (!request.method().equals("POST")) {
            return new Answer(405, "Allow: POST\r\n", "expected: POST (curl -X POST)\n");
        }
        try {
            return new Answer(200, "", backend.name() + " " + act(backend, path.group(2)) + "\n");
        } catch (IOException e) {
            return new Answer(500, "", backend.name() + ": " + e.getMessage() + "\n");
        }
    }

    private @Nullable TinyBackend find(String name) {
        return backends.stream()
                .filter(backend -> backend.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private String act(TinyBackend backend, String verb) throws IOException {
        switch (verb) {
            case "stop" -> {
                backend.stop();
                return "is stopped: its port refuses connections";
            }
            case "slow" -> {
                backend.slow(slow);
                return "now takes " + slow.toMillis() + " ms for an answer";
            }
            default -> {
                backend.restore();
                return "is as it was in the beginning";
            }
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
