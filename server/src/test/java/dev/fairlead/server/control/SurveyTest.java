package dev.fairlead.server.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.server.Configs;
import dev.fairlead.server.demo.TinyBackend;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SurveyTest {
    @Test
    @Timeout(60)
    void everyBackendIsCheckedOnceAndTheCheckIsJudged() throws Exception {
        try (TinyBackend one = TinyBackend.start("one", Duration.ZERO);
                TinyBackend two = TinyBackend.start("two", Duration.ZERO)) {
            two.stop();
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
}
