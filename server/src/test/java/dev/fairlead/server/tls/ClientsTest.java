package dev.fairlead.server.tls;

import static dev.fairlead.server.tls.TlsScene.GET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fairlead.testkit.Message;
import dev.fairlead.testkit.RawClient;
import dev.fairlead.testkit.RecordingBackend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients with certificates, and settings that only some have: tickets that are shared, suites, the key log. */
@Timeout(60)
class ClientsTest {
    private static final String CERTIFICATES = "certificates: [{ cert: FOLDER/a.pem, key: FOLDER/a.key }]";
    private static final String FORGED =
            "GET / HTTP/1.1\r\nHost: a.example\r\nClient-Cert: :Zm9yZ2Vk:\r\nClient-Cert-Chain: :Zm9yZ2Vk:\r\n\r\n";

    @TempDir
    private Path folder;

    @BeforeEach
    void write() throws IOException {
        Certs.ecdsa("a.example").to(folder, "a");
        Files.writeString(folder.resolve("ca.pem"), Certs.authority());
    }

    private TlsScene start(String provider, String more) throws Exception {
        return TlsScene.start(folder, provider, "{ " + CERTIFICATES + ", " + more + " }", "");
    }

    private static Message ask(TlsScene scene, SSLContext context, String request) throws IOException {
        try (SSLSocket socket = scene.connect(context, "a.example", p -> {})) {
            return RawClient.over(socket).send(request).answer();
        }
    }

    /** In TLS 1.3 a client hears only afterwards that it is not wanted. */
    private static void assertRefused(TlsScene scene, SSLContext context) {
        assertThatThrownBy(() -> ask(scene, context, GET))
                .isInstanceOfAny(SSLException.class, IOException.class, UncheckedIOException.class);
    }

    private static String item(X509Certificate certificate) throws Exception {
        return ":" + Base64.getEncoder().encodeToString(certificate.getEncoded()) + ":";
    }

    @ParameterizedTest
    @ValueSource(strings = {"boringssl", "jdk"})
    void whoMustShowACertificateIsRefusedWithoutOne(String provider) throws Exception {
        Certs.Client client = Certs.client("me");
        try (TlsScene scene = start(provider, "clients: { ca: FOLDER/ca.pem }")) {
            assertThat(ask(scene, client.context(), FORGED).status()).isEqualTo(200);
            assertThat(scene.backend.request(0).head())
                    .contains("Client-Cert: " + item(client.certificate()) + "\r\n")
                    .doesNotContain("Client-Cert-Chain", "Zm9yZ2Vk");

            assertRefused(scene, Certs.trustingAnyone());
            assertRefused(scene, Certs.stranger("me").context());
            scene.awaitEnded("failed", 2);
            assertThat(scene.backend.requests()).hasSize(1);
        }
    }

    @Test
    void whoMayShowACertificateIsLetInWithoutOneAndNobodyIsForged() throws Exception {
        Certs.Client client = Certs.client("me");
        try (TlsScene scene = start("boringssl", "clients: { ca: FOLDER/ca.pem, verify: optional }")) {
            assertThat(ask(scene, Certs.trustingAnyone(), FORGED).status()).isEqualTo(200);
            assertThat(scene.backend.request(0).head()).doesNotContainIgnoringCase("client-cert");
            assertThat(ask(scene, client.context(), GET).status()).isEqualTo(200);
            assertThat(scene.backend.request(1).head()).contains("Client-Cert: " + item(client.certificate()));
            assertRefused(scene, Certs.stranger("me").context());
        }
    }

    @Test
    void whatIsRevokedIsRefusedAlsoInASessionThatWouldGoOn() throws Exception {
        Certs.Client client = Certs.client("me");
        Certs.Client other = Certs.client("other");
        Files.writeString(folder.resolve("crl.pem"), Certs.revoked(folder, BigInteger.valueOf(999_999)));
        try (TlsScene scene = start("boringssl", "clients: { ca: FOLDER/ca.pem, crl: FOLDER/crl.pem }")) {
            assertThat(ask(scene, client.context(), GET).status()).isEqualTo(200);
            assertThat(ask(scene, client.context(), GET).status()).isEqualTo(200);
            assertThat(scene.ended("resumed")).isEqualTo(1);
            // Who goes on is still who he was.
            assertThat(scene.backend.request(1).head()).contains("Client-Cert: " + item(client.certificate()));

            String revoked = Certs.revoked(folder, client.certificate().getSerialNumber());
            Certs.replace(folder.resolve("crl.pem"), revoked);
            await().untilAsserted(() -> assertRefused(scene, client.context()));
            assertThat(ask(scene, other.context(), GET).status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void whoSharesTicketKeysGoesOnWithTheOthersSessions(String version) throws Exception {
        byte[] key = new byte[48];
        new java.util.SplittableRandom(1).nextBytes(key);
        Files.writeString(folder.resolve("tickets"), Base64.getEncoder().encodeToString(key) + "\n");
        SSLContext context = Certs.trustingAnyone();
        int port = 0;
        for (String ending : new String[] {"full", "resumed"}) {
            // A client remembers sessions by name and port.
            try (TlsScene scene = TlsScene.start(
                    port,
                    folder,
                    "boringssl",
                    "{ " + CERTIFICATES + ", ticket-keys: FOLDER/tickets }",
                    "",
                    RecordingBackend.answering(TlsScene.HELLO))) {
                port = scene.secure().getPort();
                try (SSLSocket socket =
                        scene.connect(context, "a.example", p -> p.setProtocols(new String[] {version}))) {
                    assertThat(RawClient.over(socket).send(GET).answer().status())
                            .isEqualTo(200);
                }
                assertThat(scene.ended(ending)).isEqualTo(1);
            }
        }
    }

    @Test
    void versionsAndSuitesAreOnesOwnWithACustomProfile() throws Exception {
        try (TlsScene scene = start(
                "boringssl",
                "profile: custom, custom: { from: tls12, ciphers: [TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA],"
                        + " groups: [P-384] }")) {
            try (SSLSocket socket = scene.connect("a.example", p -> p.setProtocols(new String[] {"TLSv1.2"}))) {
                assertThat(socket.getSession().getCipherSuite()).isEqualTo("TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA");
            }
            assertThatThrownBy(() -> scene.shown("a.example", p -> p.setNamedGroups(new String[] {"x25519"})))
                    .isInstanceOf(SSLException.class);
        }
    }

    @Test
    void keysAreWrittenDownOnlyWhereThatIsAskedForAndForTheOwnerOnly() throws Exception {
        Path log = folder.resolve("keys.log");
        try (TlsScene scene = start("boringssl", "key-log: FOLDER/keys.log")) {
            assertThat(ask(scene, Certs.trustingAnyone(), GET).status()).isEqualTo(200);
            await().until(() -> Files.exists(log));
            assertThat(Files.readAllLines(log))
                    .isNotEmpty()
                    .allMatch(line -> line.matches("[A-Z0-9_]+ [0-9a-f]{64} [0-9a-f]+"));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log)))
                    .isEqualTo("rw-------");
        }
    }
}
