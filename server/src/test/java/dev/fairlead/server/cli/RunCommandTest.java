package dev.fairlead.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.server.Raw;
import dev.fairlead.server.demo.TinyBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunCommandTest {
    @TempDir
    private Path folder;

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

    private String config(String listen, String more) throws IOException {
        return Files.writeString(folder.resolve("fairlead.yaml"), """
                        listeners: { web: { address: "%s" } }
                        pools:
                          app:
                            backends: [%d, %d]
                            health: { http: /healthz, interval: 200ms, timeout: 2s }
                        access-log: { to: off }
                        stop: { grace: 5s }
                        %s
                        """.formatted(listen, one.port(), two.port(), more))
                .toString();
    }

    @Test
    void itSaysWhatItDoesAndServesUntilItIsStopped() throws Exception {
        String file = config("127.0.0.1:0", "admin: { address: \"127.0.0.1:0\" }");
        try (Background run = Background.start(RunCommand::new, "-c", file)) {
            run.said("(pool app: [012] of 2 backends healthy)");
            Background.awaitAnswers(run.address("listening"), "Hello from one.", "Hello from two.");
            assertThat(Raw.get(run.address("admin"), "/readyz")).startsWith("HTTP/1.1 200 ");
            assertThat(run.err())
                    .containsPattern("fairlead: .* \\(Netty 4\\.2\\.")
                    .containsPattern("transport (epoll|io_uring|nio)( \\(.*\\))?, [0-9]+ event loops?")
                    .containsPattern("pool app: [0-2] of 2 backends healthy, first check now, "
                            + "then every 200ms by GET /healthz");
            assertThat(run.stop()).isZero();
            assertThat(run.err()).endsWith("stopping: 0 requests in work, at most 5s for them\n");
            assertThat(run.out()).isEmpty();
        }
    }

    @Test
    void aForcedTransportAndTheNumberOfLoopsAreSaid() throws Exception {
        String file = config("127.0.0.1:0", "runtime: { transport: nio, loops: 1 }\nadmin: { enabled: false }");
        try (Background run = Background.start(RunCommand::new, "-c", file)) {
            run.said("(transport nio \\(as configured\\), 1 event loop\n)");
            run.address("listening");
            assertThat(run.stop()).isZero();
            assertThat(run.err()).doesNotContain("admin");
        }
    }

    @Test
    void aConfigurationThatCannotBeUsedIsToldWholeAndEndsIt() throws Exception {
        String file = config("127.0.0.1:0", "rutime: {}\nadmin: { address: \"10.0.0.1:1\" }");
        Background run = Background.start(RunCommand::new, "-c", file);
        assertThat(run.code()).isEqualTo(Serving.BAD_CONFIG);
        assertThat(run.err())
                .contains("fairlead.yaml:", "rutime", "runtime", "10.0.0.1:1", "2 errors", "--explain FL-C");
    }

    @Test
    void aFileThatIsNotThereIsSaid() throws Exception {
        Background run = Background.start(
                RunCommand::new, "-c", folder.resolve("nope.yaml").toString());
        assertThat(run.code()).isEqualTo(Serving.BAD_CONFIG);
        assertThat(run.err()).contains("nope.yaml", "no such file");
    }

    @Test
    void anAddressThatIsTakenEndsIt() throws Exception {
        String first = config("127.0.0.1:0", "admin: { address: \"127.0.0.1:0\" }");
        try (Background run = Background.start(RunCommand::new, "-c", first)) {
            int port = run.address("listening").getPort();
            String second = config("127.0.0.1:" + port, "admin: { enabled: false }");
            Background other = Background.start(RunCommand::new, "-c", second);
            assertThat(other.code()).isEqualTo(Serving.CANNOT_START);
            assertThat(other.err()).contains("cannot start: cannot listen on").contains(":" + port);
            int taken = run.address("admin").getPort();
            String third = config("127.0.0.1:0", "admin: { address: \"127.0.0.1:" + taken + "\" }");
            Background last = Background.start(RunCommand::new, "-c", third);
            assertThat(last.code()).isEqualTo(Serving.CANNOT_START);
            assertThat(last.err()).contains("cannot listen on 127.0.0.1:" + taken + " (admin)");
        }
    }

    @Test
    void requestsInWorkAreFinishedBeforeItEnds() throws Exception {
        String file = config("127.0.0.1:0", "admin: { address: \"127.0.0.1:0\" }");
        try (Background run = Background.start(RunCommand::new, "-c", file)) {
            var front = run.address("listening");
            Background.awaitAnswers(front, "Hello from one.", "Hello from two.");
            one.slow(Duration.ofMillis(800));
            two.slow(Duration.ofMillis(800));
            var admin = run.address("admin");
            var answer = new CompletableFuture<String>();
            Thread.ofVirtual().start(() -> {
                try {
                    answer.complete(Raw.get(front, "/"));
                } catch (IOException | RuntimeException e) {
                    answer.completeExceptionally(e);
                }
            });
            await().until(() -> Raw.get(admin, "/metrics").contains("fairlead_requests_active{listener=\"web\"} 1.0"));
            assertThat(run.stop()).isZero();
            assertThat(answer.get()).startsWith("HTTP/1.1 200 ");
            assertThat(run.err()).contains("stopping: 1 request in work");
        }
    }
}
