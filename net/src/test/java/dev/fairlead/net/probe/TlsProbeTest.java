package dev.fairlead.net.probe;

import static dev.fairlead.net.probe.Probes.LONG;
import static dev.fairlead.net.probe.Probes.SHORT;
import static dev.fairlead.net.probe.Probes.came;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.HealthConfig;
import dev.fairlead.core.config.HealthConfig.TlsCheck;
import dev.fairlead.core.health.CheckResult;
import dev.fairlead.core.health.CheckResult.Kind;
import dev.fairlead.core.time.Ticker;
import dev.fairlead.core.time.WallClock;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class TlsProbeTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    /** Not a whole number of days from now, so that the test may take its time. */
    private static final String FRESH = "-startdate -1H -validity 41";

    private static EventLoopGroup group;

    @TempDir
    private static Path folder;

    private static KeyStore fresh;

    @BeforeAll
    static void start() throws Exception {
        group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        fresh = made("fresh", "san=dns:app.example,ip:127.0.0.1", FRESH);
    }

    @AfterAll
    static void stop() throws InterruptedException {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    private static KeyStore made(String name, String extension, String validity) throws Exception {
        Path file = folder.resolve(name + ".p12");
        keytool(file, "-genkeypair -alias a -keyalg EC -dname CN=" + name + " -ext " + extension + " " + validity);
        return KeyStore.getInstance(file.toFile(), PASSWORD);
    }

    private static void keytool(Path file, String arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        // Each starts in half the time.
        command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"));
        command.addAll(List.of(arguments.split(" ")));
        command.addAll(List.of("-keystore", file.toString(), "-storepass", new String(PASSWORD)));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor()).isZero();
    }

    /** Keys whose certificate {@code issuer} has signed for these days. */
    private static KeyStore issued(String name, String issuer, String validity) throws Exception {
        Path file = folder.resolve(name + ".p12");
        Files.copy(folder.resolve(issuer + ".p12"), file);
        keytool(
                file,
                "-genkeypair -alias b -signer a -keyalg EC -dname CN=" + name + " -ext san=ip:127.0.0.1 " + validity);
        KeyStore keys = KeyStore.getInstance(file.toFile(), PASSWORD);
        keys.deleteEntry("a");
        assertThat(keys.getCertificateChain("b")).hasSize(2);
        return keys;
    }

    private static TrustManagerFactory trusting(KeyStore keys) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        Certificate certificate = keys.getCertificate("a");
        trusted.setCertificateEntry("a", certificate);
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        return factory;
    }

    private static FakeBackend serving(KeyStore keys) throws Exception {
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return new FakeBackend(socket -> {
            Socket wrapped = context.getSocketFactory().createSocket(socket, null, true);
            ((SSLSocket) wrapped).setUseClientMode(false);
            ((SSLSocket) wrapped).startHandshake();
            wrapped.getInputStream().readAllBytes();
        });
    }

    private static CheckResult run(
            TlsCheck check, @Nullable TrustManagerFactory trust, Duration timeout, FakeBackend backend)
            throws Exception {
        HealthConfig config = Probes.tls(check, timeout);
        var dialer = new Dialer(group, NioSocketChannel.class, new Aim(config), timeout, Ticker.system());
        return Probes.run(new TlsProbe(dialer, check, trust, WallClock.system()), backend.port());
    }

    private static TlsCheck verified(@Nullable String name) {
        return new TlsCheck(name, true);
    }

    @Test
    void aGoodCertificatePassesAndSaysHowLongItLasts() throws Exception {
        try (FakeBackend backend = serving(fresh)) {
            String evidence = "handshake, certificate valid for 40 days";
            came(run(verified(null), trusting(fresh), LONG, backend), Kind.PASS, evidence);
            came(run(verified("app.example"), trusting(fresh), LONG, backend), Kind.PASS, evidence);
        }
    }

    @Test
    void untrustedAndMisnamedCertificatesAreSick() throws Exception {
        try (FakeBackend backend = serving(fresh)) {
            came(run(verified(null), null, LONG, backend), Kind.SICK, "certificate not trusted");
            CheckResult other = run(verified("shop.example"), trusting(fresh), LONG, backend);
            assertThat(other.kind()).isEqualTo(Kind.SICK);
            assertThat(other.evidence())
                    .startsWith("certificate for another name: ")
                    .contains("shop.example");
        }
    }

    @Test
    void anExpiredCertificateIsSickUnlessNobodyVerifies() throws Exception {
        KeyStore expired = made("expired", "san=ip:127.0.0.1", "-startdate -10d -validity 5");
        try (FakeBackend backend = serving(expired)) {
            CheckResult verified = run(verified(null), trusting(expired), LONG, backend);
            assertThat(verified.kind()).isEqualTo(Kind.SICK);
            assertThat(verified.evidence()).matches("certificate expired [45] days ago");
            CheckResult result = run(new TlsCheck("any.example", false), null, LONG, backend);
            assertThat(result.kind()).isEqualTo(Kind.PASS);
            assertThat(result.evidence()).matches("handshake, certificate expired [45] days ago");
        }
    }

    @Test
    void whatAnAuthorityHasIssuedIsJudgedByItsDates() throws Exception {
        KeyStore authority = made("authority", "bc=ca:true", FRESH);
        try (FakeBackend old = serving(issued("old", "authority", "-startdate -10d -validity 5"));
                FakeBackend early = serving(issued("early", "authority", "-startdate +5d -validity 5"))) {
            came(run(verified(null), trusting(authority), LONG, old), Kind.SICK, "certificate expired");
            came(run(verified(null), trusting(authority), LONG, early), Kind.SICK, "certificate not valid yet");
        }
    }

    @Test
    void withoutVerificationAnyNameWillDo() throws Exception {
        try (FakeBackend backend = serving(fresh)) {
            came(
                    run(new TlsCheck("shop.example", false), null, LONG, backend),
                    Kind.PASS,
                    "handshake, certificate valid for 40 days");
        }
    }

    @Test
    void whatDoesNotSpeakTlsIsSilent() throws Exception {
        try (FakeBackend plain = new FakeBackend(socket -> {
            socket.getOutputStream().write("HTTP/1.1 400 No\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().readAllBytes();
        })) {
            came(run(verified(null), null, LONG, plain), Kind.SILENT, "no TLS answer");
        }
        try (FakeBackend closing =
                new FakeBackend(socket -> socket.getInputStream().read(new byte[16_384]))) {
            came(run(verified(null), null, LONG, closing), Kind.SILENT, "closed within the handshake");
        }
        try (FakeBackend still =
                new FakeBackend(socket -> socket.getInputStream().readAllBytes())) {
            came(run(verified(null), null, SHORT, still), Kind.SILENT, "timeout after 300ms: no handshake");
        }
    }

    @Test
    void daysAreCounted() {
        long day = TimeUnit.DAYS.toMillis(1);
        assertThat(TlsProbe.validity(41 * day + 5)).isEqualTo("certificate valid for 41 days");
        assertThat(TlsProbe.validity(day)).isEqualTo("certificate valid for 1 day");
        assertThat(TlsProbe.validity(5)).isEqualTo("certificate valid for less than a day");
        assertThat(TlsProbe.validity(-3 * day)).isEqualTo("certificate expired 3 days ago");
    }
}
