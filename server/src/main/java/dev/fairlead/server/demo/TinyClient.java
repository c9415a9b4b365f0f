package dev.fairlead.server.demo;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * A client connection that sends one request after the other and reads whole answers. Confined to one thread. It
 * understands no chunked answers, which neither our backends nor our own pages give.
 */
public final class TinyClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;
    private static final int LONGEST_HEAD = 64 * 1024;

    private final Socket socket;
    private final InputStream in;

    private TinyClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    /** Connects. */
    public static TinyClient connect(InetSocketAddress to) throws IOException {
        var socket = new Socket(to.getAddress(), to.getPort());
        try {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
            return new TinyClient(socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Sends {@code request} as it is, reads the answer and returns its status.
     *
     * @throws IOException when the connection cannot be used any more
     */
    public int ask(byte[] request) throws IOException {
        send(request);
        return answer();
    }

    /** Sends bytes as they are, such as a piece of a body. */
    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** After an upgrade: sends a message, and tells whether it comes back. */
    boolean echoes(byte[] message) throws IOException {
        send(message);
        return Arrays.equals(in.readNBytes(message.length), message);
    }

    /**
     * Reads an answer whose request is out and returns its status.
     *
     * @throws IOException when the connection cannot be used any more
     */
    int answer() throws IOException {
        String head = head();
        String lower = head.toLowerCase(Locale.ROOT);
        int at = lower.indexOf("\r\ncontent-length:");
        if (at >= 0) {
            int from = at + "\r\ncontent-length:".length();
            in.skipNBytes(Long.parseLong(
                    lower.substring(from, lower.indexOf("\r\n", from)).strip()));
        }
        if (lower.contains("\r\nconnection: close\r\n")) {
            close();
        }
        return Integer.parseInt(head.substring(9, 12));
    }

    /** Whether another request can be sent. */
    public boolean open() {
        return !socket.isClosed();
    }

    private String head() throws IOException {
        var head = new StringBuilder();
        while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
            int c = in.read();
            if (c < 0) {
                throw new EOFException("closed before the answer was whole");
            }
            if (head.length() == LONGEST_HEAD) {
                throw new IOException("head: more than " + LONGEST_HEAD + " bytes");
            }
            head.append((char) c);
        }
        return head.toString();
    }

    /** The bytes of a request without body. */
    public static byte[] get(String path) {
        return head("GET", path, "Accept: */*");
    }

    /** The bytes of a request's head; {@code fields} are lines without the end of the last. */
    static byte[] head(String method, String path, String fields) {
        return (method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: fairlead-demo\r\n" + fields
                        + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
