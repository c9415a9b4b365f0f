package dev.fairlead.net.probe;

import dev.fairlead.core.health.Evidence;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Takes an answer's body out of its framing and keeps its beginning. Confined to its connection's loop.
 *
 * <p>Keeps at most as many bytes as it was told; of what is left over it only knows that there was some. A chunked body
 * that breaks the grammar ends there.
 */
final class AnswerBody {
    /** Digits of a chunk's size; more would not be a body to wait for. */
    private static final int MAX_DIGITS = 8;

    private enum Part {
        /** Plain bytes: a chunk's, those of a length, or all up to the close. */
        DATA,
        SIZE,
        EXTENSION,
        /** The line end after a chunk. */
        GAP,
        /** The rest, which does not matter. */
        DONE
    }

    private final int limit;
    private byte[] kept;
    private int length;
    private boolean over;
    private Part part = Part.DATA;
    private boolean chunked;
    private long left = Long.MAX_VALUE;
    private int digits;

    AnswerBody(int limit) {
        this.limit = limit;
        this.kept = new byte[Math.min(limit, 256)];
    }

    /** It comes in chunks. */
    void chunks() {
        chunked = true;
        part = Part.SIZE;
        left = 0;
    }

    /** It has this many bytes. */
    void bytes(long count) {
        left = count;
        part = count == 0 ? Part.DONE : Part.DATA;
    }

    void feed(ByteBuf in) {
        while (in.isReadable() && part != Part.DONE && !over) {
            if (part == Part.DATA) {
                data(in);
            } else {
                framing(in.readByte());
            }
        }
    }

    private void data(ByteBuf in) {
        int more = (int) Math.min(in.readableBytes(), left);
        int room = Math.min(more, limit - length);
        if (length + room > kept.length) {
            kept = Arrays.copyOf(kept, Math.min(limit, Math.max(length + room, kept.length * 2)));
        }
        in.readBytes(kept, length, room);
        length += room;
        over = room < more;
        left -= more;
        if (left == 0) {
            part = chunked ? Part.GAP : Part.DONE;
        }
    }

    private void framing(byte b) {
        switch (part) {
            case SIZE -> size(b);
            case EXTENSION -> endOfSize(b);
            case GAP -> {
                if (b == '\n') {
                    part = Part.SIZE;
                } else if (b != '\r') {
                    part = Part.DONE;
                }
            }
            case DATA, DONE -> throw new AssertionError(part);
        }
    }

    private void size(byte b) {
        int digit = b < 0 ? -1 : Character.digit(b, 16);
        if (digit >= 0 && digits < MAX_DIGITS) {
            digits++;
            left = left * 16 + digit;
        } else if (digit >= 0 || digits == 0) {
            part = Part.DONE;
        } else {
            part = Part.EXTENSION;
            endOfSize(b);
        }
    }

    private void endOfSize(byte b) {
        if (b == '\n') {
            part = left == 0 ? Part.DONE : Part.DATA;
            digits = 0;
        }
    }

    /** Whether nothing that is still to come matters: it has ended, or more came than is kept. */
    boolean settled() {
        return part == Part.DONE || over;
    }

    /** Whether more came than is kept. */
    boolean over() {
        return over;
    }

    int length() {
        return length;
    }

    /** The kept bytes, of which the first {@link #length} count; not a copy. */
    byte[] kept() {
        return kept;
    }

    /** The beginning as printable text. */
    String text(int max) {
        return Evidence.printable(kept, 0, length, max);
    }
}
