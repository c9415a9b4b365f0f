package dev.fairlead.core.tls;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a certificate says of OCSP. Immutable.
 *
 * @param responder who is asked about it, by plain HTTP; {@code null} where it names nobody
 * @param query how to ask; {@code null} where nobody is named, or the certificate of its issuer is not in the chain
 * @param mustStaple whether clients are told to insist on an answer (RFC 7633)
 */
public record OcspTerms(@Nullable URI responder, @Nullable OcspQuery query, boolean mustStaple) {
    private static final String ACCESS = "1.3.6.1.5.5.7.1.1";
    private static final byte[] OCSP = Der.oid("1.3.6.1.5.5.7.48.1");
    private static final String FEATURES = "1.3.6.1.5.5.7.1.24";
    private static final int STATUS_REQUEST = 5;
    private static final int URL = 0x86;

    /** Longer ones are not used. */
    private static final int MOST_URL = 1_024;

    /** Those of a certificate. */
    public static OcspTerms of(Pair pair) {
        X509Certificate leaf = pair.certificate();
        URI responder = responder(leaf);
        X509Certificate issuer = responder == null ? null : issuer(pair.chain());
        return new OcspTerms(
                responder,
                responder == null || issuer == null ? null : new OcspQuery(leaf, issuer, responder),
                mustStaple(leaf));
    }

    /** The first that is asked by plain HTTP: its answers are signed, and behind TLS there would be another certificate to ask about. */
    private static @Nullable URI responder(X509Certificate leaf) {
        try {
            DerReader ways = extension(leaf, ACCESS);
            while (ways != null && ways.more()) {
                DerReader way = ways.into(Der.SEQUENCE);
                boolean ocsp = Arrays.equals(Der.of(Der.OID, way.content(Der.OID)), OCSP);
                if (ocsp && way.next(URL)) {
                    URI uri = http(new String(way.content(URL), StandardCharsets.ISO_8859_1));
                    if (uri != null) {
                        return uri;
                    }
                }
            }
        } catch (BadDer e) {
            // What cannot be read names nobody.
        }
        return null;
    }

    private static @Nullable URI http(String text) {
        try {
            URI uri = new URI(text);
            boolean good = text.length() <= MOST_URL
                    && "http".equalsIgnoreCase(uri.getScheme())
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && uri.getRawFragment() == null
                    && uri.getPort() <= 0xFFFF
                    && uri.getPort() != 0;
            return good ? new URI(uri.toASCIIString()) : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private static boolean mustStaple(X509Certificate leaf) {
        try {
            DerReader features = extension(leaf, FEATURES);
            while (features != null && features.more()) {
                byte[] feature = features.content(Der.INTEGER);
                if (feature.length == 1 && feature[0] == STATUS_REQUEST) {
                    return true;
                }
            }
        } catch (BadDer e) {
            // Nor can clients read it.
        }
        return false;
    }

    /** What is in the sequence that an extension is. */
    private static @Nullable DerReader extension(X509Certificate certificate, String oid) throws BadDer {
        byte[] value = certificate.getExtensionValue(oid);
        return value == null
                ? null
                : new DerReader(value).into(Der.OCTET_STRING).into(Der.SEQUENCE);
    }

    private static @Nullable X509Certificate issuer(List<X509Certificate> chain) {
        X509Certificate leaf = chain.getFirst();
        for (X509Certificate other : chain.subList(1, chain.size())) {
            if (other.getSubjectX500Principal().equals(leaf.getIssuerX500Principal()) && signed(leaf, other)) {
                return other;
            }
        }
        return null;
    }

    private static boolean signed(X509Certificate leaf, X509Certificate by) {
        try {
            leaf.verify(by.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            // Another authority of the same name.
            return false;
        }
    }
}
