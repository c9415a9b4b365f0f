package dev.fairlead.core.tls;

import java.util.Set;

/** Kinds of keys that certificates are for, and what a client must know to make use of one. */
public enum KeyKind {
    RSA(Set.of(0x0804, 0x0805, 0x0806), Suites.RSA),
    EC_P256(Set.of(0x0403), Suites.ECDSA),
    EC_P384(Set.of(0x0503), Suites.ECDSA),
    EC_P521(Set.of(0x0603), Suites.ECDSA),
    ED25519(Set.of(0x0807), Suites.ECDSA);

    /** In TLS 1.2 the hash does not depend on the curve. */
    private static final Set<Integer> ECDSA = Set.of(0x0403, 0x0503, 0x0603);

    private static final Set<Integer> OLD_RSA = Set.of(0x0401, 0x0501, 0x0601, 0x0804, 0x0805, 0x0806);

    private final Set<Integer> schemes;
    private final Set<Integer> suites;

    KeyKind(Set<Integer> schemes, Set<Integer> suites) {
        this.schemes = schemes;
        this.suites = suites;
    }

    private static final class Suites {
        static final Set<Integer> RSA = Set.of(0xC02F, 0xC030, 0xCCA8);
        static final Set<Integer> ECDSA = Set.of(0xC02B, 0xC02C, 0xCCA9);
    }

    /** The signatures it can make in TLS 1.3, as numbers of RFC 8446 section 4.2.3. */
    Set<Integer> schemes() {
        return schemes;
    }

    /** The signatures it can make in TLS 1.2. */
    Set<Integer> olderSchemes() {
        return switch (this) {
            case RSA -> OLD_RSA;
            case EC_P256, EC_P384, EC_P521 -> ECDSA;
            case ED25519 -> schemes;
        };
    }

    /** The suites of TLS 1.2 that go with it, among those we have. */
    Set<Integer> suites() {
        return suites;
    }
}
