package dev.fairlead.core.tls;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A certificate authority of our own, with an ECDSA key on P-256 (RFC 5280, RFC 5480). Immutable. Never shows its key.
 *
 * @param certificate signed by itself
 */
public record Authority(X509Certificate certificate, PrivateKey key) {
    /** Between which moments a certificate is valid, in milliseconds since 1970; and its number, never the same twice. */
    public record Terms(long notBefore, long notAfter, BigInteger serial) {}

    /** What a certificate is for. */
    public enum Use {
        SERVER("1.3.6.1.5.5.7.3.1"),
        CLIENT("1.3.6.1.5.5.7.3.2");

        private final String oid;

        Use(String oid) {
            this.oid = oid;
        }
    }

    private static final byte[] ECDSA_SHA256 = Der.of(Der.SEQUENCE, Der.oid("1.2.840.10045.4.3.2"));
    private static final byte[] TRUE = {0x01, 1, (byte) 0xFF};
    private static final byte[] SIGNS_CERTIFICATES = Der.of(Der.BIT_STRING, new byte[] {1, 0x06});
    private static final byte[] SIGNS = Der.of(Der.BIT_STRING, new byte[] {7, (byte) 0x80});
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int GENERALIZED_TIME = 0x18;
    private static final int UTC_TIME = 0x17;
    private static final long YEAR_2050 = 2_524_608_000_000L;

    /** A new key on P-256, made by the machine's own randomness. */
    public static KeyPair newKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no P-256", e);
        }
    }

    /** A new authority with such a key. */
    public static Authority create(String name, KeyPair keys, Terms terms) {
        byte[] subject = name(name);
        byte[] id = id(keys.getPublic());
        byte[] extensions = Der.of(
                Der.SEQUENCE,
                // No authority below this one.
                extension("2.5.29.19", true, Der.of(Der.SEQUENCE, TRUE, new byte[] {Der.INTEGER, 1, 0})),
                extension("2.5.29.15", true, SIGNS_CERTIFICATES),
                extension("2.5.29.14", false, Der.of(Der.OCTET_STRING, id)));
        return new Authority(
                signed(subject, subject, keys.getPublic(), extensions, terms, keys.getPrivate()), keys.getPrivate());
    }

    /**
     * A certificate for these names, which may be addresses.
     *
     * @throws IllegalArgumentException when a name is not ASCII
     */
    public X509Certificate issue(List<String> names, PublicKey its, Use use, Terms terms) {
        List<byte[]> alternatives = new ArrayList<>();
        for (String name : names) {
            byte[] address = address(name);
            byte[] text = name.getBytes(StandardCharsets.US_ASCII);
            alternatives.add(address == null ? Der.of(0x82, text) : Der.of(0x87, address));
        }
        byte[] extensions = Der.of(
                Der.SEQUENCE,
                extension("2.5.29.19", true, Der.of(Der.SEQUENCE)),
                extension("2.5.29.15", true, SIGNS),
                extension("2.5.29.37", false, Der.of(Der.SEQUENCE, Der.oid(use.oid))),
                extension("2.5.29.17", false, Der.of(Der.SEQUENCE, alternatives.toArray(new byte[0][]))),
                extension("2.5.29.14", false, Der.of(Der.OCTET_STRING, id(its))),
                extension("2.5.29.35", false, Der.of(Der.SEQUENCE, Der.of(0x80, id(certificate.getPublicKey())))));
        byte[] issuer = certificate.getSubjectX500Principal().getEncoded();
        return signed(issuer, name(names.getFirst()), its, extensions, terms, key);
    }

    /** The bytes of an address in its usual notation; {@code null} where it is a name. */
    private static byte @Nullable [] address(String text) {
        if (text.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}")) {
            byte[] bytes = new byte[4];
            String[] parts = text.split("\\.");
            for (int i = 0; i < 4; i++) {
                bytes[i] = (byte) Integer.parseInt(parts[i]);
            }
            return bytes;
        }
        if (text.equals("::1")) {
            byte[] bytes = new byte[16];
            bytes[15] = 1;
            return bytes;
        }
        return null;
    }

    private static X509Certificate signed(
            byte[] issuer, byte[] subject, PublicKey its, byte[] extensions, Terms terms, PrivateKey by) {
        byte[] body = Der.of(
                Der.SEQUENCE,
                Der.of(0xA0, new byte[] {Der.INTEGER, 1, 2}),
                Der.of(Der.INTEGER, terms.serial().toByteArray()),
                ECDSA_SHA256,
                issuer,
                Der.of(Der.SEQUENCE, time(terms.notBefore()), time(terms.notAfter())),
                subject,
                its.getEncoded(),
                Der.of(0xA3, extensions));
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(by);
            signature.update(body);
            byte[] whole =
                    Der.of(Der.SEQUENCE, body, ECDSA_SHA256, Der.of(Der.BIT_STRING, new byte[1], signature.sign()));
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(whole));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate cannot be signed", e);
        }
    }

    private static byte[] extension(String oid, boolean critical, byte[] value) {
        byte[] wrapped = Der.of(Der.OCTET_STRING, value);
        return critical
                ? Der.of(Der.SEQUENCE, Der.oid(oid), TRUE, wrapped)
                : Der.of(Der.SEQUENCE, Der.oid(oid), wrapped);
    }

    private static byte[] name(String common) {
        byte[] attribute = Der.of(Der.SEQUENCE, Der.oid("2.5.4.3"), Der.text(Der.UTF8, common));
        return Der.of(Der.SEQUENCE, Der.of(Der.SET, attribute));
    }

    private static byte[] time(long millis) {
        String text = TIME.format(Instant.ofEpochMilli(millis));
        return millis < YEAR_2050 ? Der.text(UTC_TIME, text.substring(2)) : Der.text(GENERALIZED_TIME, text);
    }

    private static byte[] id(PublicKey key) {
        try {
            return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(key.getEncoded()), 20);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "authority " + certificate.getSubjectX500Principal().getName();
    }
}
