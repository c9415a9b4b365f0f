package dev.fairlead.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.server.Configs;
import dev.fairlead.server.control.Engine;
import dev.fairlead.server.control.Surroundings;
import dev.fairlead.testkit.RawClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Certificates of this machine's own authority. */
@Timeout(60)
class InternalTest {
    @TempDir
    private Path folder;

    private Engine start() throws IOException, InterruptedException {
        return Engine.start(Configs.of("""
                        listeners: { secure: { address: "127.0.0.1:0", tls: { internal: true } } }
                        pools: { app: { backends: ["127.0.0.1:1"], health: off } }
                        admin: { enabled: false }
                        access-log: { to: off }
                        """), Surroundings.system().trusted(folder));
    }

    private static InetSocketAddress secure(Engine engine) {
        return Objects.requireNonNull(engine.addresses().get("secure"));
    }

    /** The status of an answer to a client that verifies the certificate and that it is for {@code host}. */
    private static int ask(Engine engine, SSLContext trusting, String host) throws IOException {
        try (SSLSocket socket = (SSLSocket) trusting.getSocketFactory()
                .createSocket(secure(engine).getAddress(), secure(engine).getPort())) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            if (!host.equals("127.0.0.1")) {
                parameters.setServerNames(List.of(new SNIHostName(host)));
            }
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return RawClient.over(socket)
                    .send("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                    .answer()
                    .status();
        }
    }

    @Test
    void whoTrustsTheAuthorityTrustsEveryNameAlsoAfterARestart() throws Exception {
        SSLContext trusting;
        try (Engine engine = start()) {
            trusting = Certs.trusting(Files.readString(folder.resolve("authority.pem")));
            // Nobody listens behind it; it is the balancer that answers.
            assertThat(ask(engine, trusting, "127.0.0.1")).isIn(502, 503);
            assertThatThrownBy(() -> ask(engine, Certs.trusting(), "127.0.0.1"))
                    .isInstanceOf(SSLHandshakeException.class);
        }
        try (Engine engine = start()) {
            assertThat(ask(engine, trusting, "127.0.0.1")).isIn(502, 503);
        }
    }

    @Test
    void namesAreMadeAsTheyAreAskedForUpToALimit() throws Exception {
        try (Engine engine = start()) {
            for (int i = 0; i < 110; i++) {
                String name = "n" + i + ".test";
                try (SSLSocket socket = named(engine, name)) {
                    String shown = socket.getSession().getPeerPrincipal().getName();
                    assertThat(shown).isEqualTo(i < 100 ? "CN=" + name : "CN=localhost");
                }
            }
            // What was made is not forgotten.
            try (SSLSocket socket = named(engine, "n0.test")) {
                assertThat(socket.getSession().getPeerPrincipal().getName()).isEqualTo("CN=n0.test");
            }
        }
    }

    private static SSLSocket named(Engine engine, String name) throws IOException {
        // One that does not remember: in a session that goes on nothing is shown.
        SSLSocket socket = (SSLSocket) Certs.trustingAnyone()
                .getSocketFactory()
                .createSocket(secure(engine).getAddress(), secure(engine).getPort());
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    @Test
    void theKeyIsForItsOwnerOnly() throws Exception {
        try (Engine engine = start()) {
            assertThat(engine.draining()).isFalse();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("authority.key"))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void aDamagedAuthorityIsNotReplacedBehindAnyonesBack() throws Exception {
        start().close();
        Files.writeString(folder.resolve("authority.pem"), "nothing");

        assertThatThrownBy(this::start)
                .isInstanceOf(IOException.class)
                .hasMessage("listener secure: tls.internal: " + folder.resolve("authority.pem")
                        + ": no block `BEGIN CERTIFICATE`: remove it and its key to have both made anew");
    }
}
