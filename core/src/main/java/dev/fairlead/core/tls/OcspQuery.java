package dev.fairlead.core.tls;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A question about one certificate (RFC 6960, in the profile of RFC 5019). Immutable.
 *
 * @param leaf whether this one still holds
 * @param issuer who must have signed the answer, or have let somebody sign it
 * @param responder who is asked
 */
public record OcspQuery(X509Certificate leaf, X509Certificate issuer, URI responder) {
    /** Longer ones are not asked by GET (RFC 5019 section 5). */
    private static final int MOST_GET = 255;

    private static final byte[] SHA1 = Der.oid("1.3.14.3.2.26");
    private static final byte[] NOTHING = {Der.NULL, 0};

    /** What is sent: one certificate and no nonce, so that any client may be shown the answer. */
    public byte[] request() {
        byte[] id = Der.of(
                Der.SEQUENCE,
                Der.of(Der.SEQUENCE, SHA1, NOTHING),
                Der.of(Der.OCTET_STRING, nameHash()),
                Der.of(Der.OCTET_STRING, keyHash()),
                Der.of(Der.INTEGER, serial()));
        // One request in a list in the body of a message that nobody signs.
        return Der.of(Der.SEQUENCE, Der.of(Der.SEQUENCE, Der.of(Der.SEQUENCE, Der.of(Der.SEQUENCE, id))));
    }

    /** Where the same is asked by GET, so that caches on the way can answer; {@code null} where it must be POST. */
    public @Nullable URI get() {
        String encoded = URLEncoder.encode(Base64.getEncoder().encodeToString(request()), StandardCharsets.US_ASCII);
        if (encoded.length() > MOST_GET || responder.getRawQuery() != null) {
            return null;
        }
        String base = responder.toString();
        return URI.create(base + (base.endsWith("/") ? "" : "/") + encoded);
    }

    /** Whether a certificate's identity in an answer is this one's; the reader is in it. */
    boolean means(DerReader id) throws BadDer {
        // Its parameters may be there or not; there is nothing in them.
        boolean same = Arrays.equals(Der.of(Der.OID, id.into(Der.SEQUENCE).content(Der.OID)), SHA1);
        same &= Arrays.equals(id.content(Der.OCTET_STRING), nameHash());
        same &= Arrays.equals(id.content(Der.OCTET_STRING), keyHash());
        same &= Arrays.equals(id.content(Der.INTEGER), serial());
        id.end();
        return same;
    }

    private byte[] serial() {
        return leaf.getSerialNumber().toByteArray();
    }

    private byte[] nameHash() {
        return sha1(issuer.getSubjectX500Principal().getEncoded());
    }

    private byte[] keyHash() {
        try {
            DerReader info = new DerReader(issuer.getPublicKey().getEncoded()).into(Der.SEQUENCE);
            info.skip();
            byte[] key = info.content(Der.BIT_STRING);
            // Before the key is the number of bits that the last byte has too many.
            return sha1(Arrays.copyOfRange(key, Math.min(1, key.length), key.length));
        } catch (BadDer e) {
            throw new IllegalStateException("this Java writes public keys in another way", e);
        }
    }

    /** It says which certificate is meant, and protects nothing: RFC 5019 wants it to be this one. */
    private static byte[] sha1(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-1").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no SHA-1", e);
        }
    }
}
