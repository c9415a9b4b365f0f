package dev.fairlead.server.embed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.server.Raw;
import dev.fairlead.server.demo.TinyBackend;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rate limits from the configuration to the client. */
class RateLimitsTest {
    private TinyBackend one;

    @BeforeEach
    void startBackend() throws IOException {
        one = TinyBackend.start("one", Duration.ZERO);
    }

    @AfterEach
    void stopBackend() {
        one.close();
    }

    @Test
    void aRouteWithoutMatchLimitsTheOnlyPoolAndStatusAndMetricsSaySo() throws IOException {
        try (Fairlead fairlead = Fairlead.fromText("""
                listeners: { web: { address: "127.0.0.1:0" } }
                routes: [{ forward: app, rate-limit: { rate: 1/h, burst: 2, keys: 1000 } }]
                pools: { app: { backends: ["%s"], health: off } }
                admin: { address: "127.0.0.1:0" }
                access-log: { to: "off" }
                """.formatted(one.address()))) {
            InetSocketAddress front = fairlead.address();
            assertThat(Raw.get(front, "/")).startsWith("HTTP/1.1 200 ");
            assertThat(Raw.get(front, "/")).startsWith("HTTP/1.1 200 ");
            assertThat(Raw.get(front, "/"))
                    .startsWith("HTTP/1.1 429 Too Many Requests")
                    .containsPattern("Retry-After: 3[56]\\d\\d\r\n")
                    .containsPattern("RateLimit: \"route\";r=0;t=3[56]\\d\\d\r\n")
                    .contains("RateLimit-Policy: \"route\";q=2;w=72");
            InetSocketAddress admin = fairlead.adminAddress();
            assertThat(Raw.get(admin, "/status"))
                    .contains("\"rate_limits\":[{\"route\":\"*/*\",\"rate\":\"1/h\",\"burst\":2,\"by\":\"source\","
                            + "\"keys\":1000,\"keys_in_use\":1,\"bytes\":8000,\"refused\":1}]");
            assertThat(Raw.get(admin, "/metrics"))
                    .contains("fairlead_rate_limited_total{route=\"*/*\"} 1.0")
                    .contains("reason=\"rate-limited\",side=\"client\"} 1.0");
        }
    }

    @Test
    void aProgramLimitsARoute() throws IOException {
        try (Fairlead fairlead = Fairlead.builder()
                .listen("127.0.0.1:0")
                .pool("app", pool -> pool.backend(one.address()).unchecked())
                .route("*", "/*", "app")
                .route("*", "/login", "app", "1/h")
                .start()) {
            InetSocketAddress front = fairlead.address();
            assertThat(Raw.get(front, "/login")).startsWith("HTTP/1.1 200 ");
            assertThat(Raw.get(front, "/login")).startsWith("HTTP/1.1 429 ");
            assertThat(Raw.get(front, "/")).startsWith("HTTP/1.1 200 ");
        }
    }
}
