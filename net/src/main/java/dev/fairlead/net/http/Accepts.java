package dev.fairlead.net.http;

import dev.fairlead.core.http.Ascii;
import dev.fairlead.core.http.Head;
import dev.fairlead.core.http.Known;

/**
 * Which form of an error a client wants, by its {@code Accept} fields (RFC 9110 section 12.5.1). Stateless; allocates nothing.
 *
 * <p>For each form the most specific media range counts. The form of highest quality wins; among equals the one that is named
 * rather than matched by a wildcard, then the one named first, then plain text. Who accepts none of them gets plain text.
 * {@code application/json} and its relatives ({@code application/…+json}) mean problem details, too. Parameters other than
 * {@code q} are ignored; a range whose {@code q} is no number is none.
 *
 * <p>At most {@value #MOST_RANGES} ranges are looked at, each byte of them a fixed number of times.
 */
final class Accepts {
    static final int MOST_RANGES = 64;

    private static final String APPLICATION = "application/";
    private static final String JSON = "+json";

    private static final int BAD = -1;
    private static final int WILD = 1;
    private static final int WILD_SUBTYPE = 2;
    private static final int SUFFIX = 3;
    private static final int RELATIVE = 4;
    private static final int EXACT = 5;

    private Accepts() {}

    /** The form to tell this client of an error in. */
    static ErrorForm of(Head head) {
        long text = 0;
        long html = 0;
        long problem = 0;
        int left = MOST_RANGES;
        for (int i = head.find(Known.ACCEPT); i >= 0; i = head.find(Known.ACCEPT, i + 1)) {
            byte[] bytes = head.bytes();
            int end = head.valueEnd(i);
            for (int at = head.valueStart(i); at < end && left > 0; left--) {
                int stop = until(bytes, at, end, ',');
                int typeEnd = until(bytes, at, stop, ';');
                int quality = quality(bytes, typeEnd, stop);
                if (quality != BAD) {
                    int from = trimStart(bytes, at, typeEnd);
                    int to = trimEnd(bytes, from, typeEnd);
                    text = Math.max(text, match(specificity(bytes, from, to, ErrorForm.TEXT), quality, left));
                    html = Math.max(html, match(specificity(bytes, from, to, ErrorForm.HTML), quality, left));
                    problem = Math.max(problem, match(specificity(bytes, from, to, ErrorForm.PROBLEM), quality, left));
                }
                at = stop + 1;
            }
        }
        long best = wish(text);
        ErrorForm form = ErrorForm.TEXT;
        if (wish(html) > best) {
            best = wish(html);
            form = ErrorForm.HTML;
        }
        return wish(problem) > best ? ErrorForm.PROBLEM : form;
    }

    /** How a form is matched, so that the largest number is the match that counts: specificity, quality, place. */
    private static long match(int specificity, int quality, int place) {
        return specificity == 0 ? 0 : (long) specificity << 32 | (long) quality << 16 | place;
    }

    /** How much a form so matched is wished for: quality, whether it was named, place. */
    private static long wish(long match) {
        long quality = match >> 16 & 0xFFFF;
        long named = Math.min(match >> 32, SUFFIX);
        return quality == 0 ? 0 : quality << 32 | named << 16 | match & 0xFFFF;
    }

    private static int specificity(byte[] bytes, int from, int to, ErrorForm form) {
        if (Ascii.equalsIgnoreCase(bytes, from, to, form.type())) {
            return EXACT;
        }
        // A bare star is Java's own old client.
        if (Ascii.equalsIgnoreCase(bytes, from, to, "*/*") || Ascii.equalsIgnoreCase(bytes, from, to, "*")) {
            return WILD;
        }
        if (Ascii.equalsIgnoreCase(bytes, from, to, form.family())) {
            return WILD_SUBTYPE;
        }
        if (form != ErrorForm.PROBLEM) {
            return 0;
        }
        if (Ascii.equalsIgnoreCase(bytes, from, to, "application/json")) {
            return RELATIVE;
        }
        boolean suffixed = to - from > APPLICATION.length() + JSON.length()
                && Ascii.equalsIgnoreCase(bytes, from, from + APPLICATION.length(), APPLICATION)
                && Ascii.equalsIgnoreCase(bytes, to - JSON.length(), to, JSON);
        return suffixed ? SUFFIX : 0;
    }

    /** The quality in thousandths that the parameters in this range give, {@link #BAD} if it is no number. */
    private static int quality(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            int stop = until(bytes, at + 1, to, ';');
            int name = trimStart(bytes, at + 1, stop);
            if (stop - name >= 2 && Ascii.lower(bytes[name]) == 'q' && bytes[name + 1] == '=') {
                return thousandths(bytes, name + 2, trimEnd(bytes, name + 2, stop));
            }
            at = stop;
        }
        return 1000;
    }

    private static int thousandths(byte[] bytes, int from, int to) {
        int value = 0;
        int weight = 1000;
        boolean point = false;
        if (from == to) {
            return BAD;
        }
        for (int i = from; i < to; i++) {
            int digit = bytes[i] - '0';
            if (bytes[i] == '.' && !point) {
                point = true;
            } else if (digit < 0 || digit > 9 || !point && i > from) {
                return BAD;
            } else {
                weight = point ? weight / 10 : weight;
                value += digit * weight;
            }
        }
        return value > 1000 ? BAD : value;
    }

    /** Where this byte is first, but for quoted texts; or {@code to}. */
    private static int until(byte[] bytes, int from, int to, char what) {
        boolean quoted = false;
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            if (b == '"') {
                quoted = !quoted;
            } else if (quoted && b == '\\') {
                i++;
            } else if (!quoted && b == what) {
                return i;
            }
        }
        return to;
    }

    private static int trimStart(byte[] bytes, int from, int to) {
        int start = from;
        while (start < to && (bytes[start] == ' ' || bytes[start] == '\t')) {
            start++;
        }
        return start;
    }

    private static int trimEnd(byte[] bytes, int from, int to) {
        int end = to;
        while (end > from && (bytes[end - 1] == ' ' || bytes[end - 1] == '\t')) {
            end--;
        }
        return end;
    }
}
