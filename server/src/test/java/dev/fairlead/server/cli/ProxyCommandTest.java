package dev.fairlead.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.server.Raw;
import dev.fairlead.server.demo.TinyBackend;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProxyCommandTest {
    @Test
    void oneLinePutsAnAddressInFrontOfBackends() throws Exception {
        try (TinyBackend one = TinyBackend.start("one", Duration.ZERO);
                TinyBackend two = TinyBackend.start("two", Duration.ZERO);
                Background proxy = Background.start(
                        ProxyCommand::new,
                        "--from=127.0.0.1:0",
                        "--to=" + one.address(),
                        "--to=" + two.port(),
                        "--balance=round-robin",
                        "--health=/healthz",
                        "--admin=127.0.0.1:0",
                        "--access-log=off",
                        "--transport=nio")) {
            proxy.said("(pool to: [012] of 2 backends healthy)");
            Background.awaitAnswers(proxy.address("listening"), "Hello from one.", "Hello from two.");
            assertThat(Raw.get(proxy.address("admin"), "/status"))
                    .contains("\"address\":\"" + one.address(), "\"address\":\"" + two.address());
            assertThat(proxy.stop()).isZero();
            assertThat(proxy.err()).contains("transport nio", "by GET /healthz").doesNotContain("warning");
        }
    }

    @Test
    void withoutHealthItChecksByConnectingAndWithOffNotAtAll() throws Exception {
        try (TinyBackend one = TinyBackend.start("one", Duration.ZERO)) {
            String[] usual = {"--from=127.0.0.1:0", "--to=" + one.port(), "--admin=off", "--access-log=off"};
            try (Background proxy = Background.start(ProxyCommand::new, usual)) {
                proxy.said("(by connecting)");
                assertThat(proxy.err())
                        .contains("warning: --to: a single backend")
                        .doesNotContain("admin");
            }
            String[] off = {"--from=127.0.0.1:0", "--to=" + one.port(), "--admin=off", "--health=off"};
            try (Background proxy = Background.start(ProxyCommand::new, off)) {
                proxy.said("(no health check)");
            }
        }
    }

    @Test
    void everyProblemNamesItsOption() throws Exception {
        Background proxy = Background.start(
                ProxyCommand::new,
                "--from=8o80",
                "--to=70000",
                "--to=${HOME}",
                "--balance=rund-robin",
                "--health=healthz",
                "--admin=10.0.0.1:7900",
                "--transport=iouring");
        assertThat(proxy.code()).isEqualTo(2);
        assertThat(proxy.err())
                .contains(
                        "--from: 8o80 (expected: ",
                        "--to: 70000 (expected: ",
                        "--to: ${HOME} (expected: ",
                        "--balance: rund-robin (expected: ",
                        "did you mean `round-robin`?",
                        "--health: healthz (expected: ",
                        "--admin: 10.0.0.1:7900 (expected: ",
                        "--transport: iouring (expected: ");
    }

    @Test
    void withoutABackendItIsMisuse() throws Exception {
        Background proxy = Background.start(ProxyCommand::new, "--from=:8080");
        assertThat(proxy.code()).isEqualTo(2);
        assertThat(proxy.err()).contains("--to");
    }

    @Test
    void aConsistentBalanceIsWrittenWithItsKey() throws Exception {
        try (TinyBackend one = TinyBackend.start("one", Duration.ZERO)) {
            String[] arguments = {
                "--from=0", "--to=" + one.port(), "--admin=off", "--balance=ring:cookie:session", "--access-log=off"
            };
            try (Background proxy = Background.start(ProxyCommand::new, arguments)) {
                proxy.said("(listening on http://localhost:[0-9]+/, on every interface)");
            }
        }
    }
}
