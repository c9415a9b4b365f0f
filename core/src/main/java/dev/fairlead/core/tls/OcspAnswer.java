package dev.fairlead.core.tls;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A verified answer about a certificate (RFC 6960), in the form in which clients are shown it. Immutable; its bytes are not
 * to be changed.
 *
 * @param bytes as the responder sent them
 * @param revokedAt since when the certificate is revoked; {@code null} where it is good
 * @param thisUpdate when it was known to be so
 * @param nextUpdate until when that may be believed; from that moment on it is worth nothing
 */
public record OcspAnswer(byte[] bytes, @Nullable Long revokedAt, long thisUpdate, long nextUpdate) {
    /** Longer ones are not looked at. */
    public static final int MOST_BYTES = 64 * 1024;

    /** How far ahead of ours the responder's clock may be, in milliseconds. */
    private static final long MOST_AHEAD = 5 * 60_000L;

    private static final byte[] BASIC = Der.oid("1.3.6.1.5.5.7.48.1.1");
    private static final int ENUMERATED = 0x0A;
    private static final int TAGGED_0 = 0xA0;
    private static final int TAGGED_1 = 0xA1;
    private static final int TAGGED_2 = 0xA2;
    private static final int GOOD = 0x80;
    private static final int REVOKED = 0xA1;

    /** What a responder says instead of an answer, RFC 6960 section 4.2.1. */
    private static final Map<Integer, String> ERRORS = Map.of(
            1, "it could not read the request (malformedRequest)",
            2, "it failed (internalError)",
            3, "it asks to be asked later (tryLater)",
            5, "it asks for a signed request (sigRequired)",
            6, "it does not answer for this certificate (unauthorized)");

    /** What stands in an answer about one certificate. */
    private record Single(int status, long revokedAt, long thisUpdate, long nextUpdate) {
        static final long NONE = Long.MIN_VALUE;
    }

    /** Whether the certificate is revoked. */
    public boolean revoked() {
        return revokedAt != null;
    }

    /**
     * Reads and verifies an answer. It may be good or revoked, but is about this certificate, is signed by its issuer or by
     * somebody whom the issuer lets sign answers, and holds now. Slow as a signature or three; asks nobody.
     *
     * @param now in milliseconds since 1970
     * @throws BadAnswer when it is anything else
     */
    public static OcspAnswer read(byte[] bytes, OcspQuery query, long now) throws BadAnswer {
        if (bytes.length > MOST_BYTES) {
            throw new BadAnswer(false, "the answer has more than " + MOST_BYTES + " bytes");
        }
        Single single;
        try {
            single = parsed(bytes, query);
        } catch (BadDer e) {
            throw new BadAnswer(false, "the answer cannot be read: " + e.getMessage());
        }
        if (single.status() != GOOD && single.status() != REVOKED) {
            throw new BadAnswer(true, "it does not know the certificate (unknown)");
        }
        if (single.thisUpdate() > now + MOST_AHEAD) {
            throw new BadAnswer(false, "the answer holds only from " + moment(single.thisUpdate()) + " on");
        }
        if (single.nextUpdate() == Single.NONE) {
            throw new BadAnswer(false, "the answer does not say until when it holds (nextUpdate)");
        }
        if (single.nextUpdate() <= now || single.nextUpdate() <= single.thisUpdate()) {
            throw new BadAnswer(false, "the answer held until " + moment(single.nextUpdate()));
        }
        verify(bytes, query, single, now);
        return new OcspAnswer(
                bytes,
                single.status() == REVOKED ? single.revokedAt() : null,
                single.thisUpdate(),
                single.nextUpdate());
    }

    private static String moment(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }

    private static Single parsed(byte[] bytes, OcspQuery query) throws BadDer, BadAnswer {
        var all = new DerReader(bytes);
        DerReader response = all.into(Der.SEQUENCE);
        all.end();
        int status = response.small(ENUMERATED);
        if (status != 0) {
            throw new BadAnswer(true, ERRORS.getOrDefault(status, "it says no, with the number " + status));
        }
        DerReader typed = response.into(TAGGED_0).into(Der.SEQUENCE);
        response.end();
        if (!Arrays.equals(Der.of(Der.OID, typed.content(Der.OID)), BASIC)) {
            throw new BadDer("an answer of another type than basic");
        }
        DerReader wrapped = typed.into(Der.OCTET_STRING);
        typed.end();
        DerReader basic = wrapped.into(Der.SEQUENCE);
        wrapped.end();
        DerReader data = basic.into(Der.SEQUENCE);
        // Signature and certificates are for who verifies it.
        data.skip(TAGGED_0);
        if (!data.next(TAGGED_1) && !data.next(TAGGED_2)) {
            throw new BadDer("it does not say whose answer it is");
        }
        data.skip();
        data.time();
        Single single = single(data.into(Der.SEQUENCE), query);
        data.skip(TAGGED_1);
        data.end();
        return single;
    }

    /** The one that is about this certificate; answers about others may stand beside it. */
    private static Single single(DerReader all, OcspQuery query) throws BadDer, BadAnswer {
        Single found = null;
        while (all.more()) {
            DerReader one = all.into(Der.SEQUENCE);
            boolean ours = query.means(one.into(Der.SEQUENCE));
            Single read = single(one);
            if (ours && found != null) {
                throw new BadAnswer(false, "the answer speaks of the certificate twice");
            }
            found = ours ? read : found;
        }
        if (found == null) {
            throw new BadAnswer(false, "the answer is about another certificate");
        }
        return found;
    }

    private static Single single(DerReader one) throws BadDer {
        int status = one.next(GOOD) ? GOOD : one.next(REVOKED) ? REVOKED : 0;
        long revokedAt = Single.NONE;
        if (status == REVOKED) {
            DerReader revoked = one.into(REVOKED);
            revokedAt = revoked.time();
            revoked.skip(TAGGED_0);
            revoked.end();
        } else {
            one.skip();
        }
        long thisUpdate = one.time();
        long nextUpdate = Single.NONE;
        if (one.next(TAGGED_0)) {
            DerReader next = one.into(TAGGED_0);
            nextUpdate = next.time();
            next.end();
        }
        one.skip(TAGGED_1);
        one.end();
        return new Single(status, revokedAt, thisUpdate, nextUpdate);
    }

    /**
     * Java's own verification: the certificate by its issuer, and the answer by the issuer, or by a certificate in it that
     * the issuer has signed for that purpose. What it is given it does not fetch.
     */
    private static void verify(byte[] bytes, OcspQuery query, Single single, long now) throws BadAnswer {
        try {
            CertPathValidator validator = CertPathValidator.getInstance("PKIX");
            PKIXRevocationChecker checker = (PKIXRevocationChecker) validator.getRevocationChecker();
            checker.setOptions(
                    EnumSet.of(PKIXRevocationChecker.Option.ONLY_END_ENTITY, PKIXRevocationChecker.Option.NO_FALLBACK));
            checker.setOcspResponses(Map.of(query.leaf(), bytes));
            var parameters = new PKIXParameters(Set.of(new TrustAnchor(query.issuer(), null)));
            parameters.setDate(Date.from(Instant.ofEpochMilli(now)));
            parameters.addCertPathChecker(checker);
            validator.validate(
                    CertificateFactory.getInstance("X.509").generateCertPath(List.of(query.leaf())), parameters);
        } catch (CertPathValidatorException e) {
            if (e.getReason() != BasicReason.REVOKED || single.status() != REVOKED) {
                throw new BadAnswer(false, "the answer cannot be verified: " + e.getMessage());
            }
        } catch (GeneralSecurityException | RuntimeException e) {
            // It is given bytes of strangers, and does not promise what it throws then.
            throw new BadAnswer(false, "the answer cannot be verified: " + e);
        }
    }
}
