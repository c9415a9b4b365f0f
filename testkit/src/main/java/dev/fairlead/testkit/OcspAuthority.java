package dev.fairlead.testkit;

import static dev.fairlead.testkit.Asn1.oid;
import static dev.fairlead.testkit.Asn1.sequence;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An authority that issues certificates and answers for them (RFC 6960), rightly or, when asked to, wrongly. Immutable but
 * for the number of the next certificate; confined to one thread.
 */
public final class OcspAuthority {
    private static final byte[] ECDSA_SHA256 = sequence(oid(1, 2, 840, 10045, 4, 3, 2));
    private static final byte[] TRUE = {1, 1, (byte) 0xFF};
    private static final byte[] SHA1 = sequence(oid(1, 3, 14, 3, 2, 26), new byte[] {5, 0});

    /** Who may sign answers. */
    private static final byte[] OCSP_SIGNING = oid(1, 3, 6, 1, 5, 5, 7, 3, 9);

    private static final byte[] SERVER = oid(1, 3, 6, 1, 5, 5, 7, 3, 1);

    private final Holder self;
    private final long notBefore;
    private final long notAfter;
    private int number = 1;

    private OcspAuthority(String name, KeyPair keys, long notBefore, long notAfter) {
        this.notBefore = notBefore;
        this.notAfter = notAfter;
        List<byte[]> extensions = List.of(extension(oid(2, 5, 29, 19), true, sequence(TRUE)));
        this.self = new Holder(certificate(name(name), name(name), keys.getPublic(), extensions, keys), keys);
    }

    /** A new one, whose certificates are valid between these moments, in milliseconds since 1970. */
    public static OcspAuthority create(String name, long notBefore, long notAfter) {
        return new OcspAuthority(name, newKey(), notBefore, notAfter);
    }

    /** A certificate and its key. */
    public record Holder(X509Certificate certificate, KeyPair keys) {
        /** The certificate in PEM. */
        public String cert() {
            try {
                return pem("CERTIFICATE", certificate.getEncoded());
            } catch (GeneralSecurityException e) {
                throw new AssertionError(e);
            }
        }

        /** The key in PEM. */
        public String key() {
            return pem("PRIVATE KEY", keys.getPrivate().getEncoded());
        }

        private static String pem(String label, byte[] bytes) {
            return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder().encodeToString(bytes) + "\n-----END "
                    + label + "-----\n";
        }
    }

    /** Its own certificate. */
    public Holder self() {
        return self;
    }

    /** A certificate for a server, which names these responders and perhaps wants answers stapled to it (RFC 7633). */
    public Holder leaf(String name, boolean mustStaple, String... responders) {
        List<byte[]> extensions = new ArrayList<>();
        extensions.add(extension(oid(2, 5, 29, 17), false, sequence(Asn1.text(0x82, name))));
        extensions.add(extension(oid(2, 5, 29, 37), false, sequence(SERVER)));
        if (responders.length > 0) {
            byte[][] ways = Arrays.stream(responders)
                    .map(url -> sequence(oid(1, 3, 6, 1, 5, 5, 7, 48, 1), Asn1.text(0x86, url)))
                    .toArray(byte[][]::new);
            extensions.add(extension(oid(1, 3, 6, 1, 5, 5, 7, 1, 1), false, sequence(ways)));
        }
        if (mustStaple) {
            extensions.add(extension(
                    oid(1, 3, 6, 1, 5, 5, 7, 1, 24), false, sequence(new byte[] {2, 1, 16}, new byte[] {2, 1, 5})));
        }
        return issued(name, extensions);
    }

    /** A certificate for somebody else who signs answers, if {@code allowed} to. */
    public Holder delegate(boolean allowed) {
        return issued(
                "Responder", List.of(extension(oid(2, 5, 29, 37), false, sequence(allowed ? OCSP_SIGNING : SERVER))));
    }

    private Holder issued(String name, List<byte[]> extensions) {
        KeyPair keys = newKey();
        byte[] issuer = self.certificate().getSubjectX500Principal().getEncoded();
        return new Holder(certificate(issuer, name(name), keys.getPublic(), extensions, self.keys()), keys);
    }

    private X509Certificate certificate(
            byte[] issuer, byte[] subject, PublicKey its, List<byte[]> extensions, KeyPair by) {
        byte[] body = sequence(
                Asn1.of(0xA0, new byte[] {2, 1, 2}),
                Asn1.of(2, BigInteger.valueOf(0xC0FFEE00L + number++).toByteArray()),
                ECDSA_SHA256,
                issuer,
                sequence(Asn1.time(notBefore), Asn1.time(notAfter)),
                subject,
                its.getEncoded(),
                Asn1.of(0xA3, sequence(extensions.toArray(new byte[0][]))));
        return read(signed(body, by.getPrivate()));
    }

    private static X509Certificate read(byte[] whole) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(whole));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** An answer about a certificate of this authority: good, from an hour ago to an hour from now. */
    public Answer answer(X509Certificate about, long now) {
        return new Answer(this, about, self, null, now - 3_600_000, now + 3_600_000L, Says.GOOD, About.IT);
    }

    /** What a responder says instead of an answer. */
    public static byte[] error(int status) {
        return sequence(new byte[] {0x0A, 1, (byte) status});
    }

    /** What an answer says. */
    public enum Says {
        GOOD,
        REVOKED,
        UNKNOWN
    }

    /** What an answer is about. */
    public enum About {
        IT,
        /** It, and another certificate before it. */
        IT_AND_ANOTHER,
        IT_TWICE,
        ANOTHER,
        /** One with its number, of an authority with another key. */
        ANOTHER_KEY,
        NOTHING
    }

    /**
     * An answer that is not signed yet.
     *
     * @param delegate whose certificate stands in it; {@code null} for none
     * @param nextUpdate {@code null} where it does not say until when it holds
     */
    public record Answer(
            OcspAuthority authority,
            X509Certificate about,
            Holder signer,
            @Nullable Holder delegate,
            long thisUpdate,
            @Nullable Long nextUpdate,
            Says says,
            About what) {
        /** The same, between other moments. */
        public Answer between(long from, @Nullable Long to) {
            return new Answer(authority, about, signer, delegate, from, to, says, what);
        }

        /** The same, saying something else. */
        public Answer saying(Says other) {
            return new Answer(authority, about, signer, delegate, thisUpdate, nextUpdate, other, what);
        }

        /** The same about something else. */
        public Answer about(About other) {
            return new Answer(authority, about, signer, delegate, thisUpdate, nextUpdate, says, other);
        }

        /** The same, signed by somebody else whose certificate is in it. */
        public Answer by(Holder other) {
            return new Answer(authority, about, other, other, thisUpdate, nextUpdate, says, what);
        }

        /** The same in the name of the authority, signed with another key. */
        public Answer forged() {
            return new Answer(
                    authority,
                    about,
                    new Holder(signer.certificate(), newKey()),
                    delegate,
                    thisUpdate,
                    nextUpdate,
                    says,
                    what);
        }

        /** As it is sent. */
        public byte[] bytes() {
            byte[] it =
                    single(about.getSerialNumber(), authority.self.certificate().getPublicKey());
            byte[] another = single(BigInteger.TEN, authority.self.certificate().getPublicKey());
            byte[] singles = switch (what) {
                case IT -> it;
                case IT_AND_ANOTHER -> Asn1.joined(another, it);
                case IT_TWICE -> Asn1.joined(it, it);
                case ANOTHER -> another;
                case ANOTHER_KEY -> single(about.getSerialNumber(), newKey().getPublic());
                case NOTHING -> new byte[0];
            };
            byte[] data = sequence(
                    Asn1.of(0xA1, signer.certificate().getSubjectX500Principal().getEncoded()),
                    Asn1.time(thisUpdate),
                    sequence(singles));
            byte[] basic = signed(data, signer.keys().getPrivate(), delegate == null ? null : delegate.certificate());
            return sequence(
                    new byte[] {0x0A, 1, 0},
                    Asn1.of(0xA0, sequence(oid(1, 3, 6, 1, 5, 5, 7, 48, 1, 1), Asn1.of(4, basic))));
        }

        private byte[] single(BigInteger serial, PublicKey key) {
            byte[] id = sequence(
                    SHA1,
                    Asn1.of(4, sha1(about.getIssuerX500Principal().getEncoded())),
                    Asn1.of(4, sha1(bits(key))),
                    Asn1.of(2, serial.toByteArray()));
            byte[] status = switch (says) {
                case GOOD -> Asn1.of(0x80);
                case REVOKED -> Asn1.of(0xA1, Asn1.time(thisUpdate - 1000), Asn1.of(0xA0, new byte[] {0x0A, 1, 1}));
                case UNKNOWN -> Asn1.of(0x82);
            };
            return nextUpdate == null
                    ? sequence(id, status, Asn1.time(thisUpdate))
                    : sequence(id, status, Asn1.time(thisUpdate), Asn1.of(0xA0, Asn1.time(nextUpdate)));
        }
    }

    /** The key itself: of one on P-256 the last 65 bytes. */
    private static byte[] bits(PublicKey key) {
        byte[] encoded = key.getEncoded();
        return Arrays.copyOfRange(encoded, encoded.length - 65, encoded.length);
    }

    private static byte[] sha1(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-1").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] signed(byte[] body, PrivateKey by) {
        return signed(body, by, null);
    }

    private static byte[] signed(byte[] body, PrivateKey by, @Nullable X509Certificate beside) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(by);
            signature.update(body);
            byte[] bits = Asn1.of(3, new byte[1], signature.sign());
            return beside == null
                    ? sequence(body, ECDSA_SHA256, bits)
                    : sequence(body, ECDSA_SHA256, bits, Asn1.of(0xA0, sequence(beside.getEncoded())));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] extension(byte[] id, boolean critical, byte[] value) {
        return critical ? sequence(id, TRUE, Asn1.of(4, value)) : sequence(id, Asn1.of(4, value));
    }

    private static byte[] name(String common) {
        return sequence(Asn1.of(0x31, sequence(oid(2, 5, 4, 3), Asn1.text(0x0C, common))));
    }

    private static KeyPair newKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
