package dev.fairlead.server.tls;

import static dev.fairlead.server.tls.TlsScene.GET;
import static dev.fairlead.server.tls.TlsScene.HELLO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.server.Configs;
import dev.fairlead.server.control.Engine;
import dev.fairlead.server.control.Status;
import dev.fairlead.server.control.Surroundings;
import dev.fairlead.testkit.RawClient;
import dev.fairlead.testkit.RecordingBackend;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS with backends, over sockets. */
@Timeout(60)
class BackendTlsTest {
    private static final RecordingBackend.Script ANSWERS = connection -> {
        while (true) {
            connection.request();
            connection.send(HELLO);
        }
    };

    @TempDir
    private Path folder;

    @BeforeEach
    void write() throws IOException {
        Files.writeString(folder.resolve("ca.pem"), Certs.authority());
    }

    private static RecordingBackend backend(Certs.Made shown, boolean asking, RecordingBackend.Script script)
            throws IOException {
        SSLServerSocket listening = (SSLServerSocket) shown.server(asking)
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        listening.setNeedClientAuth(asking);
        return RecordingBackend.on(listening, script);
    }

    private static RecordingBackend backend(Certs.Made shown) throws IOException {
        return backend(shown, false, ANSWERS);
    }

    private Engine start(String provider, String pool, RecordingBackend... backends) throws Exception {
        String addresses = Arrays.stream(backends)
                .map(backend -> "\"127.0.0.1:" + backend.address().getPort() + "\"")
                .collect(Collectors.joining(", "));
        return start(provider, pool, addresses);
    }

    private Engine start(String provider, String pool, String addresses) throws Exception {
        return Engine.start(
                Configs.of("""
                listeners: { web: { address: "127.0.0.1:0" } }
                pools: { app: { backends: [%s], %s } }
                admin: { enabled: false }
                access-log: { to: off }
                runtime: { loops: 2, tls: %s }
                """.formatted(addresses, pool.replace("FOLDER", folder.toString()), provider)),
                Surroundings.system());
    }

    private static RawClient client(Engine engine) {
        return RawClient.connect(Objects.requireNonNull(engine.addresses().get("web")));
    }

    private static int ask(Engine engine) throws IOException {
        try (RawClient client = client(engine)) {
            return client.send(GET).answer().status();
        }
    }

    private static long failures(Engine engine) {
        return engine.status().listeners().getFirst().failures().getOrDefault(Failure.BACKEND_TLS, 0L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"boringssl", "jdk"})
    void aGoodCertificateIsBelieved(String provider) throws Exception {
        try (RecordingBackend backend = backend(Certs.ecdsa("127.0.0.1"));
                Engine engine = start(provider, "health: off, tls: { ca: FOLDER/ca.pem }", backend);
                RawClient client = client(engine)) {
            assertThat(client.send(GET).answer().body()).isEqualTo("hi");
            assertThat(client.send(GET).answer().body()).isEqualTo("hi");
            assertThat(backend.connections()).hasSize(1);
            assertThat(engine.status().pools().getFirst().tls()).isEqualTo("verified");
        }
    }

    /** What the check says of such a backend; requests are refused as well. */
    private void assertRefused(Certs.Made shown, String tls, String why) throws Exception {
        try (RecordingBackend backend = backend(shown);
                Engine engine = start("boringssl", "health: off, tls: { " + tls + " }", backend)) {
            assertThat(ask(engine)).isEqualTo(502);
            assertThat(failures(engine)).isEqualTo(1);
            assertThat(backend.requests()).isEmpty();
        }
        try (RecordingBackend backend = backend(shown);
                Engine engine = start(
                        "boringssl",
                        "health: { http: /healthz, interval: 100ms, fall: 1 }, tls: { " + tls + " }",
                        backend)) {
            await().untilAsserted(() -> assertThat(evidence(engine)).contains(why));
            assertThat(ask(engine)).isEqualTo(503);
        }
    }

    private static String evidence(Engine engine) {
        Status.PoolStatus pool = engine.status().pools().getFirst();
        return pool.backends().getFirst().state().why();
    }

    @Test
    void anExpiredCertificateIsRefusedByName() throws Exception {
        Certs.Made old = Certs.lasting(Duration.ofDays(-1), "127.0.0.1");
        assertRefused(old, "ca: FOLDER/ca.pem", name(old, "Test Authority") + " expired on 20");
    }

    @Test
    void aCertificateForAnotherNameIsRefusedByName() throws Exception {
        Certs.Made other = Certs.ecdsa("other.example");
        assertRefused(other, "ca: FOLDER/ca.pem", name(other, "Test Authority") + " is not for 127.0.0.1");
    }

    @Test
    void aCertificateOfAnUnknownAuthorityIsRefusedByName() throws Exception {
        Certs.Made unknown = Certs.unknown("127.0.0.1");
        assertRefused(
                unknown,
                "ca: FOLDER/ca.pem",
                name(unknown, "Other Authority") + " is from an authority that is not trusted");
    }

    @Test
    void aCertificateThatSignsItselfIsRefusedByNameAlsoByThoseWhomJavaTrusts() throws Exception {
        Certs.Made own = Certs.selfSigned("127.0.0.1");
        assertRefused(own, "enabled: true", name(own, "127.0.0.1") + " is signed by itself and not trusted");
    }

    private static String name(Certs.Made made, String issuer) {
        return made.certificate().getSubjectX500Principal().getName().isEmpty()
                ? ""
                : "certificate for "
                        + made.certificate().getSubjectX500Principal().getName() + " (issuer CN=" + issuer + ", serial "
                        + made.certificate().getSerialNumber().toString(16) + ")";
    }

    @Test
    void aPinnedKeyNeedsNoAuthorityAndAnotherOneIsRefused() throws Exception {
        Certs.Made own = Certs.selfSigned("whoever");
        String pin = "sha256/"
                + Base64.getEncoder()
                        .encodeToString(MessageDigest.getInstance("SHA-256")
                                .digest(own.certificate().getPublicKey().getEncoded()));
        try (RecordingBackend backend = backend(own);
                Engine engine = start("boringssl", "health: off, tls: { pins: [\"" + pin + "\"] }", backend)) {
            assertThat(ask(engine)).isEqualTo(200);
            assertThat(engine.status().pools().getFirst().tls()).isEqualTo("pinned");
        }
        assertRefused(
                Certs.selfSigned("whoever"), "pins: [\"" + pin + "\"]", "has another key than those pinned: sha256/");
    }

    @Test
    void whoIsNotVerifiedIsBelieved() throws Exception {
        try (RecordingBackend backend = backend(Certs.selfSigned("whoever"));
                Engine engine = start("boringssl", "health: { http: / }, tls: { verify: off }", backend)) {
            await().until(() -> ask(engine) == 200);
            assertThat(engine.status().pools().getFirst().tls()).isEqualTo("not-verified");
        }
    }

    @Test
    void theNameThatIsAskedForMayBeAnother() throws Exception {
        try (RecordingBackend backend = backend(Certs.ecdsa("app.example"));
                Engine engine =
                        start("boringssl", "health: off, tls: { ca: FOLDER/ca.pem, name: app.example }", backend)) {
            assertThat(ask(engine)).isEqualTo(200);
        }
    }

    @Test
    void aBackendThatAsksIsShownACertificate() throws Exception {
        Certs.forClients("balancer").to(folder, "own");
        Certs.Made shown = Certs.ecdsa("127.0.0.1");
        String own = "health: off, tls: { ca: FOLDER/ca.pem, cert: FOLDER/own.pem, key: FOLDER/own.key }";
        try (RecordingBackend backend = backend(shown, true, ANSWERS);
                Engine with = start("boringssl", own, backend);
                Engine without = start("boringssl", "health: off, tls: { ca: FOLDER/ca.pem }", backend)) {
            assertThat(ask(with)).isEqualTo(200);
            assertThat(ask(without)).isEqualTo(502);
        }
    }

    @Test
    void oneBadCertificateCostsNoRequest() throws Exception {
        try (RecordingBackend good = backend(Certs.ecdsa("127.0.0.1"));
                RecordingBackend bad = backend(Certs.ecdsa("other.example"));
                Engine engine = start(
                        "boringssl", "health: off, balance: round-robin, tls: { ca: FOLDER/ca.pem }", good, bad)) {
            for (int i = 0; i < 20; i++) {
                assertThat(ask(engine)).isEqualTo(200);
            }
            assertThat(bad.requests()).isEmpty();
        }
    }

    @Test
    void aCheckThatOnlyConnectsShakesHandsAsRequestsDo() throws Exception {
        Certs.Made other = Certs.ecdsa("other.example");
        try (RecordingBackend bad = backend(other);
                RecordingBackend good = backend(Certs.ecdsa("127.0.0.1"));
                Engine first = start("boringssl", "health: { tcp: {} }, tls: { ca: FOLDER/ca.pem }", bad);
                Engine second = start("boringssl", "health: { tcp: {} }, tls: { ca: FOLDER/ca.pem }", good)) {
            await().untilAsserted(() -> assertThat(evidence(first)).contains("is not for 127.0.0.1"));
            await().until(() -> ask(second) == 200);
            assertThat(evidence(second)).contains("connected, with a TLS handshake");
        }
    }

    @Test
    void plainTextBehindItIsToldAsThat() throws Exception {
        try (RecordingBackend plain = RecordingBackend.start(connection -> connection.send("SSH-2.0-other\r\n"));
                Engine engine = start("boringssl", "health: off, tls: { verify: off }", plain)) {
            assertThat(ask(engine)).isEqualTo(502);
            assertThat(failures(engine)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"boringssl", "jdk"})
    void anAnswerThatEndsWithItsConnectionIsWholeOnlyIfTheEndWasSaid(String provider) throws Exception {
        for (boolean said : new boolean[] {true, false}) {
            try (ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                    Engine engine = start(
                            provider,
                            "health: off, retries: { max: 0 }, tls: { ca: FOLDER/ca.pem }",
                            "\"127.0.0.1:" + listening.getLocalPort() + "\"")) {
                Certs.Made shown = Certs.ecdsa("127.0.0.1");
                var served = CompletableFuture.runAsync(() -> serveUntilClose(listening, shown, said));
                try (RawClient client = client(engine)) {
                    client.send("GET / HTTP/1.0\r\nHost: a.example\r\n\r\n");
                    if (said) {
                        assertThat(client.rest()).endsWith("\r\n\r\nall of it");
                    } else {
                        assertThatThrownBy(client::rest).isInstanceOf(IOException.class);
                    }
                }
                served.join();
            }
        }
    }

    private static void serveUntilClose(ServerSocket listening, Certs.Made shown, boolean said) {
        try (Socket raw = listening.accept()) {
            SSLSocket socket =
                    (SSLSocket) shown.server().getSocketFactory().createSocket(raw, null, raw.getPort(), false);
            socket.setUseClientMode(false);
            byte[] request = new byte[4096];
            assertThat(socket.getInputStream().read(request)).isPositive();
            socket.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\nall of it".getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            if (said) {
                socket.close();
            } else {
                raw.shutdownOutput();
                assertThat(raw.getInputStream().readAllBytes()).isNotNull();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void largeBodiesAndUpgradesGoThrough() throws Exception {
        int size = 5_000_000;
        RecordingBackend.Script script = connection -> {
            String head = connection.head();
            if (head.contains("Upgrade")) {
                connection.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
                connection.send("<" + connection.exactly(4) + ">");
            } else {
                String body = connection.exactly(size);
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n" + body);
            }
        };
        try (RecordingBackend backend = backend(Certs.ecdsa("127.0.0.1"), false, script);
                Engine engine = start("boringssl", "health: off, tls: { ca: FOLDER/ca.pem }", backend)) {
            String body = "0123456789".repeat(size / 10);
            try (RawClient client = client(engine)) {
                client.send("POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: " + size + "\r\n\r\n");
                var sent = CompletableFuture.runAsync(() -> {
                    try {
                        client.send(body);
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                });
                assertThat(client.answer().body()).isEqualTo(body);
                sent.join();
            }
            try (RawClient client = client(engine)) {
                client.send("GET / HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
                assertThat(client.head()).startsWith("HTTP/1.1 101");
                assertThat(client.send("ping").exactly(6)).isEqualTo("<ping>");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tls12", "tls13"})
    void sessionsAreResumed(String version) throws Exception {
        Certs.ecdsa("127.0.0.1").to(folder, "a");
        String custom = version.equals("tls13") ? "modern" : "intermediate";
        try (TlsScene behind = TlsScene.start(
                        folder,
                        "boringssl",
                        "{ certificates: [{ cert: FOLDER/a.pem, key: FOLDER/a.key }], profile: " + custom + " }",
                        "");
                Engine engine = start(
                        "boringssl",
                        "health: off, keep-alive: { connections: 0 }, tls: { ca: FOLDER/ca.pem }",
                        "\"127.0.0.1:" + behind.secure().getPort() + "\"")) {
            for (int i = 0; i < 4; i++) {
                assertThat(ask(engine)).isEqualTo(200);
            }
            assertThat(behind.ended("full") + behind.ended("resumed")).isEqualTo(4);
            assertThat(behind.ended("resumed")).isPositive();
        }
    }
}
