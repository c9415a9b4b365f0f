package dev.fairlead.server.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.core.time.Ticker;
import dev.fairlead.server.Configs;
import dev.fairlead.server.Raw;
import dev.fairlead.server.demo.TinyBackend;
import dev.fairlead.server.load.Loader;
import dev.fairlead.testkit.RawClient;
import dev.fairlead.testkit.RecordingBackend;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In which order a reload does what it does, what stops it on its way, and what becomes of listeners. */
@Timeout(60)
class ReloadOrderTest {
    private static final String WEB = "web: { address: \"127.0.0.1:0\" }";
    private static final String GET = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private static final String UPGRADE =
            "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

    private final CountDownLatch go = new CountDownLatch(1);
    private TinyBackend one;
    private TinyBackend two;
    private RecordingBackend hung;
    private volatile String text = "";

    @BeforeEach
    void startBackends() throws IOException {
        one = TinyBackend.start("one", Duration.ZERO);
        two = TinyBackend.start("two", Duration.ZERO);
        hung = RecordingBackend.start(connection -> {
            connection.request();
            go.await();
        });
    }

    @AfterEach
    void stopBackends() {
        go.countDown();
        one.close();
        two.close();
        hung.close();
    }

    private static int freePort() throws IOException {
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private static String config(String listeners, String pool) {
        return """
                listeners: { %s }
                routes: [{ forward: app }]
                pools: { app: { %s } }
                admin: { enabled: false }
                access-log: { to: off }
                stop: { grace: 1s }
                runtime: { loops: 2 }
                """.formatted(listeners, pool);
    }

    private static String backends(String... addresses) {
        return "backends: [\"" + String.join("\", \"", addresses) + "\"]";
    }

    private String hungAddress() {
        return "127.0.0.1:" + hung.address().getPort();
    }

    /** Its check takes two seconds to fail, for nobody answers. */
    private String replacedByAHungOne() {
        return backends(one.address(), hungAddress())
                + ", health: { http: /healthz, timeout: 2s }, eject: { consecutive: 0 }";
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

    private CompletableFuture<Reloaded> reloading(Engine engine, String config) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return reload(engine, config);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    private static InetSocketAddress at(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static InetSocketAddress front(Engine engine) {
        return Objects.requireNonNull(engine.addresses().get("web"));
    }

    private static boolean refuses(InetSocketAddress address) {
        try (var socket = new Socket()) {
            socket.connect(address, 1_000);
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static void awaitMembers(Engine engine, int count) {
        await().until(() -> engine.status().pools().getFirst().members() == count);
    }

    // ---- a stop ----------------------------------------------------------------

    @Test
    void aStopDoesNotWaitForAReloadThatCannotGoOn() throws Exception {
        var entered = new CountDownLatch(1);
        var name = new CountDownLatch(1);
        String config = config(WEB, backends(one.address()));
        Engine engine = Engine.start(Configs.of(config), Surroundings.system().reading(() -> {
            entered.countDown();
            try {
                name.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return Loader.parse(config(WEB, backends(two.address())), "test.yaml", n -> null);
        }));
        CompletableFuture<Reloaded> reload = reloading(engine, "");
        entered.await();
        InetSocketAddress front = front(engine);
        CompletableFuture<Void> stop = CompletableFuture.runAsync(engine::close);
        await().atMost(Duration.ofSeconds(2)).until(() -> refuses(front));
        stop.get(10, TimeUnit.SECONDS);
        assertThat(reload).isNotDone();
        name.countDown();
        assertThat(reload.get(10, TimeUnit.SECONDS)).isEqualTo(new Reloaded.Refused("the engine is stopping"));
    }

    @Test
    void aReloadThatAwaitsFirstChecksGivesUpAndItsListenersNeverOpen() throws Exception {
        int port = freePort();
        Engine engine = start(config(WEB, backends(one.address(), two.address())));
        try (engine;
                RawClient kept = RawClient.connect(front(engine))) {
            one.slow(Duration.ofMillis(700));
            two.slow(Duration.ofMillis(700));
            kept.send(GET);
            await().until(() ->
                    engine.status().pools().getFirst().backends().stream().anyMatch(b -> b.inflight() == 1));
            String more = WEB + ", more: { address: \"127.0.0.1:" + port + "\" }";
            CompletableFuture<Reloaded> reload = reloading(engine, config(more, replacedByAHungOne()));
            awaitMembers(engine, 3);
            CompletableFuture<Void> stop = CompletableFuture.runAsync(engine::close);
            assertThat(reload.get(5, TimeUnit.SECONDS)).isEqualTo(new Reloaded.Refused("the engine is stopping"));
            assertThat(refuses(at(port))).isTrue();
            assertThat(kept.answer().status()).isEqualTo(200);
            stop.get(10, TimeUnit.SECONDS);
            assertThat(engine.status().pools().getFirst().members()).isEqualTo(2);
            assertThat(engine.config().listeners()).containsOnlyKeys("web");
        }
    }

    // ---- the order -------------------------------------------------------------

    @Test
    void thoseThatGoServeUntilAllThatComeAreDecided() throws Exception {
        try (Engine engine = start(config(WEB, backends(one.address(), two.address())))) {
            CompletableFuture<Reloaded> reload = reloading(engine, config(WEB, replacedByAHungOne()));
            awaitMembers(engine, 3);
            for (int i = 0; i < 20; i++) {
                assertThat(Raw.get(front(engine), "/")).startsWith("HTTP/1.1 200 ");
            }
            assertThat(reload).isNotDone();
            assertThat(engine.status().pools().getFirst().backends())
                    .filteredOn(b -> b.address().equals(two.address()))
                    .allMatch(b -> b.takesNew() && b.requests() > 0);
            assertThat(reload.get(10, TimeUnit.SECONDS)).isInstanceOf(Reloaded.Done.class);
            assertThat(engine.status().pools().getFirst().backends())
                    .extracting(b -> b.address() + " " + b.state().health())
                    .containsExactly(one.address() + " " + Health.UP, hungAddress() + " " + Health.DOWN);
        }
    }

    @Test
    void whereNobodyGoesNobodyIsWaitedFor() throws Exception {
        try (Engine engine =
                start(config(WEB, backends(one.address()) + ", health: { http: /healthz, timeout: 2s }"))) {
            long began = System.nanoTime();
            assertThat(reload(
                            engine,
                            config(
                                    WEB,
                                    backends(one.address(), hungAddress())
                                            + ", health: { http: /healthz, timeout: 2s }")))
                    .isInstanceOf(Reloaded.Done.class);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMillis(1_500));
        }
    }

    @Test
    void whoConnectsToANewListenerFindsTheNewRoutes() throws Exception {
        int port = freePort();
        try (Engine engine = start(config(WEB, backends(one.address(), two.address())))) {
            String more = config(
                            WEB + ", more: { address: \"127.0.0.1:" + port + "\" }",
                            replacedByAHungOne() + ", retries: { max: 0 }")
                    .replace(
                            "[{ forward: app }]",
                            "[{ match: { path: /new }, redirect: { host: x.example } }, { forward: app }]");
            CompletableFuture<Reloaded> reload = reloading(engine, more);
            awaitMembers(engine, 3);
            await().until(() -> !refuses(at(port)));
            assertThat(reload).isNotDone();
            assertThat(Raw.get(at(port), "/new")).startsWith("HTTP/1.1 30").contains("x.example");
            assertThat(reload.get(10, TimeUnit.SECONDS)).isInstanceOf(Reloaded.Done.class);
        }
    }

    // ---- addresses -------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:%d, localhost:%d",
        "localhost:%d, 127.0.0.1:%d",
        ":%d, 0.0.0.0:%d",
        "0.0.0.0:%d, :%d",
        "[::1]:%d, [0:0:0:0:0:0:0:1]:%d"
    })
    void anAddressThatIsOnlySpeltInAnotherWayIsTheSame(String before, String after) throws Exception {
        int port = freePort();
        String listener = "%s: { address: \"%s\" }";
        String pool = backends(one.address());
        try (Engine engine = start(config(listener.formatted("web", before.formatted(port)), pool))) {
            RawClient kept =
                    RawClient.connect(new InetSocketAddress(before.contains("::1") ? "::1" : "127.0.0.1", port));
            try (kept) {
                assertThat(kept.send(GET).answer().status()).isEqualTo(200);
                assertThat(reload(engine, config(listener.formatted("web", after.formatted(port)), pool)))
                        .isInstanceOf(Reloaded.Done.class);
                assertThat(kept.send(GET).answer().status()).isEqualTo(200);
                Reloaded renamed = reload(engine, config(listener.formatted("front", before.formatted(port)), pool));
                assertThat(renamed)
                        .isInstanceOfSatisfying(
                                Reloaded.Done.class,
                                done -> assertThat(done.changes()).contains("listener web is called front"));
                assertThat(kept.send(GET).answer().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void bothWaysToWriteEveryInterfaceAreOneSocketWhereItTakesBothFamilies() throws Exception {
        int port = freePort();
        String listener = "web: { address: \"%s:" + port + "\" }";
        String pool = backends(one.address());
        try (Engine engine = start(config(listener.formatted("0.0.0.0"), pool))) {
            boolean both = front(engine).getAddress() instanceof Inet6Address;
            Reloaded reloaded = reload(engine, config(listener.formatted("[::]"), pool));
            assertThat(reloaded instanceof Reloaded.Done).isEqualTo(both);
            assertThat(Raw.get(at(port), "/")).contains("Hello from one.");
        }
    }

    @Test
    void anAddressThatOverlapsWithOneThatGoesIsRefusedWithWhatToDo() throws Exception {
        int port = freePort();
        String pool = backends(one.address());
        try (Engine engine = start(config("web: { address: \"127.0.0.1:" + port + "\" }", pool))) {
            assertThat(reload(engine, config("all: { address: \":" + port + "\" }", pool)))
                    .isInstanceOfSatisfying(
                            Reloaded.Refused.class,
                            refused -> assertThat(refused.why())
                                    .startsWith("cannot listen on ")
                                    .endsWith(
                                            "; listener web is at 127.0.0.1:" + port
                                                    + ": take that out with one reload and bring this in with the next, or restart"));
            assertThat(Raw.get(at(port), "/")).contains("Hello from one.");
            assertThat(reload(engine, config(WEB, pool))).isInstanceOf(Reloaded.Done.class);
            await().until(() -> refuses(at(port)));
            assertThat(reload(engine, config("all: { address: \":" + port + "\" }", pool)))
                    .isInstanceOf(Reloaded.Done.class);
        }
    }

    // ---- listeners that go -----------------------------------------------------

    @Test
    void tunnelsOfAListenerThatIsGoneEndAtTheDeadlineAndAreShownUntilThen() throws Exception {
        RecordingBackend talks = RecordingBackend.start(connection -> {
            connection.request();
            connection.send("HTTP/1.1 101 Go\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
            go.await();
        });
        try (talks) {
            String pool = backends("127.0.0.1:" + talks.address().getPort()) + ", health: off, drain: 1500ms";
            String both = WEB + ", more: { address: \"127.0.0.1:0\" }";
            try (Engine engine = start(config(both, pool))) {
                InetSocketAddress more =
                        Objects.requireNonNull(engine.addresses().get("more"));
                try (RawClient tunnel = RawClient.connect(more)) {
                    assertThat(tunnel.send(UPGRADE).head()).startsWith("HTTP/1.1 101 ");
                    assertThat(reload(engine, config(WEB, pool))).isInstanceOf(Reloaded.Done.class);
                    List<LeavingListener> leaving = engine.status().reloads().listeners();
                    assertThat(leaving).hasSize(1);
                    assertThat(leaving.getFirst().name()).isEqualTo("more");
                    assertThat(leaving.getFirst().open()).isEqualTo(1);
                    assertThat(leaving.getFirst().millisLeft()).isBetween(1L, 1_500L);
                    assertThat(tunnel.ends()).isTrue();
                    await().until(() -> engine.status().reloads().listeners().isEmpty());
                }
            }
        }
    }

    // ---- the control thread ----------------------------------------------------

    @Test
    void whatWasNotBegunInTimeIsNeverDoneAndWhatWasBegunIsWaitedFor() throws Exception {
        var control = new Control(Ticker.system(), now -> now + TimeUnit.SECONDS.toNanos(1), Duration.ofMillis(100));
        control.start();
        var busy = new CountDownLatch(1);
        control.execute(() -> awaitQuietly(busy));
        var done = new AtomicBoolean();
        assertThatThrownBy(() -> control.ask(() -> {
                    done.set(true);
                    return 1;
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("nothing was changed");
        busy.countDown();
        assertThat(control.<Integer>ask(() -> 2)).isEqualTo(2);
        assertThat(done).isFalse();
        var slow = new CountDownLatch(1);
        CompletableFuture<Integer> asked = CompletableFuture.supplyAsync(() -> control.ask(() -> {
            awaitQuietly(slow);
            return 3;
        }));
        TimeUnit.MILLISECONDS.sleep(300);
        assertThat(asked).isNotDone();
        slow.countDown();
        assertThat(asked.get(5, TimeUnit.SECONDS)).isEqualTo(3);
        control.stop();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
