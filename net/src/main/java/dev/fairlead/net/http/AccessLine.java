package dev.fairlead.net.http;

import java.nio.charset.StandardCharsets;

/** Spells one access-log line, as JSON, into a chunk. Allocates nothing but itself, which escape analysis removes. */
final class AccessLine {
    /** More than any line: three parts of at most {@value #MAX_PART} bytes, each six times as long escaped, and the rest. */
    static final int MOST = 3 * 6 * 1024 + 2048;

    private static final int MAX_PART = 1024;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final AccessLog.Chunk chunk;

    AccessLine(AccessLog.Chunk chunk) {
        this.chunk = chunk;
    }

    /** Puts ASCII text as it is. */
    AccessLine raw(String text) {
        byte[] bytes = chunk.bytes;
        int size = chunk.size;
        for (int i = 0; i < text.length(); i++) {
            bytes[size + i] = (byte) text.charAt(i);
        }
        chunk.size = size + text.length();
        return this;
    }

    /** Puts bytes as they are. */
    AccessLine raw(byte[] source) {
        System.arraycopy(source, 0, chunk.bytes, chunk.size, source.length);
        chunk.size += source.length;
        return this;
    }

    /** Puts bytes as the inside of a JSON string; cut at a limit. */
    AccessLine escaped(byte[] source, int from, int to) {
        byte[] bytes = chunk.bytes;
        int size = chunk.size;
        int end = Math.min(to, from + MAX_PART);
        for (int i = from; i < end; i++) {
            byte b = source[i];
            if (b == '"' || b == '\\') {
                bytes[size++] = '\\';
                bytes[size++] = b;
            } else if (b >= 0x20 && b < 0x7F) {
                bytes[size++] = b;
            } else {
                // One escape for each byte: what arrived need not be UTF-8.
                bytes[size++] = '\\';
                bytes[size++] = 'u';
                bytes[size++] = '0';
                bytes[size++] = '0';
                bytes[size++] = HEX[(b >> 4) & 15];
                bytes[size++] = HEX[b & 15];
            }
        }
        chunk.size = size;
        return this;
    }

    /** Puts a whole number that is not negative; a negative one as 0. */
    AccessLine number(long value) {
        long rest = Math.max(value, 0);
        int digits = 1;
        for (long v = rest; v >= 10; v /= 10) {
            digits++;
        }
        byte[] bytes = chunk.bytes;
        for (int i = chunk.size + digits - 1; i >= chunk.size; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        chunk.size += digits;
        return this;
    }

    /** Puts exactly {@code digits} digits. */
    AccessLine padded(long value, int digits) {
        byte[] bytes = chunk.bytes;
        long rest = value;
        for (int i = chunk.size + digits - 1; i >= chunk.size; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        chunk.size += digits;
        return this;
    }
}
