package dev.fairlead.core.tls;

import dev.fairlead.core.tls.BadPair.Part;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A certificate with its chain, and the private key that belongs to it. Immutable. Never shows its key.
 *
 * @param chain the certificate itself first
 * @param names host names it is for, in lower case, {@code *.} for all of one level; addresses in their usual notation
 */
public record Pair(List<X509Certificate> chain, PrivateKey key, KeyKind kind, List<String> names) {
    private static final int DNS = 2;
    private static final int ADDRESS = 7;
    private static final int LEAST_RSA = 2048;
    private static final int MOST_CHAIN = 16;
    private static final Pattern COMMON_NAME = Pattern.compile("(?:^|,)CN=([^,+]+)", Pattern.CASE_INSENSITIVE);

    /** Copies what may be changed. */
    public Pair {
        chain = List.copyOf(chain);
        names = List.copyOf(names);
    }

    /**
     * Reads both from PEM; both may stand in one text.
     *
     * @throws BadPair when one of them cannot be read or used, or they do not belong together
     */
    public static Pair of(String certificates, String keys) throws BadPair {
        List<X509Certificate> chain = chain(certificates);
        PrivateKey key = Keys.read(keys);
        X509Certificate first = chain.getFirst();
        KeyKind kind = kind(first);
        if (!matches(first, key)) {
            for (int i = 1; i < chain.size(); i++) {
                if (matches(chain.get(i), key)) {
                    throw new BadPair(
                            Part.CERTIFICATE,
                            "the certificate of the key is number " + (i + 1) + " in the file, and must be the first");
                }
            }
            throw new BadPair(Part.KEY, "the key does not belong to the certificate for " + subject(first));
        }
        return new Pair(chain, key, kind, names(first));
    }

    private static List<X509Certificate> chain(String text) throws BadPair {
        List<X509Certificate> chain = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Pem.Block block : Pem.blocks(text)) {
                if (block.label().equals("CERTIFICATE")) {
                    chain.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.bytes())));
                }
            }
        } catch (IllegalArgumentException e) {
            throw new BadPair(Part.CERTIFICATE, Objects.requireNonNullElse(e.getMessage(), "damaged"));
        } catch (CertificateException e) {
            throw new BadPair(Part.CERTIFICATE, "certificate number " + (chain.size() + 1) + " is damaged");
        }
        if (chain.isEmpty()) {
            throw new BadPair(Part.CERTIFICATE, "no block `BEGIN CERTIFICATE`");
        }
        if (chain.size() > MOST_CHAIN) {
            throw new BadPair(Part.CERTIFICATE, chain.size() + " certificates, a chain has at most " + MOST_CHAIN);
        }
        return chain;
    }

    private static KeyKind kind(X509Certificate certificate) throws BadPair {
        return switch (certificate.getPublicKey()) {
            case RSAPublicKey rsa -> {
                int bits = rsa.getModulus().bitLength();
                if (bits < LEAST_RSA) {
                    throw new BadPair(
                            Part.CERTIFICATE, "an RSA key of " + bits + " bits; clients want at least " + LEAST_RSA);
                }
                yield KeyKind.RSA;
            }
            case ECPublicKey ec ->
                switch (ec.getParams().getCurve().getField().getFieldSize()) {
                    case 256 -> KeyKind.EC_P256;
                    case 384 -> KeyKind.EC_P384;
                    case 521 -> KeyKind.EC_P521;
                    default -> throw new BadPair(Part.CERTIFICATE, "a key on a curve that TLS has no use for");
                };
            case PublicKey other when other.getAlgorithm().matches("EdDSA|Ed25519") -> KeyKind.ED25519;
            case PublicKey other ->
                throw new BadPair(
                        Part.CERTIFICATE,
                        "a key of kind " + other.getAlgorithm() + " (expected: RSA, ECDSA or Ed25519)");
        };
    }

    /** Whether what is signed with the key can be verified with the certificate. */
    private static boolean matches(X509Certificate certificate, PrivateKey key) {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> "Ed25519";
        };
        try {
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(new byte[] {1});
            byte[] signed = signing.sign();
            Signature verifying = Signature.getInstance(algorithm);
            verifying.initVerify(certificate.getPublicKey());
            verifying.update(new byte[] {1});
            return verifying.verify(signed);
        } catch (GeneralSecurityException e) {
            // A key of another kind, or on another curve.
            return false;
        }
    }

    private static List<String> names(X509Certificate certificate) throws BadPair {
        List<String> names = new ArrayList<>();
        try {
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            if (alternatives != null) {
                for (List<?> alternative : alternatives) {
                    if (alternative.get(0) instanceof Integer type && (type == DNS || type == ADDRESS)) {
                        names.add(String.valueOf(alternative.get(1)).toLowerCase(Locale.ROOT));
                    }
                }
            }
        } catch (CertificateParsingException e) {
            throw new BadPair(Part.CERTIFICATE, "its alternative names are damaged");
        }
        if (names.isEmpty()) {
            Matcher matcher = COMMON_NAME.matcher(subject(certificate));
            if (matcher.find()) {
                names.add(matcher.group(1).trim().toLowerCase(Locale.ROOT));
            }
        }
        return names;
    }

    private static String subject(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().getName();
    }

    /** The certificate itself. */
    public X509Certificate certificate() {
        return chain.getFirst();
    }

    /** Who issued it, by its common name where it has one. */
    public String issuer() {
        String issuer = certificate().getIssuerX500Principal().getName();
        Matcher matcher = COMMON_NAME.matcher(issuer);
        return matcher.find() ? matcher.group(1).trim() : issuer;
    }

    /** Until when it is valid, in milliseconds since 1970. */
    public long notAfter() {
        return certificate().getNotAfter().toInstant().toEpochMilli();
    }

    /** From when on it is valid, in milliseconds since 1970. */
    public long notBefore() {
        return certificate().getNotBefore().toInstant().toEpochMilli();
    }

    @Override
    public String toString() {
        return "certificate for " + String.join(", ", names);
    }
}
