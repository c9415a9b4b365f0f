package dev.fairlead.server.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fairlead.core.config.Problem;
import dev.fairlead.core.config.ProblemKind;
import dev.fairlead.server.Raw;
import dev.fairlead.server.demo.TinyBackend;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FairleadTest {
    private TinyBackend one;
    private TinyBackend two;

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

    private static void awaitReady(Fairlead fairlead) {
        await().until(() -> fairlead.status().pools().stream().allMatch(pool -> pool.eligible() == pool.members()));
    }

    @RepeatedTest(10)
    void whoNeedsNoCheckServesFromTheFirstRequestOn() throws Exception {
        try (Fairlead fairlead = Fairlead.builder()
                .listen("127.0.0.1:0")
                .pool("app", pool -> pool.backend(one.address()).unchecked())
                .start()) {
            assertThat(Raw.get(fairlead.address(), "/")).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void aProgramServesThroughItAndStopsIt() throws Exception {
        Fairlead fairlead = Fairlead.builder()
                .listen("127.0.0.1:0")
                .pool(
                        "app",
                        pool -> pool.backend(one.address())
                                .backend(two.address(), 1)
                                .balance("round-robin")
                                .health("/healthz")
                                .interval(Duration.ofMillis(200)))
                .start();
        InetSocketAddress front = fairlead.address();
        try (fairlead) {
            awaitReady(fairlead);
            String answers = Raw.get(front, "/") + Raw.get(front, "/");
            assertThat(answers).contains("Hello from one.", "Hello from two.");
            await().until(() -> fairlead.status().listeners().getFirst().durationCount() == 2);
            assertThat(fairlead.adminAddress()).isNull();
            fairlead.stop(Duration.ZERO);
        }
        assertThatThrownBy(() -> Raw.get(front, "/")).hasCauseInstanceOf(ConnectException.class);
        assertThat(fairlead.status().draining()).isTrue();
    }

    @Test
    void routesAndSeveralListenersLeadToTheirPools() throws Exception {
        try (Fairlead fairlead = Fairlead.builder()
                .listen("a", "127.0.0.1:0")
                .listen("b", "127.0.0.1:0")
                .pool("app", pool -> pool.backend(one.address()).unchecked())
                .pool("api", pool -> pool.backend("" + two.port()).unchecked().balance("maglev", "uri"))
                .route("*", "/*", "app")
                .route("*", "/api/*", "api")
                .route("api.example.com", "/*", "api")
                .admin("127.0.0.1:0")
                .loops(1)
                .transport("nio")
                .grace(Duration.ZERO)
                .start()) {
            awaitReady(fairlead);
            for (InetSocketAddress front : fairlead.addresses().values()) {
                assertThat(Raw.get(front, "/")).contains("Hello from one.");
                assertThat(Raw.get(front, "/api/x")).contains("Hello from two.");
                assertThat(Raw.ask(front, "GET / HTTP/1.1\nHost: api.example.com\nConnection: close\n\n"))
                        .contains("Hello from two.");
            }
            assertThat(fairlead.addresses()).containsOnlyKeys("a", "b");
            assertThat(fairlead.status().transport()).isEqualTo("nio");
            assertThat(Raw.get(fairlead.adminAddress(), "/readyz")).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void everyProblemIsToldAtOnce() {
        FairleadBuilder builder = Fairlead.builder()
                .listen("8080")
                .pool(
                        "app",
                        pool -> pool.backend("127.0.0.1:99999")
                                .balance("rund-robin")
                                .perBackend(0))
                .admin("0.0.0.0:7900");
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(builder::start)
                .withMessageContaining("listeners.main.address: 8080")
                .withMessageContaining("did you mean `round-robin`?")
                .satisfies(e -> assertThat(e.problems())
                        .extracting(Problem::kind)
                        .contains(
                                ProblemKind.BAD_ADDRESS,
                                ProblemKind.BAD_CHOICE,
                                ProblemKind.OUT_OF_RANGE,
                                ProblemKind.ADMIN_WITHOUT_TOKEN));
    }

    @Test
    void aNameIsGivenOnce() {
        FairleadBuilder builder = Fairlead.builder().pool("app", pool -> pool.backend(one.address()));
        assertThatThrownBy(() -> builder.pool("app", pool -> pool.backend(two.address())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("pool: app (expected: a name that is not taken)");
    }

    @Test
    void aFileIsStartedAsItSays(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("fairlead.yaml");
        Files.writeString(file, """
                listeners: { web: { address: "127.0.0.1:0" } }
                pools: { app: { backends: [%d], health: off } }
                admin: { enabled: false }
                access-log: { to: %s }
                """.formatted(one.port(), folder.resolve("access.log")));
        try (Fairlead fairlead = Fairlead.fromFile(file)) {
            awaitReady(fairlead);
            assertThat(Raw.get(fairlead.address(), "/")).contains("Hello from one.");
        }
        assertThat(folder.resolve("access.log")).content().contains("\"backend\":\"" + one.address());
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> Fairlead.fromFile(folder.resolve("missing.yaml")))
                .withMessageContaining("no such file");
    }

    @Test
    void aTakenAddressIsAnIoException() throws Exception {
        try (Fairlead fairlead = Fairlead.fromText(text(0))) {
            int taken = fairlead.address().getPort();
            assertThatThrownBy(() -> Fairlead.fromText(text(taken)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(":" + taken);
        }
    }

    private String text(int port) {
        return """
                listeners: { web: { address: "127.0.0.1:%d" } }
                pools: { app: { backends: [%d], health: off } }
                admin: { enabled: false }
                access-log: { to: off }
                """.formatted(port, one.port());
    }

    @Test
    void systemPropertiesAreLeftAlone() throws Exception {
        Object before = System.getProperties().clone();
        try (Fairlead fairlead = Fairlead.fromText(text(0))) {
            awaitReady(fairlead);
            Raw.get(fairlead.address(), "/");
        }
        assertThat(System.getProperties().clone()).isEqualTo(before);
    }
}
