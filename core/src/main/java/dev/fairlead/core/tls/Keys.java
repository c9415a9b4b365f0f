package dev.fairlead.core.tls;

import dev.fairlead.core.tls.BadPair.Part;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import java.util.Objects;

/** Reads private keys: PKCS #8 (RFC 5958), and the older forms of RSA (RFC 8017) and EC (RFC 5915). Pure functions. */
final class Keys {
    private static final byte[] VERSION = {Der.INTEGER, 1, 0};
    private static final byte[] NOTHING = {Der.NULL, 0};
    private static final byte[] RSA = Der.oid("1.2.840.113549.1.1.1");
    private static final byte[] EC = Der.oid("1.2.840.10045.2.1");

    private Keys() {}

    /** The first private key in a PEM text. */
    static PrivateKey read(String text) throws BadPair {
        List<Pem.Block> blocks;
        try {
            blocks = Pem.blocks(text);
        } catch (IllegalArgumentException e) {
            throw new BadPair(Part.KEY, Objects.requireNonNullElse(e.getMessage(), "damaged"));
        }
        for (Pem.Block block : blocks) {
            if (block.label().equals("ENCRYPTED PRIVATE KEY")
                    || block.headers() && block.label().endsWith("PRIVATE KEY")) {
                throw new BadPair(
                        Part.KEY,
                        "the key is encrypted; nobody is there to type its password: decrypt it (openssl pkey) and"
                                + " protect the file instead");
            }
            byte[] der = switch (block.label()) {
                case "PRIVATE KEY" -> block.bytes();
                case "RSA PRIVATE KEY" -> wrapped(Der.of(Der.SEQUENCE, RSA, NOTHING), block.bytes());
                case "EC PRIVATE KEY" -> wrapped(Der.of(Der.SEQUENCE, EC, curve(block.bytes())), block.bytes());
                default -> null;
            };
            if (der != null) {
                return decoded(der);
            }
        }
        throw new BadPair(Part.KEY, "no block `BEGIN PRIVATE KEY`");
    }

    private static byte[] wrapped(byte[] algorithm, byte[] key) {
        return Der.of(Der.SEQUENCE, VERSION, algorithm, Der.of(Der.OCTET_STRING, key));
    }

    /** The name of the curve, which stands in the key under the tag [0]. */
    private static byte[] curve(byte[] key) throws BadPair {
        for (int i = 0; i + 3 < key.length; i++) {
            int length = key[i + 1];
            boolean tagged = key[i] == (byte) 0xA0 && key[i + 2] == Der.OID && key[i + 3] == length - 2;
            if (tagged && length > 2 && i + 2 + length <= key.length) {
                byte[] curve = new byte[length];
                System.arraycopy(key, i + 2, curve, 0, length);
                return curve;
            }
        }
        throw new BadPair(Part.KEY, "a key that does not name its curve; convert it with openssl pkey");
    }

    private static PrivateKey decoded(byte[] der) throws BadPair {
        for (String algorithm : List.of("EC", "RSA", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (GeneralSecurityException e) {
                // Another kind of key, or damaged.
            }
        }
        throw new BadPair(Part.KEY, "the key is damaged, or of a kind that is not RSA, ECDSA or Ed25519");
    }
}
