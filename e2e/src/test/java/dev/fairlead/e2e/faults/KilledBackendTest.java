package dev.fairlead.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.server.embed.Fairlead;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One of three backends dies under load. Every request here is idempotent, so not one may fail. */
class KilledBackendTest {
    private static final int CLIENTS = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final List<BackendProcess> backends = new ArrayList<>();
    private Fairlead fairlead;

    @BeforeEach
    void start() throws Exception {
        for (int i = 0; i < 3; i++) {
            backends.add(BackendProcess.start(0));
        }
        fairlead = Fairlead.fromText("""
                listeners: { web: { address: "127.0.0.1:0" } }
                pools:
                  app:
                    backends: [%d, %d, %d]
                    health: { http: /healthz, interval: 500ms }
                admin: { enabled: false }
                access-log: { to: "off" }
                runtime: { loops: 2 }
                """.formatted(
                backends.get(0).port(), backends.get(1).port(), backends.get(2).port()));
        await().atMost(PATIENCE).until(() -> eligible() == 3);
    }

    @AfterEach
    void stop() {
        fairlead.close();
        backends.forEach(BackendProcess::close);
    }

    private int eligible() {
        return fairlead.status().pools().getFirst().eligible();
    }

    /** Lets clients ask for a while, counted in answers so that a slow machine asks as much. */
    private static void letThemAsk(SteadyClients clients, int more) {
        long wanted = clients.answers() + more;
        await().atMost(PATIENCE).until(() -> clients.answers() >= wanted);
    }

    @Test
    void killingOneOfThreeFailsNoRequestAndItComesBackByItsChecks() throws Exception {
        try (var clients = new SteadyClients(CLIENTS, fairlead.address())) {
            letThemAsk(clients, 300);
            backends.get(1).kill();
            letThemAsk(clients, 300);
            await().atMost(PATIENCE).until(() -> eligible() == 2);
            backends.set(1, BackendProcess.start(backends.get(1).port()));
            await().atMost(PATIENCE).until(() -> eligible() == 3);
            letThemAsk(clients, 300);
            assertThat(clients.failures()).isEmpty();
        }
    }

    @Test
    void hangingOneOfThreeFailsNoRequest() throws Exception {
        try (var clients = new SteadyClients(CLIENTS, fairlead.address())) {
            letThemAsk(clients, 300);
            backends.get(2).hang();
            await().atMost(PATIENCE).until(() -> eligible() == 2);
            letThemAsk(clients, 300);
            backends.get(2).goOn();
            await().atMost(PATIENCE).until(() -> eligible() == 3);
            letThemAsk(clients, 300);
            assertThat(clients.failures()).isEmpty();
        }
    }
}
