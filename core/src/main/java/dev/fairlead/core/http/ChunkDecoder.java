package dev.fairlead.core.http;

import dev.fairlead.core.fail.Failure;

/**
 * The framing of the chunked coding (RFC 9112 section 7.1), strict, a byte at a time: the caller hands over framing bytes
 * and skips over data by itself.
 *
 * <p>Confined to one connection. Sizes have at most {@value #MAX_SIZE_DIGITS} digits; extensions must follow the grammar
 * and are bounded for the whole body, for both have been used to hide requests and to burn time. Nothing of the framing
 * is ever passed on: bodies are framed anew.
 */
public final class ChunkDecoder {
    private static final int MAX_SIZE_DIGITS = 15;
    private static final int MAX_EXTENSION_BYTES = 4096;

    private enum State {
        SIZE_FIRST,
        SIZE,
        EXTENSION_NAME_FIRST,
        EXTENSION_NAME,
        EXTENSION_VALUE_FIRST,
        EXTENSION_VALUE,
        QUOTED,
        QUOTED_PAIR,
        QUOTED_END,
        SIZE_LF,
        DATA,
        DATA_CR,
        DATA_LF,
        TRAILERS,
        BAD
    }

    private State state = State.SIZE_FIRST;
    private long left;
    private int digits;
    private int extensionBytes;

    /** Ready for another body. */
    public void reset() {
        state = State.SIZE_FIRST;
        left = 0;
        digits = 0;
        extensionBytes = 0;
    }

    /** Bytes of data that come next; 0 when framing comes next. */
    public long data() {
        return state == State.DATA ? left : 0;
    }

    /** Says that {@code n} bytes of data were taken. */
    public void taken(long n) {
        left -= n;
        if (left == 0) {
            state = State.DATA_CR;
        }
    }

    /** Whether the last chunk has come, so that trailers follow, which {@link HeadParser#trailers} reads. */
    public boolean atTrailers() {
        return state == State.TRAILERS;
    }

    /** Whether the coding is broken; the failure is {@link Failure#BAD_CHUNK} or, from a backend, a bad answer. */
    public boolean bad() {
        return state == State.BAD;
    }

    /** Takes one byte of framing. Not to be called while {@link #data} is positive or after the end. */
    public void framing(byte b) {
        state = switch (state) {
            case SIZE_FIRST -> sizeDigit(b);
            case SIZE -> size(b);
            case EXTENSION_NAME_FIRST -> extension(Ascii.token(b), State.EXTENSION_NAME);
            case EXTENSION_NAME ->
                b == '=' ? counted(State.EXTENSION_VALUE_FIRST) : extensionEnd(b, State.EXTENSION_NAME);
            case EXTENSION_VALUE_FIRST ->
                b == '"' ? counted(State.QUOTED) : extension(Ascii.token(b), State.EXTENSION_VALUE);
            case EXTENSION_VALUE -> extensionEnd(b, State.EXTENSION_VALUE);
            case QUOTED -> quoted(b);
            case QUOTED_PAIR -> extension(Ascii.value(b), State.QUOTED);
            case QUOTED_END -> afterExtension(b);
            case SIZE_LF -> b == '\n' ? (left == 0 ? State.TRAILERS : State.DATA) : State.BAD;
            case DATA_CR -> b == '\r' ? State.DATA_LF : State.BAD;
            case DATA_LF -> b == '\n' ? next() : State.BAD;
            case DATA, TRAILERS, BAD -> State.BAD;
        };
    }

    private State next() {
        left = 0;
        digits = 0;
        return State.SIZE_FIRST;
    }

    private State sizeDigit(byte b) {
        int value = Ascii.hex(b);
        if (value < 0 || ++digits > MAX_SIZE_DIGITS) {
            return State.BAD;
        }
        left = left << 4 | value;
        return State.SIZE;
    }

    private State size(byte b) {
        return b == '\r' || b == ';' ? afterExtension(b) : sizeDigit(b);
    }

    private State extensionEnd(byte b, State inside) {
        return b == '\r' || b == ';' ? afterExtension(b) : extension(Ascii.token(b), inside);
    }

    private State quoted(byte b) {
        if (b == '"') {
            return counted(State.QUOTED_END);
        }
        return b == '\\' ? counted(State.QUOTED_PAIR) : extension(Ascii.value(b), State.QUOTED);
    }

    private State afterExtension(byte b) {
        if (b == '\r') {
            return State.SIZE_LF;
        }
        return b == ';' ? counted(State.EXTENSION_NAME_FIRST) : State.BAD;
    }

    private State extension(boolean legal, State then) {
        return legal ? counted(then) : State.BAD;
    }

    private State counted(State then) {
        return ++extensionBytes > MAX_EXTENSION_BYTES ? State.BAD : then;
    }
}
