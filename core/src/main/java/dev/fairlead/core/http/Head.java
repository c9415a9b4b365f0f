package dev.fairlead.core.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The head of one request or answer: the bytes that arrived and an index over them.
 *
 * <p>Forwarding a message allocates nothing per field: fields are dropped by a flag, added at the end of the bytes, and
 * written out as runs of whole lines. The same form serves every protocol, for any head can be spelt as HTTP/1 lines.
 *
 * <p>Confined to one event loop and pooled there; {@link #clear} makes it ready for the next message. It starts small and
 * grows with what arrives, within the limits its parser enforces.
 */
public final class Head {
    private static final int STRIDE = 4;
    private static final byte UNKNOWN = -1;
    private static final byte DROPPED = 1;
    /** The line reads {@code Name: value CRLF}, so it may be copied as it is. */
    private static final byte CANONICAL = 2;

    private byte[] bytes = new byte[1024];
    private int size;
    private int[] index = new int[24 * STRIDE];
    private byte[] kinds = new byte[24];
    private byte[] flags = new byte[24];
    private int count;
    /** A bit for each {@link Known} name that came or was added, dropped or not. */
    private long present;

    // Parsing position; written by HeadParser.
    int scanned;
    int lineStart;
    boolean startLineDone;
    int length;
    /** Whether any name holds an underscore. */
    boolean underscores;

    // Start line; ranges into bytes.
    Method method = Method.OTHER;
    int methodStart;
    int methodEnd;
    int targetStart;
    int targetEnd;
    boolean http10;
    int status;
    int reasonStart;
    int reasonEnd;

    private Framing framing = Framing.NONE;
    private long contentLength;

    /** Forgets everything; keeps the arrays. */
    public void clear() {
        size = 0;
        count = 0;
        scanned = 0;
        lineStart = 0;
        startLineDone = false;
        length = 0;
        present = 0;
        underscores = false;
        method = Method.OTHER;
        methodStart = methodEnd = targetStart = targetEnd = reasonStart = reasonEnd = 0;
        http10 = false;
        status = 0;
        framing = Framing.NONE;
        contentLength = 0;
    }

    /** Bytes of memory this head holds on to, for a pool that drops large ones. */
    public int footprint() {
        return bytes.length + index.length * 4 + kinds.length * 2;
    }

    // ---- filling ------------------------------------------------------------------------------------------------

    /** The array that holds the bytes; changes when the head grows. Ranges of this class point into it. */
    public byte[] bytes() {
        return bytes;
    }

    /** How many bytes were put in. */
    public int size() {
        return size;
    }

    /** Makes room for {@code more} bytes and returns the array; follow it with {@link #filled}. */
    public byte[] reserve(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
        return bytes;
    }

    /** Says that {@code more} bytes were put at {@link #size()} of the reserved array. */
    public void filled(int more) {
        size += more;
    }

    /** Puts bytes in, as they arrived. */
    public void append(byte[] source, int from, int to) {
        int more = to - from;
        System.arraycopy(source, from, reserve(more), size, more);
        size += more;
    }

    /** Bytes of the parsed head, empty line included; what follows in {@link #bytes()} belongs to the body. */
    public int length() {
        return length;
    }

    /** Takes back the bytes behind the parsed head. */
    public void dropRest() {
        size = length;
    }

    void field(int nameStart, int nameEnd, int valueStart, int valueEnd, @Nullable Known known, boolean canonical) {
        if (count == kinds.length) {
            index = Arrays.copyOf(index, index.length * 2);
            kinds = Arrays.copyOf(kinds, kinds.length * 2);
            flags = Arrays.copyOf(flags, flags.length * 2);
        }
        int at = count * STRIDE;
        index[at] = nameStart;
        index[at + 1] = nameEnd;
        index[at + 2] = valueStart;
        index[at + 3] = valueEnd;
        if (known == null) {
            kinds[count] = UNKNOWN;
        } else {
            kinds[count] = (byte) known.ordinal();
            present |= known.bit();
        }
        flags[count] = canonical ? CANONICAL : 0;
        count++;
    }

    // ---- start line ---------------------------------------------------------------------------------------------

    public Method method() {
        return method;
    }

    public int methodStart() {
        return methodStart;
    }

    public int methodEnd() {
        return methodEnd;
    }

    public int targetStart() {
        return targetStart;
    }

    public int targetEnd() {
        return targetEnd;
    }

    /** Replaces the target by a part of the bytes; for turning an absolute form into an origin form. */
    void target(int from, int to) {
        targetStart = from;
        targetEnd = to;
    }

    /** Whether the message was sent as HTTP/1.0. */
    public boolean http10() {
        return http10;
    }

    /** The status of an answer, 100..599. */
    public int status() {
        return status;
    }

    /** How the body ends, once {@link HeadRules} has decided. */
    public Framing framing() {
        return framing;
    }

    /** The body's length when {@link #framing()} is {@link Framing#LENGTH}; of no meaning otherwise. */
    public long contentLength() {
        return contentLength;
    }

    /** Decides the framing; for {@link HeadRules} and for protocols that frame by themselves. */
    public void framing(Framing how, long bodyLength) {
        this.framing = how;
        this.contentLength = bodyLength;
    }

    // ---- fields -------------------------------------------------------------------------------------------------

    /** How many fields there are, dropped ones included. */
    public int count() {
        return count;
    }

    public int nameStart(int field) {
        return index[field * STRIDE];
    }

    public int nameEnd(int field) {
        return index[field * STRIDE + 1];
    }

    public int valueStart(int field) {
        return index[field * STRIDE + 2];
    }

    public int valueEnd(int field) {
        return index[field * STRIDE + 3];
    }

    /** Which known name the field has, or {@code null}. */
    public @Nullable Known known(int field) {
        byte kind = kinds[field];
        return kind == UNKNOWN ? null : Known.of(kind);
    }

    /** Whether the field was dropped. */
    public boolean dropped(int field) {
        return (flags[field] & DROPPED) != 0;
    }

    /** Takes the field out of what is written. */
    public void drop(int field) {
        flags[field] |= DROPPED;
    }

    /** Puts a dropped field back. */
    public void restore(int field) {
        flags[field] &= ~DROPPED;
    }

    /** Takes every field of this name out of what is written. */
    public void drop(Known known) {
        if (!has(known.bit())) {
            return;
        }
        for (int i = 0; i < count; i++) {
            if (kinds[i] == known.ordinal()) {
                flags[i] |= DROPPED;
            }
        }
    }

    /** Whether one of these names came or was added, dropped or not. */
    boolean has(long bits) {
        return (present & bits) != 0;
    }

    /** Drops the fields of all these names. */
    void dropAll(long bits) {
        if (has(bits)) {
            for (int i = 0; i < count; i++) {
                if (kinds[i] != UNKNOWN && (bits & 1L << kinds[i]) != 0) {
                    flags[i] |= DROPPED;
                }
            }
        }
    }

    /** The first field of this name from {@code from} on that is not dropped, or -1. */
    public int find(Known known, int from) {
        if (!has(known.bit())) {
            return -1;
        }
        byte kind = (byte) known.ordinal();
        for (int i = from; i < count; i++) {
            if (kinds[i] == kind && (flags[i] & DROPPED) == 0) {
                return i;
            }
        }
        return -1;
    }

    /** The first field of this name that is not dropped, or -1. */
    public int find(Known known) {
        return find(known, 0);
    }

    /** The first field of this name (in lower case) that is not dropped, or -1; for names outside {@link Known}. */
    public int find(String lowerName) {
        return find(lowerName, 0);
    }

    /** As {@link #find(String)}, from {@code from} on. */
    public int find(String lowerName, int from) {
        for (int i = from; i < count; i++) {
            if (!dropped(i) && Ascii.equalsIgnoreCase(bytes, nameStart(i), nameEnd(i), lowerName)) {
                return i;
            }
        }
        return -1;
    }

    /** The value of a field as text; allocates, so never on the way of a request. */
    public String value(int field) {
        return text(valueStart(field), valueEnd(field));
    }

    /** A range of the bytes as text; allocates. */
    public String text(int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }

    /** Whether the value of a field equals {@code lower}, in any case. */
    public boolean valueIs(int field, String lower) {
        return Ascii.equalsIgnoreCase(bytes, valueStart(field), valueEnd(field), lower);
    }

    // ---- adding fields ------------------------------------------------------------------------------------------

    /** Begins a field at the end of the bytes; put the value in with {@link #append} and close it with {@link #endField}. */
    public void beginField(Known known) {
        beginField(known.bytes(), known);
    }

    /** As {@link #beginField(Known)}, for names outside {@link Known}; the name must be a token. */
    public void beginField(byte[] name) {
        beginField(name, null);
    }

    private void beginField(byte[] name, @Nullable Known known) {
        reserve(name.length + 2);
        int start = size;
        System.arraycopy(name, 0, bytes, start, name.length);
        bytes[start + name.length] = ':';
        bytes[start + name.length + 1] = ' ';
        size = start + name.length + 2;
        field(start, start + name.length, size, size, known, true);
    }

    /** Puts ASCII text in. What is not ASCII becomes NUL, which {@link #endField} refuses: cut off, it might end a line. */
    public void append(String ascii) {
        int more = ascii.length();
        reserve(more);
        for (int i = 0; i < more; i++) {
            char c = ascii.charAt(i);
            bytes[size + i] = c < 0x80 ? (byte) c : 0;
        }
        size += more;
    }

    /** Puts one byte in. */
    public void append(byte b) {
        reserve(1)[size++] = b;
    }

    /** Puts a copy of a range of this head's own bytes in. */
    public void appendOwn(int from, int to) {
        int more = to - from;
        reserve(more);
        System.arraycopy(bytes, from, bytes, size, more);
        size += more;
    }

    /**
     * Closes the field that {@link #beginField} began.
     *
     * @throws IllegalArgumentException if the value holds what no value may; the field is then not added
     */
    public void endField() {
        int field = (count - 1) * STRIDE;
        for (int i = Ascii.control(bytes, index[field + 2], size); i < size; i = Ascii.control(bytes, i + 1, size)) {
            if (bytes[i] != '\t') {
                String message = "added field " + text(index[field], index[field + 1]) + ": byte " + bytes[i]
                        + " (expected: no control bytes)";
                size = index[field];
                count--;
                throw new IllegalArgumentException(message);
            }
        }
        index[field + 3] = size;
        reserve(2);
        bytes[size] = '\r';
        bytes[size + 1] = '\n';
        size += 2;
    }

    /** Adds a field with a value in ASCII. */
    public void add(Known known, String value) {
        beginField(known);
        append(value);
        endField();
    }

    /** Adds a field with this value. */
    public void add(Known known, byte[] value) {
        beginField(known);
        append(value, 0, value.length);
        endField();
    }

    // ---- writing ------------------------------------------------------------------------------------------------

    /** Writes every field that is not dropped, as HTTP/1 lines; whole lines in a row are copied at once. */
    void writeFields(HeadWriter out) {
        int runStart = 0;
        int runEnd = 0;
        for (int i = 0; i < count; i++) {
            byte flag = flags[i];
            if ((flag & DROPPED) != 0) {
                continue;
            }
            int start = index[i * STRIDE];
            if (start == runEnd && (flag & CANONICAL) != 0) {
                runEnd = index[i * STRIDE + 3] + 2;
                continue;
            }
            out.raw(bytes, runStart, runEnd);
            if ((flag & CANONICAL) != 0) {
                runStart = start;
                runEnd = index[i * STRIDE + 3] + 2;
            } else {
                out.line(bytes, start, index[i * STRIDE + 1], index[i * STRIDE + 2], index[i * STRIDE + 3]);
                runStart = runEnd = 0;
            }
        }
        out.raw(bytes, runStart, runEnd);
    }

    @Override
    public String toString() {
        return status > 0 ? "answer " + status : text(methodStart, methodEnd) + " " + text(targetStart, targetEnd);
    }
}
