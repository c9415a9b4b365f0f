package dev.fairlead.server.tls;

import static dev.fairlead.server.tls.TlsScene.GET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fairlead.server.Raw;
import dev.fairlead.testkit.RawClient;
import dev.fairlead.testkit.RecordingBackend;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS with clients, over sockets, with either provider. */
@Timeout(120)
class TerminationTest {
    private static final String CERTIFICATES =
            "certificates: [{ cert: FOLDER/a.pem, key: FOLDER/a.key }, { cert: FOLDER/rsa.pem, key: FOLDER/rsa.key },"
                    + " { cert: FOLDER/wild.pem, key: FOLDER/wild.key }]";
    private static final String TLS = "{ " + CERTIFICATES + " }";

    @TempDir
    private static Path folder;

    private static Certs.Made first;
    private static Certs.Made rsa;
    private static Certs.Made wild;

    @BeforeAll
    static void make() throws IOException {
        first = Certs.ecdsa("a.example", "www.a.example").to(folder, "a");
        rsa = Certs.rsa("a.example").to(folder, "rsa");
        wild = Certs.ecdsa("*.wild.example").to(folder, "wild");
    }

    private static TlsScene start(String provider) throws Exception {
        return TlsScene.start(folder, provider, TLS, "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"boringssl", "jdk"})
    void requestsGoThroughAndTheBackendHearsOfHttps(String provider) throws Exception {
        try (TlsScene scene = start(provider);
                RawClient client = scene.client("a.example")) {
            assertThat(client.send(GET).answer().body()).isEqualTo("hi");
            assertThat(client.send(GET).answer().status()).isEqualTo(200);
            assertThat(scene.backend.request(0).head())
                    .contains("X-Forwarded-Proto: https")
                    .contains("proto=https");
            assertThat(scene.ended("full")).isEqualTo(1);
            assertThat(scene.tls().provider()).isEqualTo(provider.equals("jdk") ? "JDK" : "BoringSSL");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"boringssl", "jdk"})
    void theNameDecidesWhichCertificateIsShown(String provider) throws Exception {
        try (TlsScene scene = start(provider)) {
            assertThat(scene.shown("a.example", p -> {})).isEqualTo(first.certificate());
            assertThat(scene.shown("WWW.A.example", p -> {})).isEqualTo(first.certificate());
            assertThat(scene.shown("x.wild.example", p -> {})).isEqualTo(wild.certificate());
            // A star stands for one label.
            assertThat(scene.shown("x.y.wild.example", p -> {})).isEqualTo(first.certificate());
            assertThat(scene.shown("wild.example", p -> {})).isEqualTo(first.certificate());
            assertThat(scene.shown("unknown.example", p -> {})).isEqualTo(first.certificate());
            assertThat(scene.shown("", p -> {})).isEqualTo(first.certificate());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"boringssl", "jdk"})
    void aClientThatKnowsNoEllipticCurvesIsShownTheOneWithRsa(String provider) throws Exception {
        try (TlsScene scene = start(provider)) {
            SSLContext anyone = Certs.trustingAnyone();
            X509Certificate old = scene.shown(anyone, "a.example", p -> {
                p.setProtocols(new String[] {"TLSv1.2"});
                p.setCipherSuites(new String[] {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"});
            });
            assertThat(old).isEqualTo(rsa.certificate());
            X509Certificate modern = scene.shown(anyone, "a.example", p -> {
                p.setProtocols(new String[] {"TLSv1.3"});
                p.setSignatureSchemes(new String[] {"rsa_pss_rsae_sha256"});
            });
            assertThat(modern).isEqualTo(rsa.certificate());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = "boringssl")
    void anUnknownNameIsRefusedWhereThatIsWished(String provider) throws Exception {
        try (TlsScene scene = TlsScene.start(folder, provider, "{ " + CERTIFICATES + ", unknown-name: refuse }", "")) {
            assertThatThrownBy(() -> scene.shown("unknown.example", p -> {}))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("unrecognized_name");
            assertThat(scene.shown("a.example", p -> {})).isEqualTo(first.certificate());
            // Who says no name has not said a wrong one.
            assertThat(scene.shown("", p -> {})).isEqualTo(first.certificate());
            assertThat(scene.ended("unknown-name")).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = "boringssl")
    void versionsAreThoseOfTheProfile(String provider) throws Exception {
        try (TlsScene scene = start(provider)) {
            try (SSLSocket socket = scene.connect("a.example", p -> p.setProtocols(new String[] {"TLSv1.2"}))) {
                assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.2");
            }
            try (SSLSocket socket = scene.connect("a.example", p -> {})) {
                assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.3");
            }
        }
        try (TlsScene scene = TlsScene.start(folder, provider, "{ " + CERTIFICATES + ", profile: modern }", "")) {
            assertThatThrownBy(() -> scene.shown("a.example", p -> p.setProtocols(new String[] {"TLSv1.2"})))
                    .isInstanceOf(SSLHandshakeException.class);
            scene.awaitEnded("failed", 1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = "boringssl")
    void theProtocolIsAgreedOnOrRefused(String provider) throws Exception {
        try (TlsScene scene = start(provider)) {
            try (SSLSocket socket =
                    scene.connect("a.example", p -> p.setApplicationProtocols(new String[] {"h2", "http/1.1"}))) {
                assertThat(socket.getApplicationProtocol()).isEqualTo("http/1.1");
            }
            assertThatThrownBy(() -> scene.shown("a.example", p -> p.setApplicationProtocols(new String[] {"h2"})))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("no_application_protocol");
            assertThat(scene.ended("no-protocol")).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void sessionsAreResumedAcrossLoopsAndCertificates(String version) throws Exception {
        SSLContext context = Certs.trusting();
        try (TlsScene scene = start("boringssl")) {
            for (int i = 0; i < 6; i++) {
                try (SSLSocket socket =
                        scene.connect(context, "a.example", p -> p.setProtocols(new String[] {version}))) {
                    RawClient client = RawClient.over(socket);
                    // The ticket of TLS 1.3 comes behind the handshake.
                    assertThat(client.send(GET).answer().status()).isEqualTo(200);
                }
            }
            assertThat(scene.ended("full")).isEqualTo(1);
            assertThat(scene.ended("resumed")).isEqualTo(5);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = "boringssl")
    void plainHttpIsToldAndOtherThingsAreClosed(String provider) throws Exception {
        try (TlsScene scene = start(provider)) {
            assertThat(Raw.get(scene.secure(), "/"))
                    .startsWith("HTTP/1.1 400 Bad Request\r\n")
                    .contains("this port speaks HTTPS");
            try (RawClient client = RawClient.connect(scene.secure())) {
                assertThat(client.send("\u0080.\u0001\u0003").ends()).isTrue();
            }
            try (RawClient client = RawClient.connect(scene.secure())) {
                // An alert: decode_error.
                assertThat(client.send("\u0016\u0003\u0001\u0000\u0005\u0001\u0000\u0000\u0001\u0000")
                                .rest())
                        .isEqualTo("\u0015\u0003\u0003\u0000\u0002\u00022");
            }
            scene.awaitEnded("not-tls", 2);
            scene.awaitEnded("bad-hello", 1);
            await().until(() -> scene.tls().underWay() == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = "boringssl")
    void whoDoesNotFinishHisHandshakeIsCut(String provider) throws Exception {
        try (TlsScene scene = TlsScene.start(folder, provider, TLS, "timeouts: { handshake: 300ms }");
                RawClient silent = RawClient.connect(scene.secure());
                RawClient slow = RawClient.connect(scene.secure())) {
            slow.send("\u0016\u0003\u0001\u0002\u0000\u0001\u0000");
            assertThat(silent.ends()).isTrue();
            assertThat(slow.ends()).isTrue();
            assertThat(scene.ended("late")).isEqualTo(2);
            assertThat(scene.tls().underWay()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = "boringssl")
    void oneHandshakeTooManyIsClosedAndTheNumberIsGivenBack(String provider) throws Exception {
        try (TlsScene scene = TlsScene.start(folder, provider, TLS, "limits: { handshakes: 3 }")) {
            List<RawClient> waiting = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                waiting.add(RawClient.connect(scene.secure()));
            }
            await().until(() -> scene.tls().underWay() == 3);
            try (RawClient more = RawClient.connect(scene.secure())) {
                assertThat(more.ends()).isTrue();
            }
            assertThat(scene.ended("too-many")).isEqualTo(1);
            waiting.forEach(RawClient::close);
            scene.awaitEnded("gone", 3);
            assertThat(scene.shown("a.example", p -> {})).isEqualTo(first.certificate());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"boringssl", "jdk"})
    void largeBodiesGoBothWaysUnharmed(String provider) throws Exception {
        int size = 20_000_000;
        var backend = RecordingBackend.start(connection -> {
            String head = connection.head();
            assertThat(head).contains("Content-Length: " + size);
            byte[] body = connection.exactly(size).getBytes(StandardCharsets.ISO_8859_1);
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
            connection.send(body);
        });
        byte[] body = new byte[size];
        new java.util.SplittableRandom(1).nextBytes(body);
        try (TlsScene scene = TlsScene.start(folder, provider, TLS, "", backend);
                SSLSocket socket = scene.connect("a.example", p -> {})) {
            var sent = CompletableFuture.runAsync(() -> {
                try {
                    socket.getOutputStream()
                            .write(("POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: " + size + "\r\n\r\n")
                                    .getBytes(StandardCharsets.ISO_8859_1));
                    socket.getOutputStream().write(body);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            RawClient client = RawClient.over(socket);
            assertThat(client.answer().body().getBytes(StandardCharsets.ISO_8859_1))
                    .isEqualTo(body);
            sent.get(10, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"boringssl", "jdk"})
    void anEndIsSaidBeforeTheSocketIsClosed(String provider) throws Exception {
        try (TlsScene scene = start(provider);
                RawClient client = scene.client("a.example")) {
            client.send("GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n");
            // Without a close_notify reading on would throw.
            assertThat(client.rest()).endsWith("\r\n\r\nhi");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"boringssl", "jdk"})
    void anAnswerThatBreaksOffIsNotSaidToHaveEnded(String provider) throws Exception {
        var backend = RecordingBackend.start(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\n\r\nhalf of i");
            connection.reset();
        });
        try (TlsScene scene = TlsScene.start(folder, provider, TLS, "", backend);
                SSLSocket socket = scene.connect("a.example", p -> {})) {
            socket.getOutputStream()
                    .write(("GET / HTTP/1.0\r\nHost: a.example\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            assertThatThrownBy(in::readAllBytes).isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"boringssl", "jdk"})
    void whoClosesWhileItIsBeingServedIsGone(String provider) throws Exception {
        var asked = new CompletableFuture<Boolean>();
        var backend = RecordingBackend.start(connection -> {
            connection.request();
            asked.complete(true);
            connection.awaitOver();
        });
        try (TlsScene scene = TlsScene.start(folder, provider, TLS, "", backend)) {
            SSLSocket socket = scene.connect("a.example", p -> {});
            RawClient client = RawClient.over(socket).send(GET);
            asked.get(10, TimeUnit.SECONDS);
            client.close();
            await().until(() -> scene.engine.status().listeners().get(1).active() == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = "boringssl")
    void damagedRecordsEndTheConnection(String provider) throws Exception {
        try (TlsScene scene = start(provider);
                Socket plain = new Socket()) {
            plain.connect(scene.secure());
            SSLSocket socket = scene.secured(plain, "a.example");
            assertThat(RawClient.over(socket).send(GET).answer().status()).isEqualTo(200);
            plain.getOutputStream().write(new byte[] {23, 3, 3, 0, 32});
            plain.getOutputStream().write(new byte[32]);
            InputStream in = socket.getInputStream();
            assertThatThrownBy(in::readAllBytes)
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("bad_record_mac");
            await().until(() -> scene.engine.status().listeners().get(1).open() == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"boringssl", "jdk"})
    void aStopFinishesWhatIsBeingServed(String provider) throws Exception {
        var asked = new CompletableFuture<Boolean>();
        var answer = new CompletableFuture<Boolean>();
        var backend = RecordingBackend.start(connection -> {
            connection.request();
            asked.complete(true);
            answer.orTimeout(10, TimeUnit.SECONDS).join();
            connection.send(TlsScene.HELLO);
        });
        try (TlsScene scene = TlsScene.start(folder, provider, TLS, "", backend);
                RawClient client = scene.client("a.example");
                RawClient idle = scene.client("a.example")) {
            client.send(GET);
            asked.get(10, TimeUnit.SECONDS);
            var stopped = CompletableFuture.runAsync(scene.engine::close);
            // It is said in good order, or reading would throw.
            assertThat(idle.rest()).isEmpty();
            answer.complete(true);
            assertThat(client.rest()).contains("Connection: close").endsWith("hi");
            stopped.get(10, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = "boringssl")
    void browsersAreToldToComeBackWithHttpsOnly(String provider) throws Exception {
        try (TlsScene scene = TlsScene.start(folder, provider, "{ " + CERTIFICATES + ", hsts: 8760h }", "");
                RawClient client = scene.client("a.example")) {
            assertThat(client.send(GET).answer().head()).contains("Strict-Transport-Security: max-age=31536000\r\n");
            scene.backend.refuse();
            client.send("GET / HTTP/1.1\r\nHost: a.example\r\nExpect: nonsense\r\n\r\n");
            assertThat(client.answer().head())
                    .startsWith("HTTP/1.1 417")
                    .contains("Strict-Transport-Security: max-age=31536000\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = "boringssl")
    void plainListenersSendEveryoneToTheSecureOne(String provider) throws Exception {
        try (TlsScene scene = start(provider)) {
            assertThat(Raw.ask(
                            scene.plain(),
                            "POST /a%2Fb?c=d HTTP/1.1\nHost: a.example:8080\nContent-Length: 0\nConnection: close\n\n"))
                    .startsWith("HTTP/1.1 308 ")
                    .contains("Location: https://a.example/a%2Fb?c=d\r\n");
            assertThat(Raw.ask(scene.plain(), "GET / HTTP/1.0\n\n")).startsWith("HTTP/1.1 400 ");
            assertThat(scene.backend.connections()).isEmpty();
        }
    }
}
