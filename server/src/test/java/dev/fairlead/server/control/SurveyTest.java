package dev.fairlead.server.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.fairlead.server.Configs;
import dev.fairlead.server.demo.TinyBackend;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SurveyTest {
    @Test
    @Timeout(60)
    void everyBackendIsCheckedOnceAndTheCheckIsJudged() throws Exception {
        try (TinyBackend one = TinyBackend.start("one", Duration.ZERO);
                TinyBackend two = TinyBackend.start("two", Duration.ZERO)) {
            two.stop();
            // The kernel takes connections until its last moment, and then resets them.
            await().until(() -> refused(two.port()));
            List<Survey.Result> results = Survey.of(
                    Configs.of("""
                    listeners: { web: { address: "127.0.0.1:0" } }
                    pools:
                      app: { backends: [%s, %s], health: { http: /healthz } }
                      raw: { backends: [%s], health: { tcp: {} } }
                    routes: [{ forward: app }, { match: { path: /raw }, forward: raw }]
                    """.formatted(one.address(), two.address(), one.address())), Surroundings.system());
            assertThat(results).hasSize(2);
            Survey.Result app = results.getFirst();
            assertThat(app.backends().get(0).passed()).isTrue();
            assertThat(app.backends().get(0).evidence()).isEqualTo("status 200");
            assertThat(app.backends().get(1).passed()).isFalse();
            assertThat(app.backends().get(1).evidence()).isEqualTo("connect refused");
            // Its answer to any other path is 200, too.
            assertThat(app.grade()).startsWith("D: catch-all (a random path passes, too: status 200");
            assertThat(results.getLast().grade()).startsWith("C: connect-only (");
        }
    }

    private static boolean refused(int port) {
        try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return false;
        } catch (IOException e) {
            return e instanceof ConnectException;
        }
    }

    @Test
    @Timeout(60)
    void sessionsInABackendsMemoryAreWarnedOfWhereTheirRequestsAreSpread() throws Exception {
        HttpServer java = server(exchange -> exchange.getResponseHeaders().add("Set-Cookie", "JSESSIONID=1f; Path=/"));
        try (TinyBackend plain = TinyBackend.start("plain", Duration.ZERO)) {
            String address = "127.0.0.1:" + java.getAddress().getPort();
            List<Survey.Result> results =
                    Survey.of(Configs.of("""
                    listeners: { web: { address: "127.0.0.1:0" } }
                    pools:
                      spread: { backends: [%1$s, %2$s], balance: round-robin, health: { http: /healthz } }
                      alone: { backends: [%1$s], balance: round-robin, health: { http: /healthz } }
                      kept: { backends: [%1$s, %2$s], balance: { ring: "cookie:JSESSIONID" }, health: { tcp: {} } }
                      plain: { backends: [%2$s, %1$s], balance: round-robin, health: { http: /healthz } }
                    routes:
                      - { match: { path: /a }, forward: alone }
                      - { match: { path: /k }, forward: kept }
                      - { match: { path: /p }, forward: plain }
                      - { forward: spread }
                    """.formatted(address, plain.address())), Surroundings.system());
            assertThat(results.get(0).advice())
                    .contains("`/` sets the cookie JSESSIONID")
                    .contains("`balance: { ring: \"cookie:JSESSIONID\" }`");
            assertThat(results.subList(1, 4)).extracting(Survey.Result::advice).containsOnlyNulls();
        } finally {
            java.stop(0);
        }
    }

    private static HttpServer server(Consumer<HttpExchange> fields) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            fields.accept(exchange);
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        return server;
    }
}
