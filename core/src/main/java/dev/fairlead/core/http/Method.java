package dev.fairlead.core.http;

/** Request methods the balancer treats differently; all others are {@link #OTHER} and pass unchanged. Immutable. */
public enum Method {
    GET(true),
    HEAD(true),
    POST(false),
    PUT(true),
    DELETE(true),
    OPTIONS(true),
    PATCH(false),
    CONNECT(false),
    TRACE(true),
    OTHER(false);

    private static final Method[] VALUES = values();
    private final boolean idempotent;
    private final String text;

    Method(boolean idempotent) {
        this.idempotent = idempotent;
        this.text = name();
    }

    /** Whether sending it twice does what sending it once does (RFC 9110 section 9.2.2). */
    public boolean idempotent() {
        return idempotent;
    }

    /** The method in this range; names are case-sensitive. */
    static Method of(byte[] source, int from, int to) {
        int length = to - from;
        if (length == 3 && source[from] == 'G' && source[from + 1] == 'E' && source[from + 2] == 'T') {
            return GET;
        }
        for (int m = HEAD.ordinal(); m < OTHER.ordinal(); m++) {
            String text = VALUES[m].text;
            if (text.length() == length && matches(text, source, from)) {
                return VALUES[m];
            }
        }
        return OTHER;
    }

    private static boolean matches(String text, byte[] source, int from) {
        for (int i = 0; i < text.length(); i++) {
            if (source[from + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
