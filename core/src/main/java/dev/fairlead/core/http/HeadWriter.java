package dev.fairlead.core.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Spells a {@link Head} as HTTP/1 into a byte array that is reused.
 *
 * <p>Confined to one event loop. The only encoder of heads, so what it refuses cannot reach a peer: names and values were
 * validated when they were parsed, and what is added in between is checked by the one who adds it.
 */
public final class HeadWriter {
    private static final byte[] VERSION = " HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] STATUS = "HTTP/1.1 ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CHUNKED = "Transfer-Encoding: chunked\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LENGTH = "Content-Length: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CLOSE = "Connection: close\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] KEEP = "Connection: keep-alive\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] UPGRADE = "Connection: Upgrade\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LAST_CHUNK = "0\r\n".getBytes(StandardCharsets.US_ASCII);

    /** What the {@code Connection} field of a written head says. */
    public enum Connection {
        /** No field: the version's own default. */
        DEFAULT,
        CLOSE,
        /** For HTTP/1.0 clients that asked for it. */
        KEEP_ALIVE,
        UPGRADE
    }

    private byte[] bytes = new byte[2048];
    private int size;

    /** The written bytes; the first {@link #size()} count, until the next write. */
    public byte[] bytes() {
        return bytes;
    }

    public int size() {
        return size;
    }

    /** Writes a request head for HTTP/1.1. */
    public void request(Head head, Connection connection) {
        size = 0;
        byte[] source = head.bytes();
        raw(source, head.methodStart, head.methodEnd);
        put((byte) ' ');
        raw(source, head.targetStart, head.targetEnd);
        raw(VERSION, 0, VERSION.length);
        rest(head, head.framing(), connection);
    }

    /**
     * Writes an answer head as HTTP/1.1.
     *
     * @param framing how the body will be framed towards this client, which may differ from how it came
     */
    public void answer(Head head, Framing framing, Connection connection) {
        size = 0;
        raw(STATUS, 0, STATUS.length);
        decimal(head.status());
        put((byte) ' ');
        raw(head.bytes(), head.reasonStart, head.reasonEnd);
        crlf();
        rest(head, framing, connection);
    }

    private void rest(Head head, Framing framing, Connection connection) {
        head.writeFields(this);
        if (framing == Framing.CHUNKED) {
            raw(CHUNKED, 0, CHUNKED.length);
        }
        switch (connection) {
            case DEFAULT -> {}
            case CLOSE -> raw(CLOSE, 0, CLOSE.length);
            case KEEP_ALIVE -> raw(KEEP, 0, KEEP.length);
            case UPGRADE -> raw(UPGRADE, 0, UPGRADE.length);
        }
        crlf();
    }

    /** Writes the last chunk and these trailers. */
    public void lastChunk(Head trailers) {
        size = 0;
        raw(LAST_CHUNK, 0, LAST_CHUNK.length);
        trailers.writeFields(this);
        crlf();
    }

    /** Writes a whole answer with a body of our own. */
    public void reply(
            int status, String reason, byte[] fieldLines, byte[] body, boolean withBody, Connection connection) {
        size = 0;
        raw(STATUS, 0, STATUS.length);
        decimal(status);
        put((byte) ' ');
        ascii(reason);
        crlf();
        raw(fieldLines, 0, fieldLines.length);
        raw(LENGTH, 0, LENGTH.length);
        decimal(body.length);
        crlf();
        switch (connection) {
            case DEFAULT -> {}
            case CLOSE -> raw(CLOSE, 0, CLOSE.length);
            case KEEP_ALIVE -> raw(KEEP, 0, KEEP.length);
            case UPGRADE -> raw(UPGRADE, 0, UPGRADE.length);
        }
        crlf();
        if (withBody) {
            raw(body, 0, body.length);
        }
    }

    void raw(byte[] source, int from, int to) {
        int more = to - from;
        if (more > 0) {
            reserve(more);
            System.arraycopy(source, from, bytes, size, more);
            size += more;
        }
    }

    void line(byte[] source, int nameStart, int nameEnd, int valueStart, int valueEnd) {
        raw(source, nameStart, nameEnd);
        put((byte) ':');
        put((byte) ' ');
        raw(source, valueStart, valueEnd);
        crlf();
    }

    private void crlf() {
        put((byte) '\r');
        put((byte) '\n');
    }

    private void put(byte b) {
        reserve(1);
        bytes[size++] = b;
    }

    private void ascii(String text) {
        reserve(text.length());
        for (int i = 0; i < text.length(); i++) {
            bytes[size++] = (byte) text.charAt(i);
        }
    }

    private void decimal(int value) {
        int digits = 1;
        for (int rest = value; rest >= 10; rest /= 10) {
            digits++;
        }
        reserve(digits);
        int rest = value;
        for (int i = size + digits - 1; i >= size; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        size += digits;
    }

    private void reserve(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }
}
