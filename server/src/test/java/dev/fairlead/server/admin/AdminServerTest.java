package dev.fairlead.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fairlead.core.config.Address;
import dev.fairlead.core.config.AdminConfig;
import dev.fairlead.server.Configs;
import dev.fairlead.server.Raw;
import dev.fairlead.server.control.Engine;
import dev.fairlead.server.control.Surroundings;
import dev.fairlead.server.demo.TinyBackend;
import dev.fairlead.testkit.RawClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AdminServerTest {
    private static final AdminConfig ANYWHERE = new AdminConfig(new Address("127.0.0.1", 0), true);

    private static TinyBackend backend;
    private static Engine engine;
    private static AdminServer admin;
    private static InetSocketAddress at;
    private static InetSocketAddress front;

    @BeforeAll
    static void start() throws Exception {
        backend = TinyBackend.start("one", Duration.ZERO);
        engine = engine("app: { backends: [%d], health: off }".formatted(backend.port()));
        admin = AdminServer.start(engine, ANYWHERE);
        at = admin.address();
        front = engine.addresses().get("web");
        await().until(() -> engine.status().pools().getFirst().eligible() == 1);
    }

    private static Engine engine(String pools) throws IOException, InterruptedException {
        return Engine.start(Configs.of("""
                        listeners: { web: { address: "127.0.0.1:0" } }
                        pools: { %s }
                        access-log: { to: off }
                        """.formatted(pools)), Surroundings.system());
    }

    @AfterAll
    static void stop() throws Exception {
        admin.close();
        engine.stop(Duration.ZERO);
        backend.close();
    }

    @Test
    void theStatusTellsListenersPoolsAndBackends() throws Exception {
        Raw.get(front, "/");
        await().untilAsserted(() -> {
            JsonNode status = status("/status");
            JsonNode listener = status.path("listeners").path(0);
            assertThat(listener.path("name").asString()).isEqualTo("web");
            assertThat(listener.path("address").asString()).isEqualTo("127.0.0.1:" + front.getPort());
            assertThat(listener.path("answers").path("2xx").asLong()).isPositive();
            JsonNode pool = status.path("pools").path(0);
            assertThat(pool.path("name").asString()).isEqualTo("app");
            assertThat(pool.path("eligible").asInt()).isEqualTo(1);
            JsonNode one = pool.path("backends").path(0);
            assertThat(one.path("address").asString()).isEqualTo(backend.address());
            assertThat(one.path("health").asString()).isEqualTo("up");
            assertThat(one.path("wish").asString()).isEqualTo("ready");
            assertThat(one.path("why").asString()).isNotEmpty();
            assertThat(Instant.parse(one.path("since").asString()))
                    .isAfter(Instant.parse(status.path("started").asString()).minusSeconds(1));
            assertThat(one.path("outcomes").path("ok").asLong()).isPositive();
            assertThat(one.path("first_byte_ms").path("p50").isNumber()).isTrue();
        });
    }

    private static JsonNode status(String path) throws IOException {
        return JsonMapper.shared().readTree(Raw.body(Raw.get(at, path)));
    }

    @Test
    void prettyIsForPeople() throws Exception {
        assertThat(Raw.body(Raw.get(at, "/status"))).doesNotContain("\n");
        assertThat(Raw.body(Raw.get(at, "/status?pretty"))).contains("\n  \"listeners\"");
    }

    @Test
    void metricsAreText() throws Exception {
        String answer = Raw.get(at, "/metrics");
        assertThat(answer).contains("text/plain; version=0.0.4").contains("fairlead_pool_eligible_backends");
    }

    @Test
    void theIndexNamesEveryPage() throws Exception {
        assertThat(Raw.body(Raw.get(at, "/"))).contains("/status", "/metrics", "/readyz", "/livez");
    }

    @Test
    void readyMeansThatEveryPoolHasABackend() throws Exception {
        assertThat(Raw.get(at, "/livez")).startsWith("HTTP/1.1 200 ");
        assertThat(Raw.get(at, "/readyz")).startsWith("HTTP/1.1 200 ");
        // A port of ours that refuses: the gate stays closed.
        TinyBackend dead = TinyBackend.start("dead", Duration.ZERO);
        dead.stop();
        try (Engine other = engine("down: { backends: [%d], health: { tcp: {} } }".formatted(dead.port()));
                AdminServer there = AdminServer.start(other, ANYWHERE)) {
            String answer = Raw.get(there.address(), "/readyz");
            assertThat(answer).startsWith("HTTP/1.1 503 ").contains("pool down: none of 1 backends takes new work");
        }
    }

    @Test
    void whoeverIsStoppingIsNotReady() throws Exception {
        Engine other = engine("app: { backends: [%d], health: off }".formatted(backend.port()));
        try (AdminServer there = AdminServer.start(other, ANYWHERE)) {
            await().until(() -> Raw.get(there.address(), "/readyz").startsWith("HTTP/1.1 200 "));
            other.stop(Duration.ZERO);
            assertThat(Raw.get(there.address(), "/readyz"))
                    .startsWith("HTTP/1.1 503 ")
                    .contains("stopping");
            assertThat(Raw.get(there.address(), "/livez")).startsWith("HTTP/1.1 200 ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "evil.example:7900", "10.0.0.1"})
    void aForeignHostIsRefused(String host) throws Exception {
        String answer = Raw.ask(at, "GET /status HTTP/1.1\nHost: " + host + "\nConnection: close\n\n");
        assertThat(answer).startsWith("HTTP/1.1 403 ").doesNotContain("listeners");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /status HTTP/1.1\nConnection: close\n\n",
                "GET /status HTTP/1.1\nHost: localhost\nHost: localhost\nConnection: close\n\n",
                "GET http://localhost/status HTTP/1.1\nHost: localhost\nConnection: close\n\n",
                "nonsense\n\n"
            })
    void whatIsNoRequestIsRefused(String request) throws Exception {
        assertThat(Raw.ask(at, request)).startsWith("HTTP/1.1 400 ").contains("application/problem+json");
    }

    @Test
    void othersThanGetAndHeadAreNotAllowed() throws Exception {
        for (String method : List.of("POST", "PUT", "DELETE", "OPTIONS", "PATCH")) {
            String answer = Raw.ask(
                    at, method + " /status HTTP/1.1\nHost: localhost\nContent-Length: 2\nConnection: close\n\nhi");
            assertThat(answer)
                    .as(method)
                    .startsWith("HTTP/1.1 405 ")
                    .containsIgnoringCase("allow: GET, HEAD")
                    .contains("\"status\":405");
        }
    }

    @Test
    void whatIsNotThereIsAProblem() throws Exception {
        assertThat(Raw.get(at, "/nope")).startsWith("HTTP/1.1 404 ").contains("\"title\":\"Not Found\"");
        assertThat(Raw.get(at, "//status")).startsWith("HTTP/1.1 404 ");
    }

    @Test
    void headHasNoBody() throws Exception {
        String answer = Raw.ask(at, "HEAD /livez HTTP/1.1\nHost: localhost\nConnection: close\n\n");
        assertThat(answer).startsWith("HTTP/1.1 200 ").containsIgnoringCase("content-length: 6");
        assertThat(Raw.body(answer)).isEmpty();
    }

    @Test
    void aConnectionServesOneRequestAfterTheOther() throws Exception {
        try (RawClient client = RawClient.connect(at)) {
            for (int i = 0; i < 3; i++) {
                client.send(Raw.crlf("GET /livez HTTP/1.1\nHost: localhost\n\n"));
                assertThat(client.answer().body()).isEqualTo("alive\n");
            }
        }
    }

    @Test
    void aHeadOrBodyWithoutMeasureIsRefused() throws Exception {
        String head = "GET / HTTP/1.1\nHost: localhost\nX: " + "x".repeat(20_000) + "\n\n";
        assertThat(Raw.ask(at, head)).startsWith("HTTP/1.1 431 ");
        // Without the body: it is refused as announced, and who goes on sending may be reset.
        String announced = "GET / HTTP/1.1\nHost: localhost\nContent-Length: 70000\n\n";
        assertThat(Raw.ask(at, announced)).startsWith("HTTP/1.1 413 ");
    }

    @Test
    void idleConnectionsMakeRoom() throws Exception {
        List<RawClient> open = new ArrayList<>();
        try {
            // One that has been answered, and many that never ask.
            RawClient first = RawClient.connect(at);
            open.add(first);
            first.send(Raw.crlf("GET /livez HTTP/1.1\nHost: localhost\n\n"));
            assertThat(first.answer().status()).isEqualTo(200);
            for (int i = 0; i < 70; i++) {
                open.add(RawClient.connect(at));
                assertThat(Raw.get(at, "/livez")).startsWith("HTTP/1.1 200 ");
            }
            assertThat(open.get(1).ends()).isTrue();
            assertThat(open.getLast().quietFor(50)).isTrue();
        } finally {
            open.forEach(RawClient::close);
        }
    }

    @Test
    void whoeverEndsTheirSideStillGetsAnAnswer() throws Exception {
        try (RawClient client = RawClient.connect(at)) {
            client.send(Raw.crlf("GET /status HTTP/1.1\nHost: localhost\n\n")).halfClose();
            assertThat(client.answer().status()).isEqualTo(200);
            assertThat(client.ends()).isTrue();
        }
    }

    @Test
    void anAddressThatOthersCanReachIsRefused() {
        var open = new AdminConfig(new Address("0.0.0.0", 0), true);
        assertThatThrownBy(() -> AdminServer.start(engine, open))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("admin.address: 0.0.0.0:0 (expected: a loopback address, or a token)");
    }

    @Test
    void aTakenAddressIsNamed() {
        var taken = new AdminConfig(new Address("127.0.0.1", at.getPort()), true);
        assertThatThrownBy(() -> AdminServer.start(engine, taken))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("127.0.0.1:" + at.getPort());
    }

    @Test
    void withoutAdminThereIsNone() throws Exception {
        assertThat(AdminServer.start(engine, new AdminConfig(ANYWHERE.address(), false)))
                .isNull();
    }
}
