package dev.fairlead.net.tls;

import java.security.GeneralSecurityException;
import java.security.cert.CertStore;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * Whose certificates are good (RFC 5280 section 6). Immutable.
 *
 * @param required whether a client without a certificate is refused
 * @param digest differs when whom it believes does
 */
public record ClientTrust(TrustManager manager, boolean required, String digest) {
    /**
     * Makes one.
     *
     * @param authorities at least one
     * @param revoked lists of what they have revoked; where there are any, each authority on the way needs one
     * @throws IllegalStateException when they cannot be used; the message says why
     */
    public static ClientTrust of(
            List<X509Certificate> authorities, List<X509CRL> revoked, boolean required, String digest) {
        try {
            var parameters = new PKIXBuilderParameters(
                    authorities.stream()
                            .map(authority -> new TrustAnchor(authority, null))
                            .collect(Collectors.toSet()),
                    new X509CertSelector());
            parameters.setRevocationEnabled(!revoked.isEmpty());
            parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(revoked)));
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(new CertPathTrustManagerParameters(parameters));
            return new ClientTrust(factory.getTrustManagers()[0], required, digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the authorities of clients cannot be used: " + e.getMessage(), e);
        }
    }
}
