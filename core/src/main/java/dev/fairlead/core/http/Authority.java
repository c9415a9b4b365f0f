package dev.fairlead.core.http;

/**
 * The grammar of what a Host field or an absolute target names (RFC 3986 section 3.2, without user information):
 * {@code name}, {@code 1.2.3.4} or {@code [v6]}, with an optional port. Stateless.
 *
 * <p>Stricter than the RFC where other programs read one name as two or another one: no comma, whole escapes, real IPv6
 * addresses, ports that exist.
 */
final class Authority {
    private static final int MAX_PORT = 65535;
    private static final int GROUPS = 8;

    private Authority() {}

    /** Whether the range is an authority; an empty one is not. */
    static boolean valid(byte[] bytes, int from, int to) {
        int end = from < to && bytes[from] == '[' ? literalEnd(bytes, from, to) : nameEnd(bytes, from, to);
        return end > from && (end == to || (bytes[end] == ':' && port(bytes, end + 1, to)));
    }

    /** Where the registered name ends that begins here, or {@code from} when there is none. */
    private static int nameEnd(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && Ascii.host(bytes[at])) {
            if (bytes[at] == '%' && (to - at < 3 || Ascii.hex(bytes[at + 1]) < 0 || Ascii.hex(bytes[at + 2]) < 0)) {
                return from;
            }
            at++;
        }
        return at;
    }

    /** Where the bracketed address ends that begins here, or {@code from} when there is none. */
    private static int literalEnd(byte[] bytes, int from, int to) {
        int close = from + 1;
        while (close < to && bytes[close] != ']') {
            close++;
        }
        return close < to && v6(bytes, from + 1, close) ? close + 1 : from;
    }

    private static boolean v6(byte[] bytes, int from, int to) {
        boolean gap = to - from >= 2 && bytes[from] == ':' && bytes[from + 1] == ':';
        int at = gap ? from + 2 : from;
        int groups = 0;
        while (at < to) {
            int start = at;
            while (at < to && Ascii.hex(bytes[at]) >= 0) {
                at++;
            }
            if (at < to && bytes[at] == '.') {
                if (!v4(bytes, start, to)) {
                    return false;
                }
                groups += 2;
                break;
            }
            if (at == start || at - start > 4) {
                return false;
            }
            groups++;
            if (at == to) {
                break;
            }
            if (bytes[at] != ':' || ++at == to) {
                return false;
            }
            if (bytes[at] == ':') {
                if (gap) {
                    return false;
                }
                gap = true;
                at++;
            }
        }
        return gap ? groups < GROUPS : groups == GROUPS;
    }

    private static boolean v4(byte[] bytes, int from, int to) {
        int at = from;
        for (int part = 0; part < 4; part++) {
            int start = at;
            while (at < to && at - start < 3 && bytes[at] >= '0' && bytes[at] <= '9') {
                at++;
            }
            boolean leadingZero = at - start > 1 && bytes[start] == '0';
            if (at == start || leadingZero || decimal(bytes, start, at) > 255) {
                return false;
            }
            if (part < 3 && (at == to || bytes[at++] != '.')) {
                return false;
            }
        }
        return at == to;
    }

    /** Digits that make a port; none at all mean the scheme's own. */
    private static boolean port(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] < '0' || bytes[i] > '9') {
                return false;
            }
        }
        return to - from <= 5 && decimal(bytes, from, to) <= MAX_PORT;
    }

    private static int decimal(byte[] bytes, int from, int to) {
        int value = 0;
        for (int i = from; i < to; i++) {
            value = value * 10 + bytes[i] - '0';
        }
        return value;
    }
}
