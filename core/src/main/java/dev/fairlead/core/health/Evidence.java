package dev.fairlead.core.health;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** How evidence is written for people: short, on one line, printable ASCII only. Pure functions. */
public final class Evidence {
    private Evidence() {}

    /** A length of time in the largest unit that is exact, such as {@code 30s} or {@code 1500ms}. */
    public static String span(Duration duration) {
        long nanos = duration.toNanos();
        if (nanos % 1_000_000_000 == 0) {
            return nanos / 1_000_000_000 + "s";
        }
        return nanos % 1_000_000 == 0 ? nanos / 1_000_000 + "ms" : nanos + "ns";
    }

    /** {@code text} cut to {@code max} characters, with every character that could break a line or a terminal shown as a dot. */
    public static String printable(String text, int max) {
        return printable(text.getBytes(StandardCharsets.UTF_8), 0, Integer.MAX_VALUE, max);
    }

    /**
     * The bytes from {@code from} up to {@code to} as printable text of at most {@code max} characters: runs of white
     * space become one space, anything else that is no printable ASCII becomes a dot.
     */
    public static String printable(byte[] bytes, int from, int to, int max) {
        int end = Math.min(to, bytes.length);
        var text = new StringBuilder(Math.min(Math.max(end - from, 0), max));
        boolean space = false;
        for (int i = from; i < end; i++) {
            int c = bytes[i] & 0xFF;
            if (c == ' ' || (c >= '\t' && c <= '\r')) {
                space = !text.isEmpty();
                continue;
            }
            if (text.length() + (space ? 2 : 1) > max) {
                break;
            }
            if (space) {
                text.append(' ');
                space = false;
            }
            text.append(c > ' ' && c < 0x7F ? (char) c : '.');
        }
        return text.toString();
    }
}
