package dev.fairlead.server.tls;

import dev.fairlead.core.tls.Authority;
import dev.fairlead.core.tls.Authority.Terms;
import dev.fairlead.core.tls.Authority.Use;
import dev.fairlead.core.tls.BadPair;
import dev.fairlead.core.tls.Pair;
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
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Certificates for tests, all of one authority, as files. */
public final class Certs {
    private static final char[] PASSWORD = "changeit".toCharArray();
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

        /** Servers that show it. */
        public SSLContext server() {
            return server(false);
        }

        /** The same; {@code asking} for certificates of the authority, too. */
        public SSLContext server(boolean asking) {
            try {
                KeyStore store = KeyStore.getInstance("PKCS12");
                store.load(null, null);
                store.setKeyEntry("server", Pair.of(cert, key).key(), PASSWORD, new X509Certificate[] {certificate});
                KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                own.init(store, PASSWORD);
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(
                        own.getKeyManagers(),
                        asking ? trust(AUTHORITY.certificate()).getTrustManagers() : null,
                        null);
                return context;
            } catch (GeneralSecurityException | IOException | BadPair e) {
                throw new AssertionError(e);
            }
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

    /** The same of another authority, which nobody knows. */
    public static Made unknown(String... names) {
        Authority other = Authority.create("Other Authority", Authority.newKey(), terms(Duration.ofDays(365)));
        return made(other, Authority.newKey(), Duration.ofDays(90), names);
    }

    /** One that clients show. */
    public static Made forClients(String name) {
        KeyPair keys = Authority.newKey();
        return written(AUTHORITY.issue(List.of(name), keys.getPublic(), Use.CLIENT, terms(Duration.ofDays(90))), keys);
    }

    /** One that signs itself. */
    public static Made selfSigned(String name) {
        KeyPair keys = Authority.newKey();
        Authority itself = Authority.create(name, keys, terms(Duration.ofDays(90)));
        return made(itself, keys, Duration.ofDays(90), name);
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

    /** A client with a certificate of the authority. */
    public record Client(X509Certificate certificate, SSLContext context) {}

    /** Such a client, who trusts whoever answers. */
    public static Client client(String name) {
        return client(AUTHORITY, name);
    }

    /** One with a certificate that nobody knows. */
    public static Client stranger(String name) {
        return client(Authority.create("Another Authority", Authority.newKey(), terms(Duration.ofDays(365))), name);
    }

    private static Client client(Authority by, String name) {
        try {
            KeyPair keys = Authority.newKey();
            X509Certificate certificate =
                    by.issue(List.of(name), keys.getPublic(), Use.CLIENT, terms(Duration.ofDays(90)));
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("client", keys.getPrivate(), PASSWORD, new X509Certificate[] {certificate});
            KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            own.init(store, PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {insistent(own)}, new TrustManager[] {new Trusting()}, null);
            return new Client(certificate, context);
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Shows its certificate whoever is asked for. */
    private static X509ExtendedKeyManager insistent(KeyManagerFactory factory) {
        X509ExtendedKeyManager own = (X509ExtendedKeyManager) factory.getKeyManagers()[0];
        return new X509ExtendedKeyManager() {
            @Override
            public String[] getClientAliases(String type, Principal[] issuers) {
                return new String[] {"client"};
            }

            @Override
            public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
                return "client";
            }

            @Override
            public String[] getServerAliases(String type, Principal[] issuers) {
                return new String[0];
            }

            @Override
            public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
                return "";
            }

            @Override
            public X509Certificate[] getCertificateChain(String alias) {
                return own.getCertificateChain(alias);
            }

            @Override
            public PrivateKey getPrivateKey(String alias) {
                return own.getPrivateKey(alias);
            }
        };
    }

    /** The authority's certificate, in PEM. */
    public static String authority() {
        try {
            return Pem.text("CERTIFICATE", AUTHORITY.certificate().getEncoded());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** The authority's list of what it has revoked, in PEM; at least one, which need not exist. */
    public static String revoked(Path folder, BigInteger serial) throws Exception {
        Path file = folder.resolve("authority.p12");
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("a", AUTHORITY.key(), PASSWORD, new X509Certificate[] {AUTHORITY.certificate()});
        try (var out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD);
        }
        Path crl = folder.resolve("crl.out");
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-gencrl",
                "-rfc",
                "-alias",
                "a",
                "-id",
                serial.toString(),
                "-file",
                crl.toString(),
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (process.waitFor() != 0) {
            throw new AssertionError("keytool: " + process.exitValue());
        }
        return Files.readString(crl);
    }

    private static Made made(KeyPair keys, Duration lasts, String... names) {
        return made(AUTHORITY, keys, lasts, names);
    }

    private static Made made(Authority by, KeyPair keys, Duration lasts, String... names) {
        return written(by.issue(List.of(names), keys.getPublic(), Use.SERVER, terms(lasts)), keys);
    }

    private static Made written(X509Certificate certificate, KeyPair keys) {
        try {
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
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust(authority).getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static TrustManagerFactory trust(X509Certificate authority) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry("authority", authority);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            return trust;
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }
}
