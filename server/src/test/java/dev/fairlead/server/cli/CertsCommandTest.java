package dev.fairlead.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.server.Configs;
import dev.fairlead.server.admin.AdminServer;
import dev.fairlead.server.control.Engine;
import dev.fairlead.server.control.Surroundings;
import dev.fairlead.server.tls.Responder;
import dev.fairlead.testkit.OcspAuthority.Holder;
import dev.fairlead.testkit.OcspAuthority.Says;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code fairlead certs} says of OCSP answers. */
@Timeout(60)
class CertsCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    private Responder responder;

    @BeforeEach
    void start() throws Exception {
        responder = Responder.start();
    }

    @AfterEach
    void stop() {
        responder.close();
    }

    /** The exit code, with an engine whose responder has said something. */
    private int certs() throws Exception {
        Engine engine = Engine.start(Configs.of("""
                listeners:
                  web:
                    address: "127.0.0.1:0"
                    tls: { certificates: [{ cert: %1$s/a.pem, key: %1$s/a.key }] }
                pools: { app: { backends: ["127.0.0.1:1"], health: off } }
                admin: { address: "127.0.0.1:0" }
                access-log: { to: off }
                runtime: { tls: boringssl }
                """.formatted(folder)), Surroundings.system());
        try (engine;
                AdminServer admin = Objects.requireNonNull(
                        AdminServer.start(engine, engine.config().admin()))) {
            await().until(() -> engine.status().ocsp().values().stream()
                            .mapToLong(times -> times)
                            .sum()
                    == 1);
            var shell = new Shell(new PrintWriter(out, true), new PrintWriter(err, true), false, name -> null);
            return Main.run(
                    shell,
                    "certs",
                    "--admin",
                    "http://127.0.0.1:" + admin.address().getPort());
        }
    }

    @Test
    void itSaysUntilWhenAnAnswerIsStapled() throws Exception {
        Holder leaf = responder.certificate(folder, "a", true);
        var answer = responder.answer(leaf);
        responder.says(answer.bytes());

        assertThat(certs()).isZero();
        assertThat(err.toString()).isEmpty();
        assertThat(out.toString().lines().toList().getFirst())
                .matches("LISTENER +NAMES +ISSUER +KEY +DAYS LEFT +STAPLED +FILE");
        assertThat(out.toString().lines().toList().get(1))
                .startsWith("web ")
                .contains(" Some Authority ")
                .contains(" until " + Instant.ofEpochMilli(Objects.requireNonNull(answer.nextUpdate())) + " ")
                .endsWith("/a.pem");
    }

    @Test
    void aRevokedCertificateIsAnError() throws Exception {
        Holder leaf = responder.certificate(folder, "a", false);
        responder.says(leaf, answer -> answer.saying(Says.REVOKED));

        assertThat(certs()).isEqualTo(1);
        assertThat(out.toString()).contains(" revoked ");
        assertThat(err.toString()).isEqualTo(folder + "/a.pem: REVOKED, says " + responder.url() + "\n");
    }

    @Test
    void anAnswerThatDoesNotComeIsANote() throws Exception {
        responder.certificate(folder, "a", false);

        assertThat(certs()).isZero();
        assertThat(out.toString()).contains(" none ");
        assertThat(err.toString())
                .isEqualTo(folder + "/a.pem: " + responder.url() + ": it answers with the status 500\n");
    }

    @Test
    void whereClientsInsistOnItItIsAnError() throws Exception {
        responder.certificate(folder, "a", true);

        assertThat(certs()).isEqualTo(1);
        assertThat(err.toString()).startsWith(folder + "/a.pem: clients are told to insist on an OCSP answer");
    }
}
