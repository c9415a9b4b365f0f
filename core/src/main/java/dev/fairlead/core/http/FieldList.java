package dev.fairlead.core.http;

/** Comma-separated lists in values (RFC 9110 section 5.6.1), for names without quotes. Stateless. */
final class FieldList {
    private FieldList() {}

    /** Where the element ends that begins here: at its comma or at the end. */
    static int end(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && bytes[at] != ',') {
            at++;
        }
        return at;
    }

    /** Where an element's content begins behind its white space. */
    static int trimStart(byte[] bytes, int from, int to) {
        int start = from;
        while (start < to && (bytes[start] == ' ' || bytes[start] == '\t')) {
            start++;
        }
        return start;
    }

    /** Where an element's content ends before its white space. */
    static int trimEnd(byte[] bytes, int from, int to) {
        int end = to;
        while (end > from && (bytes[end - 1] == ' ' || bytes[end - 1] == '\t')) {
            end--;
        }
        return end;
    }

    /** Whether the element in this range is {@code lower}, in any case. */
    static boolean is(byte[] bytes, int from, int to, String lower) {
        int start = trimStart(bytes, from, to);
        return Ascii.equalsIgnoreCase(bytes, start, trimEnd(bytes, start, to), lower);
    }

    /** Whether the element in this range is a token. */
    static boolean isToken(byte[] bytes, int from, int to) {
        int start = trimStart(bytes, from, to);
        int end = trimEnd(bytes, start, to);
        for (int i = start; i < end; i++) {
            if (!Ascii.token(bytes[i])) {
                return false;
            }
        }
        return start < end;
    }
}
