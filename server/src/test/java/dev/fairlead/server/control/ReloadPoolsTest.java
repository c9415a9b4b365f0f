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

import dev.fairlead.core.config.Address;
import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.core.pool.BackendState.Wish;
import dev.fairlead.server.Configs;
import dev.fairlead.server.control.Status.BackendStatus;
import dev.fairlead.server.demo.TinyBackend;
import dev.fairlead.server.load.Loader;
import dev.fairlead.testkit.RawClient;
import dev.fairlead.testkit.RecordingBackend;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a reload changes and what it leaves alone of pools and their backends, through sockets. */
class ReloadPoolsTest {
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
    void anUnchangedPoolKeepsItsEjectionsItsCountersItsConnectionsAndWhatOperatorsWished() throws Exception {
        String app = "app: { " + scene.both() + ", balance: round-robin, health: off, eject: { consecutive: 2 } }";
        try (Engine engine = scene.start(config(LISTENERS, "{ forward: app }", app))) {
            for (int i = 0; i < 4; i++) {
                hello(engine);
            }
            engine.operator().change("app", one.address(), Change.to(Wish.DRAIN, "mine"), null);
            BackendStatus before = statusOf(engine, one);
            String more = config(
                    LISTENERS,
                    "{ forward: app }, { match: { path: /other }, forward: other }",
                    app + ", other: { " + only(two) + ", health: off }");
            assertThat(scene.changes(engine, more)).containsExactly("pool other is new", "routes changed");
            BackendStatus after = statusOf(engine, one);
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
            try (Engine engine = scene.start(app(settings))) {
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
                assertThat(scene.changes(engine, app(settings + ", timeouts: { connect: 2s }")))
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
        try (Engine engine = scene.start(app(only(one)));
                RawClient slow = RawClient.connect(front(engine))) {
            slow.send(GET);
            await().until(() -> statusOf(engine, one).inflight() == 1);
            var drain = new Change(Wish.DRAIN, null, null, null, Duration.ofMinutes(1), 1, 0, "deploy", "test");
            engine.operator().change("app", one.address(), drain, null);
            scene.changes(engine, app(scene.both() + ", health: { http: /healthz }, slow-start: 0s"));
            Operator.Left left = Objects.requireNonNull(engine.operator().left("app", one.address()));
            assertThat(left.draining()).isTrue();
            assertThat(left.drained()).isFalse();
            assertThat(statusOf(engine, one).member().owner()).isEqualTo("deploy");
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
            try (Engine engine = scene.start(config(LISTENERS, "{ forward: app }", pool));
                    RawClient client = RawClient.connect(front(engine))) {
                assertThat(client.send(GET).answer().status()).isEqualTo(200);
                assertThat(scene.changes(
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
        try (Engine engine = scene.start(app(only(one)));
                RawClient client = RawClient.connect(front(engine))) {
            assertThat(client.send(GET).answer().status()).isEqualTo(200);
            scene.changes(engine, app(only(one) + ", timeouts: { first-byte: 100ms }, retries: { max: 0 }"));
            one.slow(Duration.ofSeconds(10));
            assertThat(client.send(GET).answer().status()).isEqualTo(504);
        }
    }

    @Test
    void aRemovedBackendFinishesWhatItHasAndIsForgotten() throws Exception {
        one.slow(Duration.ofMillis(500));
        try (Engine engine = scene.start(app(only(one)));
                RawClient slow = RawClient.connect(front(engine))) {
            slow.send(GET);
            await().until(() -> statusOf(engine, one).inflight() == 1);
            assertThat(scene.changes(engine, app(only(two))))
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
        try (Engine engine = scene.start(app(only(one) + ", drain: 300ms, retries: { max: 0 }"));
                RawClient slow = RawClient.connect(front(engine))) {
            slow.send(GET);
            await().until(() -> statusOf(engine, one).inflight() == 1);
            scene.changes(engine, app(only(two) + ", drain: 300ms, retries: { max: 0 }"));
            assertThat(slow.answer().status()).isEqualTo(503);
            await().until(() -> engine.status().reloads().leaving() == 0);
        }
    }

    @Test
    void requestsInWorkFinishByTheRemovedPoolTheyBeganWith() throws Exception {
        one.slow(Duration.ofMillis(500));
        try (Engine engine = scene.start(app(only(one)));
                RawClient slow = RawClient.connect(front(engine))) {
            slow.send(GET);
            await().until(() -> statusOf(engine, one).inflight() == 1);
            String other = config(LISTENERS, "{ forward: other }", "other: { " + only(two) + " }");
            assertThat(scene.changes(engine, other))
                    .containsExactly("pool other is new", "pool app is gone", "routes changed");
            assertThat(hello(engine)).contains("Hello from two.");
            assertThat(slow.answer().body()).isEqualTo("Hello from one.\n");
            await().until(() -> engine.status().reloads().leaving() == 0);
        }
    }

    @Test
    void anotherHealthCheckTakesEffect() throws Exception {
        try (Engine engine = scene.start(app(scene.both() + ", health: { tcp: {}, interval: 100ms }"))) {
            scene.changes(
                    engine, app(scene.both() + ", health: { http: { path: /healthz, status: 418 }, interval: 100ms }"));
            await().until(() -> statusOf(engine, one).state().health() == Health.DOWN);
            scene.changes(engine, app(scene.both() + ", health: { http: /healthz, interval: 100ms }"));
            await().until(() -> statusOf(engine, one).state().health() == Health.UP);
        }
    }

    @Test
    void otherWeightsAndCapsHoldUnlessAnOperatorSetThem() throws Exception {
        String backends =
                "backends: [{ address: \"%s\", weight: %d }, \"%s\"], health: off, limits: { per-backend: %s }";
        try (Engine engine = scene.start(app(backends.formatted(one.address(), 2, two.address(), "10")))) {
            var caps = new Change(null, null, 7, null, null, 1, 0, null, "mine");
            engine.operator().change("app", two.address(), caps, null);
            scene.changes(engine, app(backends.formatted(one.address(), 5, two.address(), "10")));
            assertThat(statusOf(engine, one).state().weight()).isEqualTo(5);
            assertThat(statusOf(engine, two).cap()).isEqualTo(7);
            scene.changes(engine, app(backends.formatted(one.address(), 5, two.address(), "20")));
            assertThat(statusOf(engine, one).cap()).isEqualTo(20);
            assertThat(statusOf(engine, two).cap()).isEqualTo(20);
        }
    }

    @Test
    void aRegisteredBackendThatAReloadListsIsRegisteredStillWhenTheReloadIsTakenBack(@TempDir Path folder)
            throws Exception {
        String check = ", health: { http: /healthz }";
        String before = app(only(one) + check);
        Path state = folder.resolve("state.json");
        try (ServerSocket hangs = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            String next = app("backends: [{ address: \"" + two.address() + "\", weight: 9 }, " + hangs.getLocalPort()
                    + "]" + check);
            Surroundings world =
                    Surroundings.system().keeping(state).reading(() -> Loader.parse(next, "test.yaml", name -> null));
            try (Engine engine = Engine.start(Configs.of(before), world)) {
                Duration ttl = Duration.ofMinutes(1);
                engine.operator().register("app", Address.parseBackend(two.address()), 3, ttl, "test");
                await().until(() -> statusOf(engine, two).takesNew());
                var reload = Thread.ofVirtual().start(() -> {
                    try {
                        engine.reloads().reload("test");
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
                await().until(() -> engine.status().pools().getFirst().members() == 3);
                assertThat(statusOf(engine, two).member().registered()).isFalse();
                engine.stop(Duration.ZERO);
                reload.join();
            }
            try (Engine engine = Engine.start(Configs.of(before), world)) {
                assertThat(engine.status().pools().getFirst().members()).isEqualTo(2);
                assertThat(statusOf(engine, two).member().registered()).isTrue();
                assertThat(statusOf(engine, two).member().ttl()).isEqualTo(Duration.ofMinutes(1));
                assertThat(statusOf(engine, two).state().weight()).isEqualTo(3);
            }
        }
    }

    @Test
    void registeredBackendsStay() throws Exception {
        try (Engine engine = scene.start(app(only(one)))) {
            var address = Address.parseBackend(two.address());
            engine.operator().register("app", address, 1, null, "test");
            await().until(() -> statusOf(engine, two).takesNew());
            scene.changes(engine, app(only(one) + ", drain: 1m"));
            assertThat(statusOf(engine, two).takesNew()).isTrue();
            scene.changes(engine, app(scene.both()));
            assertThat(statusOf(engine, two).member().registered()).isFalse();
            scene.changes(engine, app(only(one)));
            assertThat(engine.status().pools().getFirst().backends()).hasSize(1);
        }
    }
}
