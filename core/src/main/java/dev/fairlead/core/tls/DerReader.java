package dev.fairlead.core.tls;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;

/**
 * Reads ASN.1 values in their distinguished encoding (X.690) one after the other, from bytes that may be hostile: whatever
 * they are, the only thing thrown is {@link BadDer}, and no more is copied than there is. Not thread-safe.
 */
final class DerReader {
    private static final int ANY = -1;
    private static final int LONG_TAG = 0x1F;
    private static final int GENERALIZED_TIME = 0x18;

    private final byte[] bytes;
    private final int end;
    private int at;

    DerReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    private DerReader(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    /** Whether there is another value. */
    boolean more() {
        return at < end;
    }

    /** Whether the next value has this tag. */
    boolean next(int tag) {
        return at < end && (bytes[at] & 0xFF) == tag;
    }

    /** What is in the next value, which must have this tag. */
    DerReader into(int tag) throws BadDer {
        int length = length(tag);
        var inside = new DerReader(bytes, at, at + length);
        at += length;
        return inside;
    }

    /** A copy of what is in the next value, which must have this tag. */
    byte[] content(int tag) throws BadDer {
        int length = length(tag);
        at += length;
        return Arrays.copyOfRange(bytes, at - length, at);
    }

    /** Passes the next value, whatever it is. */
    void skip() throws BadDer {
        int length = length(ANY);
        at += length;
    }

    /** Passes the next value if it has this tag. */
    void skip(int tag) throws BadDer {
        if (next(tag)) {
            skip();
        }
    }

    /** There must be nothing left. */
    void end() throws BadDer {
        if (more()) {
            throw new BadDer("bytes behind the end");
        }
    }

    /** A number of one byte, 0 to 127. */
    int small(int tag) throws BadDer {
        byte[] content = content(tag);
        if (content.length != 1 || content[0] < 0) {
            throw new BadDer("a number that is not one of those there are");
        }
        return content[0];
    }

    /** A {@code GeneralizedTime} as RFC 5280 section 4.1.2.5.2 has it, in milliseconds since 1970. */
    long time() throws BadDer {
        String text = new String(content(GENERALIZED_TIME), StandardCharsets.ISO_8859_1);
        if (!text.matches("[0-9]{14}Z")) {
            throw new BadDer("a moment that is not YYYYMMDDHHMMSSZ");
        }
        try {
            return LocalDateTime.of(
                            part(text, 0, 4),
                            part(text, 4, 6),
                            part(text, 6, 8),
                            part(text, 8, 10),
                            part(text, 10, 12),
                            part(text, 12, 14))
                    .toInstant(ZoneOffset.UTC)
                    .toEpochMilli();
        } catch (DateTimeException e) {
            throw new BadDer("a moment that does not exist");
        }
    }

    private static int part(String text, int from, int to) {
        return Integer.parseInt(text, from, to, 10);
    }

    /** Goes behind the header of the next value; how long what follows is, all of which is there. */
    private int length(int tag) throws BadDer {
        if (end - at < 2) {
            throw new BadDer("cut short");
        }
        int found = bytes[at] & 0xFF;
        if ((found & LONG_TAG) == LONG_TAG || tag != ANY && found != tag) {
            throw new BadDer("a value with the tag " + Integer.toHexString(found)
                    + (tag == ANY ? "" : " where " + Integer.toHexString(tag) + " is expected"));
        }
        int length = bytes[at + 1] & 0xFF;
        at += 2;
        if (length >= 0x80) {
            int size = length - 0x80;
            if (size < 1 || size > 3 || end - at < size) {
                throw new BadDer("a length that cannot be");
            }
            length = 0;
            for (int i = 0; i < size; i++) {
                length = length << 8 | bytes[at++] & 0xFF;
            }
            if (length < 0x80 || length >>> 8 * (size - 1) == 0) {
                throw new BadDer("a length that is longer than it need be");
            }
        }
        if (length > end - at) {
            throw new BadDer("cut short");
        }
        return length;
    }
}
