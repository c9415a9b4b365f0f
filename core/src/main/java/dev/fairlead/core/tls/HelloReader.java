package dev.fairlead.core.tls;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Puts a client's first message together from TLS records, in whatever pieces they come (RFC 8446 sections 5.1 and 4.1.2).
 *
 * <p>Confined to one thread. Looks at each byte once, and holds at most {@value #LARGEST} of them.
 */
public final class HelloReader {
    /** Longest hello, in bytes: with post-quantum key shares a browser's has about 1,800. */
    public static final int LARGEST = 16 * 1024;

    /** How far it has come. */
    public enum State {
        /** More bytes are needed. */
        MORE,
        /** {@link #hello} is there. */
        WHOLE,
        /** These are no TLS records. */
        NOT_TLS,
        /** Records, but not those of a hello that can be understood. */
        BAD
    }

    private static final int HEADER = 5;
    private static final int MESSAGE_HEADER = 4;
    private static final int HANDSHAKE = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int LONGEST_RECORD = 1 << 14;

    private final byte[] header = new byte[HEADER];
    private int headerSize;
    private int left;
    private byte[] message = new byte[512];
    private int size;
    private State state = State.MORE;
    private @Nullable ClientHello hello;

    /** Reads on; bytes behind the hello are not looked at. */
    public State feed(byte[] bytes, int from, int to) {
        int at = from;
        while (state == State.MORE && at < to) {
            if (left == 0) {
                header[headerSize++] = bytes[at++];
                state = header();
            } else {
                int part = Math.min(left, to - at);
                state = message(bytes, at, part);
                at += part;
            }
        }
        return state;
    }

    private State header() {
        boolean tls = (header[0] & 0xFF) == HANDSHAKE && (headerSize < 2 || header[1] == 3);
        if (!tls) {
            return State.NOT_TLS;
        }
        if (headerSize < HEADER) {
            return State.MORE;
        }
        headerSize = 0;
        left = (header[3] & 0xFF) << 8 | header[4] & 0xFF;
        return left == 0 || left > LONGEST_RECORD ? State.BAD : State.MORE;
    }

    private State message(byte[] bytes, int at, int part) {
        left -= part;
        if (size + part > LARGEST) {
            return State.BAD;
        }
        if (size + part > message.length) {
            message = Arrays.copyOf(message, Math.max(message.length * 2, size + part));
        }
        System.arraycopy(bytes, at, message, size, part);
        size += part;
        if (message[0] != CLIENT_HELLO) {
            return State.BAD;
        }
        if (size < MESSAGE_HEADER) {
            return State.MORE;
        }
        int length = (message[1] & 0xFF) << 16 | (message[2] & 0xFF) << 8 | message[3] & 0xFF;
        if (length > LARGEST - MESSAGE_HEADER) {
            return State.BAD;
        }
        if (size < MESSAGE_HEADER + length) {
            return State.MORE;
        }
        // Nothing may follow a hello before it is answered.
        if (size > MESSAGE_HEADER + length || left > 0) {
            return State.BAD;
        }
        hello = ClientHello.parse(message, MESSAGE_HEADER, size);
        return hello == null ? State.BAD : State.WHOLE;
    }

    /** What it said; only when it is {@link State#WHOLE}. */
    public ClientHello hello() {
        ClientHello whole = hello;
        if (whole == null) {
            throw new IllegalStateException("no hello: " + state);
        }
        return whole;
    }
}
