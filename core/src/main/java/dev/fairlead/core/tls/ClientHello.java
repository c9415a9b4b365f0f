package dev.fairlead.core.tls;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a client says first, as far as it decides who answers (RFC 8446 section 4.1.2, RFC 6066 section 3, RFC 7301).
 * Immutable.
 *
 * @param serverName whom it wants to talk to, in lower case; {@code null} when it does not say. Of a hello that hides
 *     another one (ECH) it is the outer name
 * @param protocols what it would speak, best first (ALPN); empty when it does not say
 * @param schemes the signatures it can verify; empty when it does not say
 * @param suites its cipher suites
 * @param tls13 whether it knows TLS 1.3
 * @param encrypted whether it carries an encrypted hello inside
 */
public record ClientHello(
        @Nullable String serverName,
        List<String> protocols,
        Set<Integer> schemes,
        Set<Integer> suites,
        boolean tls13,
        boolean encrypted) {
    private static final int SERVER_NAME = 0;
    private static final int SIGNATURE_ALGORITHMS = 13;
    private static final int ALPN = 16;
    private static final int SUPPORTED_VERSIONS = 43;
    private static final int ECH = 0xFE0D;
    private static final int TLS_1_3 = 0x0304;
    private static final int RANDOM = 32;
    private static final int MOST_SESSION_ID = 32;

    /** Copies what may be changed. */
    public ClientHello {
        protocols = List.copyOf(protocols);
        schemes = Set.copyOf(schemes);
        suites = Set.copyOf(suites);
    }

    /** The message without its type and length; {@code null} when it is malformed. */
    static @Nullable ClientHello parse(byte[] bytes, int from, int to) {
        try {
            return new Parser(new Span(bytes, from, to)).hello();
        } catch (Malformed e) {
            return null;
        }
    }

    /** Whether it can make use of a certificate with such a key. */
    public boolean takes(KeyKind kind) {
        if (schemes.isEmpty()) {
            // TLS 1.2 without the extension means RSA and ECDSA with SHA-1, which nobody makes any more.
            return kind == KeyKind.RSA;
        }
        boolean verifies = tls13
                ? kind.schemes().stream().anyMatch(schemes::contains)
                : kind.olderSchemes().stream().anyMatch(schemes::contains);
        return verifies && (tls13 || kind.suites().stream().anyMatch(suites::contains));
    }

    private static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    /** Some bytes to be read from front to end. */
    private static final class Span {
        private final byte[] bytes;
        private int at;
        private final int end;

        Span(byte[] bytes, int at, int end) {
            this.bytes = bytes;
            this.at = at;
            this.end = end;
        }

        boolean more() {
            return at < end;
        }

        int number(int size) throws Malformed {
            int value = 0;
            for (int i = 0; i < size; i++) {
                if (at == end) {
                    throw new Malformed();
                }
                value = value << 8 | bytes[at++] & 0xFF;
            }
            return value;
        }

        /** What follows a length of so many bytes. */
        Span vector(int lengthSize) throws Malformed {
            return part(number(lengthSize));
        }

        Span part(int length) throws Malformed {
            if (length > end - at) {
                throw new Malformed();
            }
            at += length;
            return new Span(bytes, at - length, at);
        }

        String text() {
            return new String(bytes, at, end - at, StandardCharsets.ISO_8859_1);
        }

        Set<Integer> pairs() throws Malformed {
            Set<Integer> pairs = new HashSet<>();
            while (more()) {
                pairs.add(number(2));
            }
            return pairs;
        }
    }

    private static final class Parser {
        private final Span in;
        private @Nullable String serverName;
        private final List<String> protocols = new ArrayList<>();
        private Set<Integer> schemes = Set.of();
        private boolean tls13;
        private boolean encrypted;

        Parser(Span in) {
            this.in = in;
        }

        ClientHello hello() throws Malformed {
            in.number(2);
            in.part(RANDOM);
            if (in.number(1) > MOST_SESSION_ID) {
                throw new Malformed();
            }
            in.part(in.bytes[in.at - 1] & 0xFF);
            Set<Integer> suites = in.vector(2).pairs();
            in.vector(1);
            // TLS 1.2 may do without extensions.
            if (in.more()) {
                Span extensions = in.vector(2);
                Set<Integer> seen = new HashSet<>();
                while (extensions.more()) {
                    int type = extensions.number(2);
                    if (!seen.add(type)) {
                        throw new Malformed();
                    }
                    extension(type, extensions.vector(2));
                }
            }
            if (in.more()) {
                throw new Malformed();
            }
            return new ClientHello(serverName, protocols, schemes, suites, tls13, encrypted);
        }

        private void extension(int type, Span body) throws Malformed {
            switch (type) {
                case SERVER_NAME -> serverName = name(body.vector(2));
                case SIGNATURE_ALGORITHMS -> schemes = body.vector(2).pairs();
                case ALPN -> {
                    Span list = body.vector(2);
                    while (list.more()) {
                        protocols.add(list.vector(1).text());
                    }
                }
                case SUPPORTED_VERSIONS -> tls13 = body.vector(1).pairs().contains(TLS_1_3);
                case ECH -> encrypted = true;
                default -> {}
            }
        }

        private static @Nullable String name(Span list) throws Malformed {
            String name = null;
            while (list.more()) {
                boolean host = list.number(1) == 0;
                String text = list.vector(2).text();
                if (host) {
                    if (name != null || !text.matches("[!-~]{1,255}")) {
                        throw new Malformed();
                    }
                    name = text.toLowerCase(Locale.ROOT);
                }
            }
            return name;
        }
    }
}
