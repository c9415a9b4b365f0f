package dev.fairlead.core.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.core.tls.Authority.Terms;
import dev.fairlead.core.tls.Authority.Use;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AuthorityTest {
    private static final long NOW = Instant.parse("2040-06-01T00:00:00Z").toEpochMilli();
    private static final long LATER = Instant.parse("2060-06-01T00:00:00Z").toEpochMilli();
    private static final Terms TERMS = new Terms(NOW, LATER, BigInteger.valueOf(0xF00D));
    private static final Authority AUTHORITY = Authority.create("Test Authority é", Authority.newKey(), TERMS);

    private static X509Certificate issued(List<String> names) {
        return AUTHORITY.issue(names, Authority.newKey().getPublic(), Use.SERVER, TERMS);
    }

    private static void verify(X509Certificate certificate, Authority by, long when) throws GeneralSecurityException {
        var parameters = new PKIXParameters(Set.of(new TrustAnchor(by.certificate(), null)));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(Instant.ofEpochMilli(when)));
        CertPathValidator.getInstance("PKIX")
                .validate(CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate)), parameters);
    }

    @Test
    void javaVerifiesWhatItIssues() throws GeneralSecurityException {
        verify(issued(List.of("a.example")), AUTHORITY, NOW + 1000);
    }

    @Test
    void anotherAuthorityDoesNot() {
        Authority other = Authority.create("Test Authority é", Authority.newKey(), TERMS);

        assertThatThrownBy(() -> verify(issued(List.of("a.example")), other, NOW + 1000))
                .isInstanceOf(CertPathValidatorException.class);
    }

    @Test
    void itHoldsBetweenItsDatesOnly() {
        X509Certificate certificate = issued(List.of("a.example"));

        assertThat(certificate.getNotBefore().toInstant().toEpochMilli()).isEqualTo(NOW);
        assertThat(certificate.getNotAfter().toInstant().toEpochMilli()).isEqualTo(LATER);
        assertThatThrownBy(() -> verify(certificate, AUTHORITY, LATER + 2000))
                .isInstanceOf(CertPathValidatorException.class);
    }

    @Test
    void namesAndAddressesAreItsAlternativeNames() throws GeneralSecurityException {
        assertThat(issued(List.of("a.example", "*.b.example", "127.0.0.1", "::1"))
                        .getSubjectAlternativeNames())
                .containsExactlyInAnyOrder(
                        List.of(2, "a.example"),
                        List.of(2, "*.b.example"),
                        List.of(7, "127.0.0.1"),
                        List.of(7, "0:0:0:0:0:0:0:1"));
    }

    @Test
    void whatItIssuesIssuesNothing() throws GeneralSecurityException {
        X509Certificate certificate = issued(List.of("a.example"));

        assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
        assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(AUTHORITY.certificate().getBasicConstraints()).isZero();
        assertThat(certificate.getSerialNumber()).isEqualTo(BigInteger.valueOf(0xF00D));
    }

    @Test
    void aCertificateAndItsKeyAreAPair() throws BadPair {
        KeyPair keys = Authority.newKey();
        X509Certificate certificate = AUTHORITY.issue(List.of("a.example"), keys.getPublic(), Use.SERVER, TERMS);
        Pair pair = Pair.of(
                Pem.text("CERTIFICATE", encoded(certificate)),
                Pem.text("PRIVATE KEY", keys.getPrivate().getEncoded()));

        assertThat(pair.names()).containsExactly("a.example");
        assertThat(pair.issuer()).isEqualTo("Test Authority é");
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
