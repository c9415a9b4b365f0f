package dev.fairlead.server.control;

import static dev.fairlead.server.control.ReloadScene.GET;
import static dev.fairlead.server.control.ReloadScene.LISTENERS;
import static dev.fairlead.server.control.ReloadScene.app;
import static dev.fairlead.server.control.ReloadScene.config;
import static dev.fairlead.server.control.ReloadScene.front;
import static dev.fairlead.server.control.ReloadScene.hello;
import static dev.fairlead.server.control.ReloadScene.only;
import static dev.fairlead.server.control.ReloadScene.statusOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.server.Configs;
import dev.fairlead.server.Raw;
import dev.fairlead.server.demo.TinyBackend;
import dev.fairlead.testkit.RawClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a reload changes and what it leaves alone as a whole, and of listeners and routes, through sockets. */
class ReloadTest {
    private ReloadScene scene;
    private TinyBackend one;
    private TinyBackend two;

    @BeforeEach
    void startBackends() throws IOException {
        scene = new ReloadScene();
        one = scene.one;
        two = scene.two;
    }

    @AfterEach
    void stopBackends() {
        scene.close();
    }

    @Test
    void aReloadWithoutADifferenceChangesNothing() throws Exception {
        String same = app(
                scene.both() + ", health: { http: { path: /healthz, status: 200-299 } }, retries: { statuses: 503 }");
        try (Engine engine = scene.start(same)) {
            assertThat(scene.changes(engine, same)).isEmpty();
            assertThat(engine.status().reloads().counts()).containsEntry(Reloads.Ending.DONE, 1L);
        }
    }

    @Test
    void requestsGoOnWithoutAnErrorAcrossTenReloadsThatReplaceBackendsPoolsAndRoutes() throws Exception {
        try (Engine engine = scene.start(app(only(one)));
                RawClient kept = RawClient.connect(front(engine))) {
            var over = new CompletableFuture<Boolean>();
            var asked = CompletableFuture.supplyAsync(() -> {
                int count = 0;
                try {
                    while (!over.isDone()) {
                        assertThat(kept.send(GET).answer().status()).isEqualTo(200);
                        assertThat(hello(engine)).startsWith("HTTP/1.1 200 ");
                        count++;
                    }
                } catch (IOException e) {
                    throw new AssertionError("after " + count, e);
                }
                return count;
            });
            for (int i = 0; i < 10; i++) {
                TinyBackend next = i % 2 == 0 ? two : one;
                String pool = "pool" + i;
                String config = i % 3 == 2
                        ? config(LISTENERS, "{ forward: " + pool + " }", pool + ": { " + only(next) + " }")
                        : app(only(next) + ", health: { http: /healthz }");
                assertThat(scene.changes(engine, config)).isNotEmpty();
                assertThat(hello(engine)).contains("Hello from " + next.name());
            }
            over.complete(true);
            assertThat(asked.get(10, TimeUnit.SECONDS)).isPositive();
        }
    }

    @Test
    void aBadFileChangesNothingAndIsReportedAsCheckPrintsIt() throws Exception {
        try (Engine engine = scene.start(app(only(one)))) {
            Reloaded reloaded = scene.reload(engine, app(only(two) + ", balance: best, drain: soon"));
            assertThat(reloaded).isInstanceOf(Reloaded.Invalid.class);
            assertThat(Reloads.report(((Reloaded.Invalid) reloaded).problems()))
                    .contains("test.yaml:3:")
                    .contains("2 errors");
            assertThat(hello(engine)).contains("Hello from one.");
            Reloads.Picture picture = engine.status().reloads();
            assertThat(picture.counts()).containsEntry(Reloads.Ending.INVALID, 1L);
            assertThat(Objects.requireNonNull(picture.last()).detail()).isEqualTo("2 errors, 1 warning");
        }
    }

    @Test
    void aNameThatCannotBeResolvedRefusesTheWhole() throws Exception {
        try (Engine engine = scene.start(app(only(one)))) {
            assertThat(scene.reload(engine, app("backends: [\"no.such.invalid:80\"]")))
                    .isEqualTo(new Reloaded.Refused(
                            "backend no.such.invalid:80: the name no.such.invalid cannot be resolved"));
            assertThat(hello(engine)).contains("Hello from one.");
        }
    }

    @Test
    void aReloadIsRefusedWhereThereIsNoFile() throws Exception {
        try (Engine engine = Engine.start(Configs.of(app(only(one))), Surroundings.system())) {
            assertThat(engine.reloads().reload("test")).isInstanceOf(Reloaded.Refused.class);
        }
    }

    @Test
    void aNewListenerThatCannotBeBoundRefusesTheWhole() throws Exception {
        try (Engine engine = scene.start(app(only(one)));
                var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String listeners = "fresh: { address: \"127.0.0.1:0\" }, bad: { address: \"127.0.0.1:%d\" }"
                    .formatted(taken.getLocalPort());
            Reloaded reloaded = scene.reload(
                    engine, config(LISTENERS + ", " + listeners, "{ forward: app }", "app: { " + only(two) + " }"));
            assertThat(reloaded).isInstanceOf(Reloaded.Refused.class);
            assertThat(((Reloaded.Refused) reloaded).why()).startsWith("cannot listen on 127.0.0.1:");
            assertThat(engine.addresses()).containsOnlyKeys("web");
            assertThat(hello(engine)).contains("Hello from one.");
        }
    }

    @Test
    void aListenerThatIsGoneTellsItsClients() throws Exception {
        String both = LISTENERS + ", more: { address: \"127.0.0.1:0\" }";
        String pool = "app: { " + only(one) + " }";
        try (Engine engine = scene.start(config(both, "{ forward: app }", pool))) {
            InetSocketAddress more = Objects.requireNonNull(engine.addresses().get("more"));
            one.slow(Duration.ofMillis(200));
            try (RawClient client = RawClient.connect(more)) {
                client.send(GET);
                await().until(() -> statusOf(engine, one).inflight() == 1);
                assertThat(scene.changes(engine, config(LISTENERS, "{ forward: app }", pool)))
                        .containsExactly("listener more is gone");
                assertThat(client.answer().field("connection")).isEqualTo("close");
                assertThat(client.ends()).isTrue();
            }
            assertThat(engine.addresses()).containsOnlyKeys("web");
            scene.changes(engine, config(both, "{ forward: app }", pool));
            assertThat(Raw.get(Objects.requireNonNull(engine.addresses().get("more")), "/"))
                    .contains("Hello from one.");
        }
    }

    @Test
    void otherLimitsAndTrustedProxiesHoldAtTheSameAddress() throws Exception {
        String pool = "app: { " + only(one) + " }";
        try (Engine engine = scene.start(config(LISTENERS, "{ forward: app }", pool));
                RawClient kept = RawClient.connect(front(engine))) {
            InetSocketAddress before = front(engine);
            assertThat(kept.send(GET).answer().status()).isEqualTo(200);
            String tight =
                    "web: { address: \"127.0.0.1:0\", trusted-proxies: [127.0.0.0/8], limits: { fields: 1, connections-per-client: 3 } }";
            assertThat(scene.changes(engine, config(tight, "{ forward: app }", pool)))
                    .containsExactly("listener web: trusted-proxies, limits changed");
            assertThat(front(engine)).isEqualTo(before);
            String two = "GET / HTTP/1.1\r\nHost: localhost\r\nX-More: 1\r\n\r\n";
            assertThat(kept.send(two).answer().status()).isEqualTo(431);
            String renamed = tight.replace("web:", "front:").replace(":0", ":" + before.getPort());
            Reloaded reloaded = scene.reload(engine, config(renamed, "{ forward: app }", pool));
            assertThat(reloaded).isInstanceOf(Reloaded.Refused.class);
        }
    }

    @Test
    void aListenerIsRenamedWithoutBeingBoundAgain() throws Exception {
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        String listener = "%s: { address: \"127.0.0.1:" + port + "\" }";
        String pool = "app: { " + only(one) + " }";
        try (Engine engine = scene.start(config(listener.formatted("web"), "{ forward: app }", pool));
                RawClient kept = RawClient.connect(front(engine))) {
            assertThat(kept.send(GET).answer().status()).isEqualTo(200);
            assertThat(scene.changes(engine, config(listener.formatted("front"), "{ forward: app }", pool)))
                    .containsExactly("listener web is called front");
            assertThat(kept.send(GET).answer().status()).isEqualTo(200);
            assertThat(engine.addresses()).containsOnlyKeys("front");
            assertThat(engine.status().listeners().getFirst().requests()).isEqualTo(2);
        }
    }

    @Test
    void rateLimitsThatDidNotChangeGoOnCounting() throws Exception {
        String limited = "{ match: { path: /a }, forward: app, rate-limit: { rate: 1/h } }";
        String pool = "app: { " + only(one) + " }";
        try (Engine engine = scene.start(config(LISTENERS, limited, pool))) {
            assertThat(Raw.get(front(engine), "/a")).startsWith("HTTP/1.1 200 ");
            scene.changes(
                    engine,
                    config(LISTENERS, "{ match: { path: /b }, forward: app, rate-limit: 1/h }, " + limited, pool));
            assertThat(Raw.get(front(engine), "/b")).startsWith("HTTP/1.1 200 ");
            assertThat(Raw.get(front(engine), "/a")).startsWith("HTTP/1.1 429 ");
            assertThat(engine.rateLimits()).extracting(RouteLimit::refused).containsExactly(0L, 1L);
            scene.changes(engine, config(LISTENERS, limited.replace("1/h", "2/h"), pool));
            assertThat(Raw.get(front(engine), "/a")).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void keysThatNeedARestartAreNamedAndTheRestHolds() throws Exception {
        try (Engine engine = scene.start(app(only(one)))) {
            String other = app(only(two)).replace("loops: 2", "loops: 1").replace("enabled: false", "enabled: true");
            Reloaded reloaded = scene.reload(engine, other);
            assertThat(((Reloaded.Done) reloaded).restart()).containsExactly("runtime.loops", "admin.enabled");
            assertThat(engine.config().runtime().loops()).isEqualTo(2);
            assertThat(hello(engine)).contains("Hello from two.");
        }
    }

    @Test
    void twoAtOnceComeOneAfterTheOtherAndNoneAfterTheEnd() throws Exception {
        Engine engine = scene.start(app(only(one)));
        try (engine) {
            scene.write(app(scene.both()));
            List<CompletableFuture<Reloaded>> both = List.of(async(engine), async(engine));
            for (CompletableFuture<Reloaded> each : both) {
                assertThat(each.get(10, TimeUnit.SECONDS)).isInstanceOf(Reloaded.Done.class);
            }
            assertThat(both.stream()
                            .map(CompletableFuture::join)
                            .map(r -> ((Reloaded.Done) r).changes().size()))
                    .containsExactlyInAnyOrder(0, 1);
        }
        assertThat(engine.reloads().reload("test")).isEqualTo(new Reloaded.Refused("the engine is stopping"));
    }

    private static CompletableFuture<Reloaded> async(Engine engine) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return engine.reloads().reload("test");
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }
}
