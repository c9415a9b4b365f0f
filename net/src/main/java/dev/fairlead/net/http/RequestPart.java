package dev.fairlead.net.http;

import dev.fairlead.core.config.BalanceConfig.HashKey;
import dev.fairlead.core.http.Head;
import dev.fairlead.core.http.Known;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Finds the part of a request that it is keyed by. Immutable; called on any loop, allocates nothing. */
@FunctionalInterface
interface RequestPart {
    /** The request does not have it. */
    long NONE = -1;

    /** Only while looking, never found: the request has it more than once. */
    long TWICE = -2;

    /** The range in the head's bytes, to be taken apart by {@link #from} and {@link #to}; or {@link #NONE}. */
    long find(Head head);

    /** Where a range begins. */
    static int from(long range) {
        return (int) (range >>> 32);
    }

    /** Where a range ends. */
    static int to(long range) {
        return (int) range;
    }

    private static long range(int from, int to) {
        return (long) from << 32 | to;
    }

    /**
     * The part a configuration asks for; {@link #NONE} of every request for the client's address.
     *
     * @param strict whether a part that is empty, or is there more than once, is as good as none; else the first one counts
     */
    static RequestPart of(HashKey config, boolean strict) {
        return switch (config) {
            case HashKey.Source() -> head -> NONE;
            case HashKey.Uri() -> head -> range(head.targetStart(), head.targetEnd());
            case HashKey.Header(String name) -> header(name.toLowerCase(Locale.ROOT), strict);
            case HashKey.Cookie(String name) -> cookie(ascii(name), strict);
            case HashKey.Query(String name) -> query(ascii(name), strict);
        };
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static RequestPart header(String lowerName, boolean strict) {
        return head -> {
            int field = head.find(lowerName, 0);
            if (field < 0 || strict && head.find(lowerName, field + 1) >= 0) {
                return NONE;
            }
            return found(head.valueStart(field), head.valueEnd(field), strict);
        };
    }

    private static RequestPart cookie(byte[] name, boolean strict) {
        return head -> {
            long found = NONE;
            int field = head.find(Known.COOKIE);
            while (field >= 0 && (found == NONE || strict && found != TWICE)) {
                found = value(head.bytes(), head.valueStart(field), head.valueEnd(field), ';', name, strict, found);
                field = head.find(Known.COOKIE, field + 1);
            }
            return found < 0 ? NONE : found(from(found), to(found), strict);
        };
    }

    private static RequestPart query(byte[] name, boolean strict) {
        return head -> {
            byte[] bytes = head.bytes();
            int end = head.targetEnd();
            int start = indexOf(bytes, head.targetStart(), end, '?') + 1;
            long found = value(bytes, start, end, '&', name, strict, NONE);
            return found < 0 ? NONE : found(from(found), to(found), strict);
        };
    }

    /**
     * The value of {@code name} among the pairs of a range, where {@code before} was found before it.
     *
     * @param strict whether to look for a second one, which makes it {@link #TWICE}
     */
    private static long value(
            byte[] bytes, int start, int end, char between, byte[] name, boolean strict, long before) {
        long found = before;
        int at = start;
        while (at < end) {
            // A target has neither of these.
            while (at < end && (bytes[at] == ' ' || bytes[at] == '\t')) {
                at++;
            }
            int stop = indexOf(bytes, at, end, between);
            int value = afterName(bytes, at, stop, name);
            if (value >= 0) {
                if (found != NONE) {
                    return TWICE;
                }
                found = range(value, stop);
                if (!strict) {
                    return found;
                }
            }
            at = stop + 1;
        }
        return found;
    }

    private static long found(int from, int to, boolean strict) {
        return strict && from == to ? NONE : range(from, to);
    }

    private static int indexOf(byte[] bytes, int from, int to, char wanted) {
        int at = from;
        while (at < to && bytes[at] != wanted) {
            at++;
        }
        return at;
    }

    /** Where the value begins if the range reads {@code name=value}, else -1. */
    private static int afterName(byte[] bytes, int from, int to, byte[] name) {
        int equals = from + name.length;
        if (equals >= to || bytes[equals] != '=') {
            return -1;
        }
        for (int i = 0; i < name.length; i++) {
            if (bytes[from + i] != name[i]) {
                return -1;
            }
        }
        return equals + 1;
    }
}
