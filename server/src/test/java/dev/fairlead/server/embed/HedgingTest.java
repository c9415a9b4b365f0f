package dev.fairlead.server.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.server.Raw;
import dev.fairlead.server.control.Status.HedgeStatus;
import dev.fairlead.server.demo.TinyBackend;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Second sendings from the configuration to the client. */
class HedgingTest {
    private static @Nullable HedgeStatus hedge(Fairlead fairlead) {
        return fairlead.status().pools().getFirst().hedge();
    }

    private static Fairlead start(TinyBackend one, TinyBackend two, String hedge) throws IOException {
        return Fairlead.fromText("""
                listeners: { web: { address: "127.0.0.1:0" } }
                pools: { app: { balance: round-robin, backends: ["%s", "%s"], health: off, hedge: %s } }
                admin: { address: "127.0.0.1:0" }
                access-log: { to: "off" }
                """.formatted(one.address(), two.address(), hedge));
    }

    @Test
    void aSlowBackendIsOvertaken() throws IOException {
        try (TinyBackend slow = TinyBackend.start("slow", Duration.ofSeconds(2));
                TinyBackend quick = TinyBackend.start("quick", Duration.ZERO);
                Fairlead fairlead = start(slow, quick, "{ after: 30ms, most: 50% }")) {
            await().until(() -> fairlead.status().pools().getFirst().eligible() == 2);
            InetSocketAddress front = fairlead.address();
            for (int i = 0; i < 4; i++) {
                // A second sending takes a turn, so the slow one is first each time.
                assertThat(Raw.get(front, "/")).startsWith("HTTP/1.1 200 ").contains("quick");
            }
            assertThat(hedge(fairlead)).isNotNull().satisfies(status -> {
                assertThat(status.afterNanos()).isEqualTo(30_000_000);
                assertThat(status.results()).containsEntry("won", 4L);
            });
            assertThat(Raw.get(fairlead.adminAddress(), "/status"))
                    .contains("\"hedge\":{\"after_ms\":30.0,\"won\":4,\"lost\":0,\"failed\":0}");
            assertThat(Raw.get(fairlead.adminAddress(), "/metrics"))
                    .contains("fairlead_hedges_total{pool=\"app\",result=\"won\"} 4.0");
        }
    }

    @Test
    void whatIsUsualIsLearnt() throws IOException {
        try (TinyBackend one = TinyBackend.start("one", Duration.ZERO);
                TinyBackend two = TinyBackend.start("two", Duration.ZERO);
                Fairlead fairlead = start(one, two, "p95")) {
            await().until(() -> fairlead.status().pools().getFirst().eligible() == 2);
            InetSocketAddress front = fairlead.address();
            assertThat(hedge(fairlead))
                    .isNotNull()
                    .satisfies(status -> assertThat(status.afterNanos()).isZero());
            await().until(() -> {
                for (int i = 0; i < 20; i++) {
                    Raw.get(front, "/");
                }
                HedgeStatus status = hedge(fairlead);
                return status != null && status.afterNanos() > 0;
            });
        }
    }

    @Test
    void nothingIsSentTwiceUnlessAskedFor() throws IOException {
        try (TinyBackend one = TinyBackend.start("one", Duration.ZERO);
                TinyBackend two = TinyBackend.start("two", Duration.ZERO);
                Fairlead fairlead = start(one, two, "off")) {
            assertThat(hedge(fairlead)).isNull();
        }
    }
}
