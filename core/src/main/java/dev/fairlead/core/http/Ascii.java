package dev.fairlead.core.http;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Classes of bytes by RFC 9110 section 5.6 and the few things done with ranges of them. Stateless. */
public final class Ascii {
    private static final byte TOKEN = 1;
    private static final byte VALUE = 2;
    private static final byte TARGET = 4;
    private static final byte HOST = 8;
    private static final byte[] CLASS = classes();

    /** Eight bytes of an array at once, the first of them lowest. */
    static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;

    /** What letters of either case have in common with small ones: bit 0x20 of every byte. */
    static final long CASES = ONES * 0x20;

    private Ascii() {}

    private static byte[] classes() {
        byte[] classes = new byte[256];
        for (int b = 0x21; b < 0x7F; b++) {
            classes[b] |= VALUE | TARGET;
            if (Character.isLetterOrDigit(b) || "!#$%&'*+-.^_`|~".indexOf(b) >= 0) {
                classes[b] |= TOKEN;
            }
            if (Character.isLetterOrDigit(b) || "-._~!$&'()*+;=%".indexOf(b) >= 0) {
                classes[b] |= HOST;
            }
        }
        // A fragment never belongs in a request (RFC 9112 section 3.2).
        classes['#'] &= ~TARGET;
        classes[' '] |= VALUE;
        classes['\t'] |= VALUE;
        for (int b = 0x80; b <= 0xFF; b++) {
            classes[b] |= VALUE;
        }
        return classes;
    }

    /** Whether a method or field name may contain it. */
    public static boolean token(byte b) {
        return (CLASS[b & 0xFF] & TOKEN) != 0;
    }

    /** Whether a field value may contain it. */
    public static boolean value(byte b) {
        return (CLASS[b & 0xFF] & VALUE) != 0;
    }

    /** Whether a request target may contain it. */
    public static boolean target(byte b) {
        return (CLASS[b & 0xFF] & TARGET) != 0;
    }

    /** Whether a registered name or IPv4 address may contain it (RFC 3986 section 3.2.2), but for the comma. */
    static boolean host(byte b) {
        return (CLASS[b & 0xFF] & HOST) != 0;
    }

    /**
     * Where the first control byte (below space, or DEL) is, or {@code to}. Looks at eight bytes at once, as nearly all of
     * a head has none.
     */
    static int control(byte[] bytes, int from, int to) {
        int at = from;
        // What lies between the end of the range and the end of the array is read too, and not counted.
        for (int last = bytes.length - Long.BYTES; at < to && at <= last; at += Long.BYTES) {
            long word = (long) EIGHT.get(bytes, at);
            // Seven bits of each byte, so that no sum carries into the next: below space the first stays without its
            // high
            // bit, for DEL the second gets it.
            long low = word & ~HIGH_BITS;
            long marks = (~(low + ONES * 0x60) | (low + ONES)) & ~word & HIGH_BITS;
            if (marks != 0) {
                return Math.min(to, at + (Long.numberOfTrailingZeros(marks) >>> 3));
            }
        }
        while (at < to && (CLASS[bytes[at] & 0xFF] & VALUE) != 0 && bytes[at] != '\t') {
            at++;
        }
        return Math.min(at, to);
    }

    /** ASCII lower case. */
    public static byte lower(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
    }

    /** Value of a hexadecimal digit, or -1. */
    static int hex(byte b) {
        if (b >= '0' && b <= '9') {
            return b - '0';
        }
        int letter = b | 0x20;
        return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
    }

    /** Whether the range spells {@code lower} (which is in lower case), in any case. */
    public static boolean equalsIgnoreCase(byte[] source, int from, int to, String lower) {
        if (to - from != lower.length()) {
            return false;
        }
        for (int i = 0; i < lower.length(); i++) {
            if (lower(source[from + i]) != lower.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the two ranges are equal, in any case. */
    public static boolean equalsIgnoreCase(byte[] a, int aFrom, int aTo, byte[] b, int bFrom, int bTo) {
        if (aTo - aFrom != bTo - bFrom) {
            return false;
        }
        for (int i = 0; i < aTo - aFrom; i++) {
            if (lower(a[aFrom + i]) != lower(b[bFrom + i])) {
                return false;
            }
        }
        return true;
    }
}
