package dev.fairlead.server.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.server.Configs;
import dev.fairlead.server.Raw;
import dev.fairlead.server.control.Status.BackendStatus;
import dev.fairlead.server.demo.TinyBackend;
import dev.fairlead.server.load.Loader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** Two backends, and engines in front of them that read their configuration anew when the test has written another. */
final class ReloadScene implements AutoCloseable {
    static final String GET = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    static final String LISTENERS = "web: { address: \"127.0.0.1:0\" }";

    final TinyBackend one;
    final TinyBackend two;
    private volatile String text = "";

    ReloadScene() throws IOException {
        one = TinyBackend.start("one", Duration.ZERO);
        two = TinyBackend.start("two", Duration.ZERO);
    }

    @Override
    public void close() {
        one.close();
        two.close();
    }

    static String config(String listeners, String routes, String pools) {
        return """
                listeners: { %s }
                routes: [%s]
                pools: { %s }
                admin: { enabled: false }
                access-log: { to: off }
                runtime: { loops: 2 }
                """.formatted(listeners, routes, pools);
    }

    /** One listener before one pool with these settings. */
    static String app(String settings) {
        return config(LISTENERS, "{ forward: app }", "app: { " + settings + " }");
    }

    String both() {
        return "backends: [\"" + one.address() + "\", \"" + two.address() + "\"]";
    }

    static String only(TinyBackend backend) {
        return "backends: [\"" + backend.address() + "\"]";
    }

    /** An engine whose backends all take work. */
    Engine start(String config) throws IOException, InterruptedException {
        text = config;
        Engine engine = Engine.start(
                Configs.of(config), Surroundings.system().reading(() -> Loader.parse(text, "test.yaml", name -> null)));
        await().until(() -> engine.status().pools().stream().allMatch(pool -> pool.eligible() == pool.members()));
        return engine;
    }

    /** What the next reload reads. */
    void write(String config) {
        text = config;
    }

    Reloaded reload(Engine engine, String config) throws InterruptedException {
        write(config);
        return engine.reloads().reload("test");
    }

    /** What a reload that has to succeed says it changed. */
    List<String> changes(Engine engine, String config) throws InterruptedException {
        Reloaded reloaded = reload(engine, config);
        assertThat(reloaded).isInstanceOf(Reloaded.Done.class);
        return ((Reloaded.Done) reloaded).changes();
    }

    static InetSocketAddress front(Engine engine) {
        return Objects.requireNonNull(engine.addresses().get("web"));
    }

    static String hello(Engine engine) throws IOException {
        return Raw.get(front(engine), "/");
    }

    static BackendStatus statusOf(Engine engine, TinyBackend backend) {
        return engine.status().pools().stream()
                .flatMap(pool -> pool.backends().stream())
                .filter(b -> b.address().equals(backend.address()))
                .findFirst()
                .orElseThrow();
    }
}
