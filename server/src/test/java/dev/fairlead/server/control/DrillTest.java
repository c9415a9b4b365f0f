package dev.fairlead.server.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fairlead.core.pool.BackendState.Wish;
import dev.fairlead.core.pool.Fault;
import dev.fairlead.server.Configs;
import dev.fairlead.server.Raw;
import dev.fairlead.server.control.Status.BackendStatus;
import dev.fairlead.server.demo.TinyBackend;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Faults acted out under real load, beside a pool whose clients see nothing but errors. */
@Timeout(60)
class DrillTest {
    private static final int CLIENTS = 6;
    private static final Duration LASTS = Duration.ofSeconds(4);

    private final List<TinyBackend> backends = new ArrayList<>();
    private final List<Thread> clients = new ArrayList<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private Engine engine;

    @BeforeEach
    void start() throws Exception {
        for (String name : List.of("one", "two", "three")) {
            backends.add(TinyBackend.start(name, Duration.ZERO));
        }
        String addresses = backends.stream().map(TinyBackend::address).collect(Collectors.joining(", "));
        engine = Engine.start(Configs.of("""
                listeners: { web: { address: "127.0.0.1:0" } }
                pools:
                  app: { backends: [%s], health: { http: /healthz, interval: 500ms } }
                  dead: { backends: ["127.0.0.1:1"] }
                routes:
                  - { match: { path: /dead }, forward: dead }
                  - { forward: app }
                admin: { enabled: false }
                access-log: { to: off }
                stop: { grace: 1s }
                """.formatted(addresses)), Surroundings.system());
        await().until(() -> engine.status().pools().getFirst().eligible() == 3);
        InetSocketAddress front = Objects.requireNonNull(engine.addresses().get("web"));
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(Thread.ofVirtual().start(() -> ask(front, "/")));
        }
        clients.add(Thread.ofVirtual().start(() -> ask(front, "/dead")));
    }

    private void ask(InetSocketAddress front, String path) {
        while (!over.get()) {
            try {
                Raw.get(front, path);
                Thread.sleep(5);
            } catch (IOException | InterruptedException e) {
                return;
            }
        }
    }

    @AfterEach
    void stop() throws Exception {
        over.set(true);
        for (Thread client : clients) {
            client.join();
        }
        engine.close();
        backends.forEach(TinyBackend::close);
    }

    private Drill.Verdict drill(Fault fault, double limit) throws InterruptedException {
        return engine.drill().run("app", backends.getFirst().address(), fault, LASTS, limit);
    }

    private BackendStatus first() {
        return engine.status().pools().getFirst().backends().getFirst();
    }

    @Test
    void refusedConnectionsAreNoticedAndNoClientSeesThem() throws Exception {
        Drill.Verdict verdict = drill(new Fault.Refuse(), 0.05);
        assertThat(verdict.detectedMillis()).isBetween(0L, LASTS.toMillis());
        assertThat(verdict.errors()).isZero();
        assertThat(verdict.retries()).isPositive();
        assertThat(verdict.peakOthers()).isPositive();
        assertThat(verdict.stoppedEarly()).isNull();
        await().untilAsserted(() -> assertThat(engine.timeline().after(0, 1000))
                .anyMatch(e -> e.event().why().equals("refuses connections for 4s")
                        && e.kind().equals("drill"))
                .anyMatch(e -> e.event().why().equals("the fault has ended")));
    }

    @Test
    void errorsBehindAPassingCheckAreNoticedByTraffic() throws Exception {
        Drill.Verdict verdict = drill(new Fault.Errors(0.5), 0.9);
        assertThat(verdict.detectedMillis()).isBetween(0L, LASTS.toMillis());
        assertThat(Objects.requireNonNull(verdict.detectedBy())).startsWith("ejected for");
        assertThat(verdict.errors()).isPositive();
        assertThat(first().state().why()).isEqualTo(verdict.detectedBy());
    }

    @Test
    void aSlowBackendIsTakenOutAndItsRequestsGoElsewhere() throws Exception {
        Drill.Verdict verdict = drill(new Fault.Slow(Duration.ofSeconds(3)), 0.05);
        assertThat(verdict.detectedMillis()).isBetween(0L, LASTS.toMillis());
        assertThat(verdict.errors()).isZero();
    }

    @Test
    void itStopsByItselfWhenClientsSufferTooMuch() throws Exception {
        Drill.Verdict verdict = drill(new Fault.Errors(1), 0.01);
        assertThat(Objects.requireNonNull(verdict.stoppedEarly())).contains("requests failed");
        assertThat(verdict.lastedMillis()).isLessThan(LASTS.toMillis());
    }

    @Test
    void itStopsByItselfWhereThereAreFewRequests() throws Exception {
        over.set(true);
        for (Thread client : clients) {
            client.join();
        }
        InetSocketAddress front = Objects.requireNonNull(engine.addresses().get("web"));
        var few = Thread.ofVirtual().start(() -> {
            try {
                for (int i = 0; i < 12; i++) {
                    Raw.get(front, "/");
                    Thread.sleep(100);
                }
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        Drill.Verdict verdict = drill(new Fault.Errors(1), 0.05);
        few.join();
        assertThat(verdict.requests()).isLessThan(20);
        assertThat(Objects.requireNonNull(verdict.stoppedEarly())).startsWith("2 of ");
    }

    @Test
    void whatIsNoDrillIsRefused() throws Exception {
        Drill drill = engine.drill();
        Duration second = Duration.ofSeconds(1);
        assertThatThrownBy(() -> drill.run("app", "x:1", new Fault.Refuse(), second, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is no backend app/x:1");
        String address = backends.getFirst().address();
        assertThatThrownBy(() -> drill.run("app", address, new Fault.Refuse(), Duration.ofMinutes(6), 1))
                .isInstanceOf(IllegalArgumentException.class);
        engine.operator().change("app", address, Change.to(Wish.MAINT, "a new disk"), null);
        assertThatThrownBy(() -> drill.run("app", address, new Fault.Refuse(), second, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("it takes no work now: a new disk");
        engine.operator().change("app", address, Change.to(Wish.READY, "it is in"), null);
        await().until(() -> first().takesNew());
        engine.operator().change("app", address, new Change(null, 0, null, null, null, 1, 0, null, "a spare"), null);
        assertThatThrownBy(() -> drill.run("app", address, new Fault.Refuse(), second, 1))
                .hasMessage("it takes no work now: its weight is 0");
        engine.operator().change("app", address, new Change(null, 1, null, null, null, 1, 0, null, "back"), null);
        backends.get(1).stop();
        backends.get(2).stop();
        await().until(() -> engine.status().pools().getFirst().backends().stream()
                        .filter(BackendStatus::takesNew)
                        .count()
                == 1);
        assertThatThrownBy(() -> drill.run("app", address, new Fault.Refuse(), second, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no other backend");
    }
}
