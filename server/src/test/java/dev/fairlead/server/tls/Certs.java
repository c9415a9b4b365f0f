package dev.fairlead.server.tls;

import dev.fairlead.core.tls.Authority;
import dev.fairlead.core.tls.Authority.Terms;
import dev.fairlead.core.tls.Authority.Use;
import dev.fairlead.core.tls.Pem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Certificates for tests, all of one authority, as files. */
public final class Certs {
    private static final AtomicLong SERIAL = new AtomicLong(1);
    private static final Authority AUTHORITY =
            Authority.create("Test Authority", Authority.newKey(), terms(Duration.ofDays(365)));

    private Certs() {}

    private static Terms terms(Duration lasts) {
        long now = System.currentTimeMillis();
        return new Terms(
                now - Duration.ofDays(100).toMillis(),
                now + lasts.toMillis(),
                BigInteger.valueOf(SERIAL.getAndIncrement()));
    }

    /** A certificate with its key: what stands in its two files. */
    public record Made(X509Certificate certificate, String cert, String key) {
        /** Writes both into one folder as {@code name.pem} and {@code name.key}, each at once. */
        public Made to(Path folder, String name) throws IOException {
            replace(folder.resolve(name + ".key"), key);
            replace(folder.resolve(name + ".pem"), cert);
            return this;
        }

        /** Its number, in decimal. */
        public String serial() {
            return certificate.getSerialNumber().toString();
        }
    }

    /** As a program that renews certificates does. */
    public static void replace(Path file, String text) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, text);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** A certificate with an ECDSA key for these names, for 90 days. */
    public static Made ecdsa(String... names) {
        return made(Authority.newKey(), Duration.ofDays(90), names);
    }

    /** The same, for so long from now. */
    public static Made lasting(Duration lasts, String... names) {
        return made(Authority.newKey(), lasts, names);
    }

    /** The same with an RSA key. */
    public static Made rsa(String... names) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return made(generator.generateKeyPair(), Duration.ofDays(90), names);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static Made made(KeyPair keys, Duration lasts, String... names) {
        try {
            X509Certificate certificate = AUTHORITY.issue(List.of(names), keys.getPublic(), Use.SERVER, terms(lasts));
            return new Made(
                    certificate,
                    Pem.text("CERTIFICATE", certificate.getEncoded()),
                    Pem.text("PRIVATE KEY", keys.getPrivate().getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** Clients that trust whoever answers, and verify no signature but that of the handshake. */
    public static SSLContext trustingAnyone() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Trusting()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static final class Trusting extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** Clients that trust the authority. */
    public static SSLContext trusting() {
        return trusting(AUTHORITY.certificate());
    }

    /** Clients that trust this one, in PEM. */
    public static SSLContext trusting(String authority) {
        try (var in = new ByteArrayInputStream(authority.getBytes(StandardCharsets.US_ASCII))) {
            return trusting(
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in));
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    private static SSLContext trusting(X509Certificate authority) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry("authority", authority);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }
}
