package dev.fairlead.net.tls;

import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.util.Base64;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * What a client has shown of itself, as backends are told of it (RFC 9440). Immutable; made once for a connection.
 *
 * @param certificate the value of {@code Client-Cert}; empty when it has shown nothing
 * @param chain the value of {@code Client-Cert-Chain}; empty when there is no more
 */
public record Identity(byte[] certificate, byte[] chain) {
    private static final byte[] NOTHING = {};

    /** Nobody in particular. */
    public static final Identity NONE = new Identity(NOTHING, NOTHING);

    /** Who is at the other end of this session. */
    static Identity of(SSLSession session) {
        Certificate[] shown;
        try {
            shown = session.getPeerCertificates();
        } catch (SSLPeerUnverifiedException e) {
            return NONE;
        }
        if (shown.length == 0) {
            return NONE;
        }
        var chain = new StringBuilder();
        for (int i = 1; i < shown.length; i++) {
            chain.append(i == 1 ? "" : ", ").append(item(shown[i]));
        }
        return new Identity(ascii(item(shown[0])), ascii(chain.toString()));
    }

    /** A sequence of bytes, RFC 8941 section 3.3.5. */
    private static String item(Certificate certificate) {
        try {
            return ":" + Base64.getEncoder().encodeToString(certificate.getEncoded()) + ":";
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate that was read cannot be written", e);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
