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
    ACCEPT_LANGUAGE("Accept-Language");

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

    /** One step of the case-blind hash of a name. */
    static int hashStep(int hash, byte b) {
        return hash * 31 + (b | 0x20);
    }

    /** The known name in this range whose {@link #hashStep} hash is {@code hash}, or {@code null}. */
    static @Nullable Known find(byte[] source, int from, int to, int hash) {
        for (int slot = slot(hash, to - from); ; slot = (slot + 1) & (SLOTS - 1)) {
            Known known = TABLE[slot];
            if (known == null) {
                return null;
            }
            if (known.matches(source, from, to)) {
                return known;
            }
        }
    }

    /** Whether the range spells this name, in any case. */
    boolean matches(byte[] source, int from, int to) {
        if (to - from != lower.length) {
            return false;
        }
        for (int i = 0; i < lower.length; i++) {
            if (Ascii.lower(source[from + i]) != lower[i]) {
                return false;
            }
        }
        return true;
    }

    /** The known name a range with underscores means to CGI, WSGI and PHP, which take {@code _} for {@code -}. */
    static @Nullable Known findLoosely(byte[] source, int from, int to) {
        int hash = 0;
        boolean loose = false;
        for (int i = from; i < to; i++) {
            loose |= source[i] == '_';
            hash = hashStep(hash, hyphen(source[i]));
        }
        if (!loose) {
            return null;
        }
        for (int slot = slot(hash, to - from); ; slot = (slot + 1) & (SLOTS - 1)) {
            Known known = TABLE[slot];
            if (known == null || known.matchesLoosely(source, from, to)) {
                return known;
            }
        }
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

    private static int slot(int hash, int length) {
        return (hash ^ (hash >>> 8) ^ (length << 3)) & (SLOTS - 1);
    }

    private static @Nullable Known[] table() {
        @Nullable Known[] table = new Known[SLOTS];
        for (Known known : VALUES) {
            int hash = 0;
            for (byte b : known.bytes) {
                hash = hashStep(hash, b);
            }
            int slot = slot(hash, known.bytes.length);
            while (table[slot] != null) {
                slot = (slot + 1) & (SLOTS - 1);
            }
            table[slot] = known;
        }
        return table;
    }
}
