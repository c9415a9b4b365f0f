package dev.fairlead.core.http;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The field names the balancer itself cares about, recognised once while parsing. Immutable. */
public enum Known {
    HOST("Host"),
    CONTENT_LENGTH("Content-Length"),
    TRANSFER_ENCODING("Transfer-Encoding"),
    CONNECTION("Connection"),
    KEEP_ALIVE("Keep-Alive"),
    PROXY_CONNECTION("Proxy-Connection"),
    PROXY_AUTHENTICATE("Proxy-Authenticate"),
    PROXY_AUTHORIZATION("Proxy-Authorization"),
    /** Never standard; CGI programs take it for {@code HTTP_PROXY}. */
    PROXY("Proxy"),
    TE("TE"),
    TRAILER("Trailer"),
    UPGRADE("Upgrade"),
    HTTP2_SETTINGS("HTTP2-Settings"),
    EXPECT("Expect"),
    X_FORWARDED_FOR("X-Forwarded-For"),
    X_FORWARDED_PROTO("X-Forwarded-Proto"),
    X_FORWARDED_HOST("X-Forwarded-Host"),
    X_FORWARDED_PORT("X-Forwarded-Port"),
    FORWARDED("Forwarded"),
    X_REQUEST_ID("X-Request-Id"),
    /** Asks for what went on inside; see the debug fields of net.http. */
    X_FAIRLEAD_DEBUG("X-Fairlead-Debug"),
    VIA("Via"),
    COOKIE("Cookie"),
    SET_COOKIE("Set-Cookie"),
    AUTHORIZATION("Authorization"),
    DATE("Date"),
    SERVER("Server"),
    CONTENT_TYPE("Content-Type"),
    CONTENT_ENCODING("Content-Encoding"),
    CONTENT_RANGE("Content-Range"),
    CACHE_CONTROL("Cache-Control"),
    RETRY_AFTER("Retry-After"),
    LOCATION("Location"),
    USER_AGENT("User-Agent"),
    ACCEPT("Accept"),
    ACCEPT_ENCODING("Accept-Encoding"),
    ACCEPT_LANGUAGE("Accept-Language"),
    IDEMPOTENCY_KEY("Idempotency-Key"),
    STRICT_TRANSPORT_SECURITY("Strict-Transport-Security");

    private static final Known[] VALUES = values();
    private static final int SLOTS = 256;
    private static final @Nullable Known[] TABLE = table();

    private final String text;
    private final byte[] bytes;
    private final byte[] lower;

    Known(String text) {
        this.text = text;
        this.bytes = text.getBytes(StandardCharsets.US_ASCII);
        this.lower = text.toLowerCase(java.util.Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
    }

    /** The name in its usual spelling. */
    public String text() {
        return text;
    }

    byte[] bytes() {
        return bytes;
    }

    static Known of(int ordinal) {
        return VALUES[ordinal];
    }

    /** This name's place in a set of names that fits a {@code long}. */
    long bit() {
        return 1L << ordinal();
    }

    /** A set of names; see {@link #bit}. */
    static long bits(Known... names) {
        long bits = 0;
        for (Known name : names) {
            bits |= name.bit();
        }
        return bits;
    }

    /** The known name in this range, in any case, or {@code null}. */
    static @Nullable Known find(byte[] source, int from, int to) {
        for (int slot = slot(source, from, to); ; slot = (slot + 1) & (SLOTS - 1)) {
            Known known = TABLE[slot];
            if (known == null || known.matches(source, from, to)) {
                return known;
            }
        }
    }

    /**
     * Whether the range, which must be a token, spells this name in any case. Setting bit 0x20 is enough of a lower case:
     * no other byte of a token becomes a letter, a digit or a hyphen by it.
     */
    boolean matches(byte[] source, int from, int to) {
        int length = lower.length;
        if (to - from != length) {
            return false;
        }
        if (length < Long.BYTES) {
            for (int i = 0; i < length; i++) {
                if ((source[from + i] | 0x20) != lower[i]) {
                    return false;
                }
            }
            return true;
        }
        for (int i = 0; i < length - Long.BYTES; i += Long.BYTES) {
            if (!eightMatch(source, from + i, i)) {
                return false;
            }
        }
        return eightMatch(source, to - Long.BYTES, length - Long.BYTES);
    }

    private boolean eightMatch(byte[] source, int at, int i) {
        return ((long) Ascii.EIGHT.get(source, at) | Ascii.CASES) == (long) Ascii.EIGHT.get(lower, i);
    }

    /** The known name a range with underscores means to CGI, WSGI and PHP, which take {@code _} for {@code -}. */
    static @Nullable Known findLoosely(byte[] source, int from, int to) {
        for (Known known : VALUES) {
            if (known.matchesLoosely(source, from, to)) {
                return known;
            }
        }
        return null;
    }

    private boolean matchesLoosely(byte[] source, int from, int to) {
        if (to - from != lower.length) {
            return false;
        }
        for (int i = 0; i < lower.length; i++) {
            if (Ascii.lower(hyphen(source[from + i])) != lower[i]) {
                return false;
            }
        }
        return true;
    }

    private static byte hyphen(byte b) {
        return b == '_' ? (byte) '-' : b;
    }

    /** By length, first and last two letters in any case, which tell nearly all of them apart. */
    private static int slot(byte[] source, int from, int to) {
        int length = to - from;
        int ends = (source[from] | 0x20) * 7
                + (source[to - 1] | 0x20) * 31
                + (source[to - Math.min(2, length)] | 0x20) * 5;
        return (ends + length * 3) & (SLOTS - 1);
    }

    private static @Nullable Known[] table() {
        @Nullable Known[] table = new Known[SLOTS];
        for (Known known : VALUES) {
            int slot = slot(known.bytes, 0, known.bytes.length);
            while (table[slot] != null) {
                slot = (slot + 1) & (SLOTS - 1);
            }
            table[slot] = known;
        }
        return table;
    }
}
