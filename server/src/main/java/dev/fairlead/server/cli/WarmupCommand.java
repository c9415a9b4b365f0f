package dev.fairlead.server.cli;

import dev.fairlead.core.config.Config;
import dev.fairlead.core.config.Problem;
import dev.fairlead.server.admin.AdminServer;
import dev.fairlead.server.control.Engine;
import dev.fairlead.server.control.Surroundings;
import dev.fairlead.server.demo.TinyBackend;
import dev.fairlead.server.demo.TinyClient;
import dev.fairlead.server.load.Compose;
import dev.fairlead.server.load.Loaded;
import dev.fairlead.server.load.Loader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;

/**
 * {@code fairlead warmup}: does for a moment what a server does, so that the JVM can learn from it what to keep for the
 * next start. Run by the launcher.
 */
@Command(name = "warmup", hidden = true, description = "Train the JVM's start-up cache: for the launcher.")
final class WarmupCommand implements Callable<Integer> {
    private static final int REQUESTS = 1500;
    private static final int EACH_CONNECTION = 50;
    private static final int TRIES = 100;

    private static final byte[] GET = TinyClient.get("/things/1");
    private static final byte[] POST = ("POST /things?a=b HTTP/1.1\r\nHost: localhost\r\nUser-Agent: warmup\r\n"
                    + "Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello")
            .getBytes(StandardCharsets.ISO_8859_1);

    /** As people write files: what is composed looks different to the parser. */
    private static final String BY_HAND = """
            listeners:
              web: { address: ":8080" }
            pools:
              app:
                backends: [127.0.0.1:3000, "127.0.0.1:3001"]
                health: { http: /healthz } # a comment
            """;

    private final Shell shell;

    WarmupCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Logging.take();
        try (TinyBackend one = TinyBackend.start("one", Duration.ZERO);
                TinyBackend two = TinyBackend.start("two", Duration.ZERO)) {
            Loader.parse(BY_HAND, "warmup", shell.environment());
            String text = composed(one, two);
            return switch (Loader.parse(text, "warmup", shell.environment())) {
                case Loaded.Good(Config config, List<Problem> warnings) -> train(config);
                case Loaded.Bad(List<Problem> problems) -> throw new IllegalStateException("warmup: " + problems);
            };
        }
    }

    private static String composed(TinyBackend one, TinyBackend two) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("listeners", Map.of("web", Map.of("address", "127.0.0.1:0")));
        config.put(
                "pools",
                Map.of(
                        "app",
                        Map.of(
                                "backends",
                                List.of(one.address(), two.address()),
                                "health",
                                Map.of("http", "/healthz"))));
        config.put("admin", Map.of("address", "127.0.0.1:0"));
        return Compose.text(config);
    }

    private static int train(Config config) throws IOException, InterruptedException {
        // Access-log lines are written, but not to where the launcher's output goes.
        var world = Surroundings.system();
        var quiet = new Surroundings(
                world.ticker(), world.wall(), world.seeds(), OutputStream.nullOutputStream(), null, null, null);
        try (Engine engine = Engine.start(config, quiet);
                AdminServer admin = AdminServer.start(engine, config.admin())) {
            InetSocketAddress front = engine.addresses().values().iterator().next();
            for (int i = 0; i < TRIES && engine.status().pools().getFirst().eligible() == 0; i++) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
            if (engine.status().pools().getFirst().eligible() == 0) {
                return 1;
            }
            int good = 0;
            for (int done = 0; done < REQUESTS; done += EACH_CONNECTION) {
                good += converse(front, done / EACH_CONNECTION % 2 == 0 ? GET : POST, EACH_CONNECTION);
            }
            if (admin != null) {
                converse(admin.address(), TinyClient.get("/status"), 2);
                converse(admin.address(), TinyClient.get("/metrics"), 2);
            }
            serve(config);
            return good > 0 ? 0 : 1;
        }
    }

    /** What {@code run} does around an engine, ended as soon as it has begun. */
    private static void serve(Config config) {
        Stop over = Stop.byCall();
        over.now();
        Serving.run(config, Surroundings.system(), over, new PrintWriter(Writer.nullWriter()));
    }

    /** The same request some times on one connection; returns how many were answered with 200. */
    private static int converse(InetSocketAddress to, byte[] request, int times) throws IOException {
        int good = 0;
        try (TinyClient client = TinyClient.connect(to)) {
            for (int i = 0; i < times && client.open(); i++) {
                good += client.ask(request) == 200 ? 1 : 0;
            }
        }
        return good;
    }
}
