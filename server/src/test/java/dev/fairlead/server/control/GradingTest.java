package dev.fairlead.server.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.core.health.Event;
import dev.fairlead.core.health.Grade;
import dev.fairlead.core.health.Grade.Kind;
import dev.fairlead.server.Configs;
import dev.fairlead.testkit.RecordingBackend;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a running engine says of its health checks. */
@Timeout(60)
class GradingTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private static Engine start(RecordingBackend backend, String health) throws Exception {
        return Engine.start(Configs.of("""
                listeners: { web: { address: "127.0.0.1:0" } }
                pools:
                  app: { backends: ["127.0.0.1:%d"], health: %s }
                admin: { enabled: false }
                access-log: { to: off }
                stop: { grace: 1s }
                """.formatted(backend.address().getPort(), health)), Surroundings.system());
    }

    private static List<Kind> graded(Engine engine) {
        await().atMost(Duration.ofSeconds(20)).until(() -> engine.grade("app") != null);
        Grade grade = Objects.requireNonNull(engine.grade("app"));
        return grade.findings().stream().map(Grade.Finding::kind).toList();
    }

    @Test
    void aBackendThatSaysYesToEverythingIsFoundOut() throws Exception {
        try (RecordingBackend backend = RecordingBackend.answering(OK);
                Engine engine = start(backend, "{ http: /healthz }")) {
            assertThat(graded(engine)).contains(Kind.CATCH_ALL);
            await().until(() -> engine.timeline().after(0, 100).stream()
                    .anyMatch(e -> e.event().kind() == Event.Kind.GRADE
                            && e.event().why().contains("a random path passes, too: status 200")));
        }
    }

    @Test
    void aCheckThatHasToBeAnsweredDoesNotOnlyConnect() throws Exception {
        try (RecordingBackend backend = RecordingBackend.answering(OK);
                Engine engine =
                        start(backend, "{ tcp: { send: 'GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n', expect: HTTP } }")) {
            assertThat(graded(engine)).isEmpty();
        }
    }

    @Test
    void connectingOnlyIsSaidToBeThat() throws Exception {
        try (RecordingBackend backend = RecordingBackend.answering(OK);
                Engine engine = start(backend, "{ tcp: {} }")) {
            assertThat(graded(engine)).containsExactly(Kind.CONNECT_ONLY);
        }
    }
}
