package dev.fairlead.server.admin;

import dev.fairlead.core.config.Address;
import dev.fairlead.core.config.AdminConfig;
import dev.fairlead.server.Configs;
import dev.fairlead.server.Raw;
import dev.fairlead.server.control.Engine;
import dev.fairlead.server.control.Surroundings;
import dev.fairlead.server.load.Loader;
import dev.fairlead.testkit.Message;
import dev.fairlead.testkit.RawClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An engine with its admin side, asked over plain sockets. */
record Api(Engine engine, AdminServer admin) implements AutoCloseable {
    static Api start(String pools) throws IOException, InterruptedException {
        return start(pools, Limits.usual());
    }

    static Api start(String pools, Limits limits) throws IOException, InterruptedException {
        return start(pools, limits, new AdminConfig(new Address("127.0.0.1", 0), true));
    }

    static Api start(String pools, Limits limits, AdminConfig config) throws IOException, InterruptedException {
        String text = """
                        listeners: { web: { address: "127.0.0.1:0" } }
                        pools: { %s }
                        routes: [{ forward: app }]
                        access-log: { to: off }
                        """.formatted(pools);
        var next = new AtomicInteger();
        // Anew it is the same, then it is invalid, then it names a backend that cannot be found.
        List<String> anew =
                List.of(text, "pools: {}", text.replace("backends: [", "backends: [\"no.such.invalid:1\", "));
        Engine engine = Engine.start(
                Configs.of(text),
                Surroundings.system()
                        .reading(() -> Loader.parse(anew.get(next.getAndIncrement() % 3), "test.yaml", name -> null)));
        return new Api(engine, AdminServer.start(engine, config, limits));
    }

    InetSocketAddress at() {
        return admin.address();
    }

    InetSocketAddress front() {
        return engine.addresses().get("web");
    }

    /** Asks on a connection of its own; {@code fields} are lines, each with its end. */
    Message ask(String method, String path, String fields, String body) throws IOException {
        try (RawClient client = RawClient.connect(at())) {
            client.send(Raw.crlf(head(method, path, fields, body)) + body);
            return method.equals("HEAD") ? client.answerToHead() : client.answer();
        }
    }

    static String head(String method, String path, String fields, String body) {
        String framing =
                body.isEmpty() ? "" : "Content-Type: application/json\nContent-Length: " + body.length() + "\n";
        return method + " " + path + " HTTP/1.1\nHost: localhost\n" + fields + framing + "\n";
    }

    Message get(String path) throws IOException {
        return ask("GET", path, "", "");
    }

    Message put(String path, String body) throws IOException {
        return ask("PUT", path, "", body);
    }

    Message post(String path, String body) throws IOException {
        return ask("POST", path, "", body);
    }

    Message delete(String path) throws IOException {
        return ask("DELETE", path, "", "");
    }

    static JsonNode json(Message answer) {
        return JsonMapper.shared().readTree(answer.body().getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public void close() {
        admin.close();
        try {
            engine.stop(Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
