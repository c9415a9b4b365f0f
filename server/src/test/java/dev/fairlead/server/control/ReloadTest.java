package dev.fairlead.server.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.core.pool.BackendState.Wish;
import dev.fairlead.server.Configs;
import dev.fairlead.server.Raw;
import dev.fairlead.server.control.Status.BackendStatus;
import dev.fairlead.server.demo.TinyBackend;
import dev.fairlead.server.load.Loader;
import dev.fairlead.testkit.RawClient;
import dev.fairlead.testkit.RecordingBackend;
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

/** What a reload changes and what it leaves alone, through sockets. */
class ReloadTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private static final String LISTENERS = "web: { address: \"127.0.0.1:0\" }";

    private TinyBackend one;
    private TinyBackend two;
    private volatile String text = "";

    @BeforeEach
    void startBackends() throws IOException {
        one = TinyBackend.start("one", Duration.ZERO);
        two = TinyBackend.start("two", Duration.ZERO);
    }

    @AfterEach
    void stopBackends() {
        one.close();
        two.close();
    }

    private static String config(String listeners, String routes, String pools) {
        return """
                listeners: { %s }
                routes: [%s]
                pools: { %s }
                admin: { enabled: false }
                access-log: { to: off }
                runtime: { loops: 2 }
                """.formatted(listeners, routes, pools);
    }

    private static String app(String settings) {
        return config(LISTENERS, "{ forward: app }", "app: { " + settings + " }");
    }

    private Engine start(String config) throws IOException, InterruptedException {
        text = config;
        Engine engine = Engine.start(
                Configs.of(config), Surroundings.system().reading(() -> Loader.parse(text, "test.yaml", name -> null)));
        await().until(() -> engine.status().pools().stream().allMatch(pool -> pool.eligible() == pool.members()));
        return engine;
    }

    private Reloaded reload(Engine engine, String config) throws InterruptedException {
        text = config;
        return engine.reloads().reload("test");
    }

    private List<String> changes(Engine engine, String config) throws InterruptedException {
        Reloaded reloaded = reload(engine, config);
        assertThat(reloaded).isInstanceOf(Reloaded.Done.class);
        return ((Reloaded.Done) reloaded).changes();
    }

    private static InetSocketAddress front(Engine engine) {
        return Objects.requireNonNull(engine.addresses().get("web"));
    }

    private static String hello(Engine engine) throws IOException {
        return Raw.get(front(engine), "/");
    }

    private static BackendStatus of(Engine engine, TinyBackend backend) {
        return engine.status().pools().stream()
                .flatMap(pool -> pool.backends().stream())
                .filter(b -> b.address().equals(backend.address()))
                .findFirst()
                .orElseThrow();
    }

    private String both() {
        return "backends: [\"" + one.address() + "\", \"" + two.address() + "\"]";
    }

    private static String only(TinyBackend backend) {
        return "backends: [\"" + backend.address() + "\"]";
    }

    @Test
    void aReloadWithoutADifferenceChangesNothing() throws Exception {
        String same =
                app(both() + ", health: { http: { path: /healthz, status: 200-299 } }, retries: { statuses: 503 }");
        try (Engine engine = start(same)) {
            assertThat(changes(engine, same)).isEmpty();
            assertThat(engine.status().reloads().counts()).containsEntry(Reloads.Ending.DONE, 1L);
        }
    }

    @Test
    void requestsGoOnWithoutAnErrorAcrossTenReloadsThatReplaceBackendsPoolsAndRoutes() throws Exception {
        try (Engine engine = start(app(only(one)));
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
                assertThat(changes(engine, config)).isNotEmpty();
                assertThat(hello(engine)).contains("Hello from " + next.name());
            }
            over.complete(true);
            assertThat(asked.get(10, TimeUnit.SECONDS)).isPositive();
        }
    }

    @Test
    void aBadFileChangesNothingAndIsReportedAsCheckPrintsIt() throws Exception {
        try (Engine engine = start(app(only(one)))) {
            Reloaded reloaded = reload(engine, app(only(two) + ", balance: best, drain: soon"));
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
        try (Engine engine = start(app(only(one)))) {
            assertThat(reload(engine, app("backends: [\"no.such.invalid:80\"]")))
                    .isEqualTo(new Reloaded.Refused(
                            "backend no.such.invalid:80: the name no.such.invalid cannot be resolved"));
            assertThat(hello(engine)).contains("Hello from one.");
        }
    }

    @Test
    void anUnchangedPoolKeepsItsEjectionsItsCountersItsConnectionsAndWhatOperatorsWished() throws Exception {
        String app = "app: { " + both() + ", balance: round-robin, health: off, eject: { consecutive: 2 } }";
        try (Engine engine = start(config(LISTENERS, "{ forward: app }", app))) {
            for (int i = 0; i < 4; i++) {
                hello(engine);
            }
            engine.operator().change("app", one.address(), Change.to(Wish.DRAIN, "mine"), null);
            BackendStatus before = of(engine, one);
            String more = config(
                    LISTENERS,
                    "{ forward: app }, { match: { path: /other }, forward: other }",
                    app + ", other: { " + only(two) + ", health: off }");
            assertThat(changes(engine, more)).containsExactly("pool other is new", "routes changed");
            BackendStatus after = of(engine, one);
            assertThat(after.state()).isEqualTo(before.state());
            assertThat(after.requests()).isEqualTo(before.requests()).isPositive();
            assertThat(after.member()).isEqualTo(before.member());
        }
    }

    @Test
    void aBackendThatStaysInAChangedPoolKeepsItsEjection() throws Exception {
        try (RecordingBackend broken = RecordingBackend.answering("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")) {
            String settings = "backends: [\"127.0.0.1:" + broken.address().getPort() + "\", \"" + one.address()
                    + "\"], balance: round-robin, health: off, eject: { consecutive: 2 }";
            try (Engine engine = start(app(settings))) {
                await().until(() -> {
                    hello(engine);
                    return engine.status()
                                    .pools()
                                    .getFirst()
                                    .backends()
                                    .getFirst()
                                    .state()
                                    .health()
                            == Health.EJECTED;
                });
                int connections = broken.connections().size();
                assertThat(changes(engine, app(settings + ", timeouts: { connect: 2s }")))
                        .containsExactly("pool app: timeouts changed");
                assertThat(engine.status()
                                .pools()
                                .getFirst()
                                .backends()
                                .getFirst()
                                .state()
                                .health())
                        .isEqualTo(Health.EJECTED);
                for (int i = 0; i < 10; i++) {
                    assertThat(hello(engine)).contains("Hello from one.");
                }
                assertThat(broken.connections()).hasSize(connections);
            }
        }
    }

    @Test
    void aDrainUnderWayGoesOnInAChangedPool() throws Exception {
        one.slow(Duration.ofMillis(700));
        try (Engine engine = start(app(only(one)));
                RawClient slow = RawClient.connect(front(engine))) {
            slow.send(GET);
            await().until(() -> of(engine, one).inflight() == 1);
            var drain = new Change(Wish.DRAIN, null, null, null, Duration.ofMinutes(1), 1, 0, "deploy", "test");
            engine.operator().change("app", one.address(), drain, null);
            changes(engine, app(both() + ", health: { http: /healthz }, slow-start: 0s"));
            Operator.Left left = Objects.requireNonNull(engine.operator().left("app", one.address()));
            assertThat(left.draining()).isTrue();
            assertThat(left.drained()).isFalse();
            assertThat(of(engine, one).member().owner()).isEqualTo("deploy");
            assertThat(hello(engine)).contains("Hello from two.");
            assertThat(slow.answer().status()).isEqualTo(200);
            await().until(() -> Objects.requireNonNull(engine.operator().left("app", one.address()))
                    .drained());
        }
    }

    @Test
    void keptConnectionsOfAnUnchangedPoolAreUsedOn() throws Exception {
        try (RecordingBackend backend = RecordingBackend.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")) {
            String pool = "app: { backends: [\"127.0.0.1:" + backend.address().getPort() + "\"], health: off }";
            try (Engine engine = start(config(LISTENERS, "{ forward: app }", pool));
                    RawClient client = RawClient.connect(front(engine))) {
                assertThat(client.send(GET).answer().status()).isEqualTo(200);
                assertThat(changes(
                                engine,
                                config(
                                        LISTENERS,
                                        "{ forward: app }, { match: { path: /x }, redirect: { host: x } }",
                                        pool)))
                        .containsExactly("routes changed");
                assertThat(client.send(GET).answer().status()).isEqualTo(200);
                assertThat(backend.connections()).hasSize(1);
            }
        }
    }

    @Test
    void otherTimeoutsHoldFromTheNextRequestOnEvenWhereConnectionsWereKept() throws Exception {
        try (Engine engine = start(app(only(one)));
                RawClient client = RawClient.connect(front(engine))) {
            assertThat(client.send(GET).answer().status()).isEqualTo(200);
            changes(engine, app(only(one) + ", timeouts: { first-byte: 100ms }, retries: { max: 0 }"));
            one.slow(Duration.ofSeconds(10));
            assertThat(client.send(GET).answer().status()).isEqualTo(504);
        }
    }

    @Test
    void aReloadIsRefusedWhereThereIsNoFile() throws Exception {
        try (Engine engine = Engine.start(Configs.of(app(only(one))), Surroundings.system())) {
            assertThat(engine.reloads().reload("test")).isInstanceOf(Reloaded.Refused.class);
        }
    }

    @Test
    void aRemovedBackendFinishesWhatItHasAndIsForgotten() throws Exception {
        one.slow(Duration.ofMillis(500));
        try (Engine engine = start(app(only(one)));
                RawClient slow = RawClient.connect(front(engine))) {
            slow.send(GET);
            await().until(() -> of(engine, one).inflight() == 1);
            assertThat(changes(engine, app(only(two))))
                    .containsExactly("pool app: " + two.address() + " joined, " + one.address() + " left");
            assertThat(engine.status().reloads().leaving()).isEqualTo(1);
            assertThat(hello(engine)).contains("Hello from two.");
            assertThat(slow.answer().body()).isEqualTo("Hello from one.\n");
            await().until(() -> engine.status().reloads().leaving() == 0);
            assertThat(engine.timeline().after(0, 100))
                    .anyMatch(
                            e -> one.address().equals(e.backend()) && e.after().equals("-"));
        }
    }

    @Test
    void whatARemovedBackendHasNotFinishedAtTheDeadlineIsCut() throws Exception {
        one.slow(Duration.ofSeconds(20));
        try (Engine engine = start(app(only(one) + ", drain: 300ms, retries: { max: 0 }"));
                RawClient slow = RawClient.connect(front(engine))) {
            slow.send(GET);
            await().until(() -> of(engine, one).inflight() == 1);
            changes(engine, app(only(two) + ", drain: 300ms, retries: { max: 0 }"));
            assertThat(slow.answer().status()).isEqualTo(503);
            await().until(() -> engine.status().reloads().leaving() == 0);
        }
    }

    @Test
    void requestsInWorkFinishByTheRemovedPoolTheyBeganWith() throws Exception {
        one.slow(Duration.ofMillis(500));
        try (Engine engine = start(app(only(one)));
                RawClient slow = RawClient.connect(front(engine))) {
            slow.send(GET);
            await().until(() -> of(engine, one).inflight() == 1);
            String other = config(LISTENERS, "{ forward: other }", "other: { " + only(two) + " }");
            assertThat(changes(engine, other))
                    .containsExactly("pool other is new", "pool app is gone", "routes changed");
            assertThat(hello(engine)).contains("Hello from two.");
            assertThat(slow.answer().body()).isEqualTo("Hello from one.\n");
            await().until(() -> engine.status().reloads().leaving() == 0);
        }
    }

    @Test
    void anotherHealthCheckTakesEffect() throws Exception {
        try (Engine engine = start(app(both() + ", health: { tcp: {}, interval: 100ms }"))) {
            changes(engine, app(both() + ", health: { http: { path: /healthz, status: 418 }, interval: 100ms }"));
            await().until(() -> of(engine, one).state().health() == Health.DOWN);
            changes(engine, app(both() + ", health: { http: /healthz, interval: 100ms }"));
            await().until(() -> of(engine, one).state().health() == Health.UP);
        }
    }

    @Test
    void otherWeightsAndCapsHoldUnlessAnOperatorSetThem() throws Exception {
        String backends =
                "backends: [{ address: \"%s\", weight: %d }, \"%s\"], health: off, limits: { per-backend: %s }";
        try (Engine engine = start(app(backends.formatted(one.address(), 2, two.address(), "10")))) {
            var caps = new Change(null, null, 7, null, null, 1, 0, null, "mine");
            engine.operator().change("app", two.address(), caps, null);
            changes(engine, app(backends.formatted(one.address(), 5, two.address(), "10")));
            assertThat(of(engine, one).state().weight()).isEqualTo(5);
            assertThat(of(engine, two).cap()).isEqualTo(7);
            changes(engine, app(backends.formatted(one.address(), 5, two.address(), "20")));
            assertThat(of(engine, one).cap()).isEqualTo(20);
            assertThat(of(engine, two).cap()).isEqualTo(20);
        }
    }

    @Test
    void registeredBackendsStay() throws Exception {
        try (Engine engine = start(app(only(one)))) {
            var address = dev.fairlead.core.config.Address.parseBackend(two.address());
            engine.operator().register("app", address, 1, null, "test");
            await().until(() -> of(engine, two).takesNew());
            changes(engine, app(only(one) + ", drain: 1m"));
            assertThat(of(engine, two).takesNew()).isTrue();
            changes(engine, app(both()));
            assertThat(of(engine, two).member().registered()).isFalse();
            changes(engine, app(only(one)));
            assertThat(engine.status().pools().getFirst().backends()).hasSize(1);
        }
    }

    @Test
    void aNewListenerThatCannotBeBoundRefusesTheWhole() throws Exception {
        try (Engine engine = start(app(only(one)));
                var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String listeners = "fresh: { address: \"127.0.0.1:0\" }, bad: { address: \"127.0.0.1:%d\" }"
                    .formatted(taken.getLocalPort());
            Reloaded reloaded = reload(
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
        try (Engine engine = start(config(both, "{ forward: app }", pool))) {
            InetSocketAddress more = Objects.requireNonNull(engine.addresses().get("more"));
            one.slow(Duration.ofMillis(200));
            try (RawClient client = RawClient.connect(more)) {
                client.send(GET);
                await().until(() -> of(engine, one).inflight() == 1);
                assertThat(changes(engine, config(LISTENERS, "{ forward: app }", pool)))
                        .containsExactly("listener more is gone");
                assertThat(client.answer().field("connection")).isEqualTo("close");
                assertThat(client.ends()).isTrue();
            }
            assertThat(engine.addresses()).containsOnlyKeys("web");
            changes(engine, config(both, "{ forward: app }", pool));
            assertThat(Raw.get(Objects.requireNonNull(engine.addresses().get("more")), "/"))
                    .contains("Hello from one.");
        }
    }

    @Test
    void otherLimitsAndTrustedProxiesHoldAtTheSameAddress() throws Exception {
        String pool = "app: { " + only(one) + " }";
        try (Engine engine = start(config(LISTENERS, "{ forward: app }", pool));
                RawClient kept = RawClient.connect(front(engine))) {
            InetSocketAddress before = front(engine);
            assertThat(kept.send(GET).answer().status()).isEqualTo(200);
            String tight =
                    "web: { address: \"127.0.0.1:0\", trusted-proxies: [127.0.0.0/8], limits: { fields: 1, connections-per-client: 3 } }";
            assertThat(changes(engine, config(tight, "{ forward: app }", pool)))
                    .containsExactly("listener web: trusted-proxies, limits changed");
            assertThat(front(engine)).isEqualTo(before);
            String two = "GET / HTTP/1.1\r\nHost: localhost\r\nX-More: 1\r\n\r\n";
            assertThat(kept.send(two).answer().status()).isEqualTo(431);
            String renamed = tight.replace("web:", "front:").replace(":0", ":" + before.getPort());
            Reloaded reloaded = reload(engine, config(renamed, "{ forward: app }", pool));
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
        try (Engine engine = start(config(listener.formatted("web"), "{ forward: app }", pool));
                RawClient kept = RawClient.connect(front(engine))) {
            assertThat(kept.send(GET).answer().status()).isEqualTo(200);
            assertThat(changes(engine, config(listener.formatted("front"), "{ forward: app }", pool)))
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
        try (Engine engine = start(config(LISTENERS, limited, pool))) {
            assertThat(Raw.get(front(engine), "/a")).startsWith("HTTP/1.1 200 ");
            changes(
                    engine,
                    config(LISTENERS, "{ match: { path: /b }, forward: app, rate-limit: 1/h }, " + limited, pool));
            assertThat(Raw.get(front(engine), "/b")).startsWith("HTTP/1.1 200 ");
            assertThat(Raw.get(front(engine), "/a")).startsWith("HTTP/1.1 429 ");
            assertThat(engine.rateLimits()).extracting(RouteLimit::refused).containsExactly(0L, 1L);
            changes(engine, config(LISTENERS, limited.replace("1/h", "2/h"), pool));
            assertThat(Raw.get(front(engine), "/a")).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void keysThatNeedARestartAreNamedAndTheRestHolds() throws Exception {
        try (Engine engine = start(app(only(one)))) {
            String other = app(only(two)).replace("loops: 2", "loops: 1").replace("enabled: false", "enabled: true");
            Reloaded reloaded = reload(engine, other);
            assertThat(((Reloaded.Done) reloaded).restart()).containsExactly("runtime.loops", "admin.enabled");
            assertThat(engine.config().runtime().loops()).isEqualTo(2);
            assertThat(hello(engine)).contains("Hello from two.");
        }
    }

    @Test
    void twoAtOnceComeOneAfterTheOtherAndNoneAfterTheEnd() throws Exception {
        Engine engine = start(app(only(one)));
        try (engine) {
            text = app(both());
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
