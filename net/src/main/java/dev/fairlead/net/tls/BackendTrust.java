package dev.fairlead.net.tls;

import dev.fairlead.core.config.BackendTlsConfig;
import dev.fairlead.core.time.WallClock;
import dev.fairlead.core.tls.Names;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a backend is who it should be, and says in words that name the certificate why not. Immutable;
 * thread-safe.
 *
 * <p>In this order: its dates, its key where keys are pinned, the way to an authority, its names.
 */
final class BackendTrust extends X509ExtendedTrustManager {
    private final BackendTlsConfig config;
    private final X509TrustManager authorities;
    private final WallClock wall;

    private BackendTrust(BackendTlsConfig config, X509TrustManager authorities, WallClock wall) {
        this.config = config;
        this.authorities = authorities;
        this.wall = wall;
    }

    /** @param trusted {@code null} for those that this machine's Java trusts */
    static BackendTrust of(BackendTlsConfig config, @Nullable List<X509Certificate> trusted, WallClock wall) {
        try {
            KeyStore store = null;
            if (trusted != null) {
                store = KeyStore.getInstance("PKCS12");
                store.load(null, null);
                for (int i = 0; i < trusted.size(); i++) {
                    store.setCertificateEntry("a" + i, trusted.get(i));
                }
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            return new BackendTrust(config, (X509TrustManager) factory.getTrustManagers()[0], wall);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("the authorities of backends cannot be used: " + e.getMessage(), e);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        if (config.verify() == BackendTlsConfig.Verify.OFF) {
            return;
        }
        X509Certificate first = chain[0];
        String it = Names.of(first);
        Instant now = Instant.ofEpochMilli(wall.epochMillis());
        if (first.getNotAfter().toInstant().isBefore(now)) {
            throw new CertificateException(
                    it + " expired on " + first.getNotAfter().toInstant());
        }
        if (first.getNotBefore().toInstant().isAfter(now)) {
            throw new CertificateException(
                    it + " is not valid before " + first.getNotBefore().toInstant());
        }
        if (!config.pins().isEmpty() && !config.pins().contains(pin(first))) {
            throw new CertificateException(it + " has another key than those pinned: " + pin(first));
        }
        if (config.byAuthority()) {
            requireAuthority(chain, type, it);
            String own = config.name();
            String host = own == null ? String.valueOf(engine.getPeerHost()) : own;
            if (!Names.fits(first, host)) {
                throw new CertificateException(it + " is not for " + host);
            }
        }
    }

    private void requireAuthority(X509Certificate[] chain, String type, String it) throws CertificateException {
        try {
            authorities.checkServerTrusted(chain, type);
        } catch (CertificateException e) {
            boolean itself = chain[0].getSubjectX500Principal().equals(chain[0].getIssuerX500Principal());
            Throwable inner = e;
            while (inner.getCause() != null) {
                inner = inner.getCause();
            }
            String words = String.valueOf(inner.getMessage());
            String why = words.contains("valid certification path")
                    ? itself ? " is signed by itself and not trusted" : " is from an authority that is not trusted"
                    : " is not trusted: " + words;
            throw new CertificateException(it + why, e);
        }
    }

    private static String pin(X509Certificate certificate) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(certificate.getPublicKey().getEncoded());
            return "sha256/" + Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        throw new CertificateException("asked without a connection");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        throw new CertificateException("asked without an engine");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        throw new CertificateException("clients are not asked here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        throw new CertificateException("clients are not asked here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        throw new CertificateException("clients are not asked here");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
