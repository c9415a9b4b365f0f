package dev.fairlead.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A client of plain sockets: sends bytes as it is told to, reads answers strictly. Used by one thread. */
public final class RawClient implements AutoCloseable {
    private final Socket socket;
    private final Wire in;

    private RawClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new Wire(socket.getInputStream());
    }

    /** Connects. */
    public static RawClient connect(InetSocketAddress address) {
        return connect(address, 0);
    }

    /** Connects with a receive buffer of about this size, 0 for the system's. */
    public static RawClient connect(InetSocketAddress address, int receiveBuffer) {
        try {
            var socket = new Socket();
            if (receiveBuffer > 0) {
                socket.setReceiveBufferSize(receiveBuffer);
            }
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(RecordingBackend.PATIENCE_MILLIS);
            socket.connect(address, RecordingBackend.PATIENCE_MILLIS);
            return new RawClient(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A client on a socket that is connected already, such as one that speaks TLS. */
    public static RawClient over(Socket socket) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(RecordingBackend.PATIENCE_MILLIS);
        return new RawClient(socket);
    }

    /** Our own port. */
    public int port() {
        return socket.getLocalPort();
    }

    /** Sends bytes, given as ISO 8859-1 characters. */
    public RawClient send(String bytes) throws IOException {
        return send(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Sends bytes. */
    public RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /** Sends each part by itself, a moment apart, so that they very likely arrive apart. */
    public RawClient sendApart(String... parts) throws IOException, InterruptedException {
        for (String part : parts) {
            send(part);
            Thread.sleep(2);
        }
        return this;
    }

    /** Sends what may be cut off: a peer that has gone is no error. */
    public RawClient trySend(String bytes) {
        try {
            send(bytes);
        } catch (IOException e) {
            // The answer, if any, is still to be read.
        }
        return this;
    }

    /** Reads the next answer, interim ones included. */
    public Message answer() throws IOException {
        return answer(false);
    }

    /** Reads the answer to a HEAD. */
    public Message answerToHead() throws IOException {
        return answer(true);
    }

    private Message answer(boolean toHead) throws IOException {
        String head = in.until("\r\n\r\n");
        String status = head.substring(9, 12);
        if (!head.startsWith("HTTP/1.1 ") || !status.matches("[1-5][0-9][0-9]")) {
            throw new IOException("not an answer: " + Wire.quoted(head));
        }
        List<String> coding = Message.fields(head, "transfer-encoding");
        List<String> length = Message.fields(head, "content-length");
        if (coding.size() + length.size() > 1) {
            throw new IOException("ambiguous framing: " + Wire.quoted(head));
        }
        if (toHead || status.startsWith("1") || status.equals("204") || status.equals("304")) {
            return new Message(head, "", "", "none");
        }
        if (!coding.isEmpty()) {
            if (!coding.get(0).equals("chunked")) {
                throw new IOException("transfer coding " + coding);
            }
            Wire.Chunked chunked = in.chunked();
            return new Message(head, chunked.body(), chunked.trailers(), "chunked");
        }
        if (!length.isEmpty()) {
            return new Message(head, in.exactly(Long.parseLong(length.get(0))), "", "length");
        }
        return new Message(head, in.rest(), "", "close");
    }

    /** Reads an answer's head only. */
    public String head() throws IOException {
        return in.until("\r\n\r\n");
    }

    /** Reads up to and including {@code marker}. */
    public String until(String marker) throws IOException {
        return in.until(marker);
    }

    /** Reads exactly {@code count} bytes. */
    public String exactly(long count) throws IOException {
        return in.exactly(count);
    }

    /** Reads until the peer ends its side. */
    public String rest() throws IOException {
        return in.rest();
    }

    /** Reads and forgets until the peer ends its side; returns how much it was. */
    public long skip() throws IOException {
        return in.skip();
    }

    /** Everything received so far. */
    public String received() {
        return in.text();
    }

    /** Whether the peer ends the connection without a further byte; waits for it. A reset counts. */
    public boolean ends() throws IOException {
        try {
            return in.rest().isEmpty();
        } catch (SocketTimeoutException e) {
            return false;
        } catch (SocketException e) {
            return true;
        }
    }

    /** Whether the connection is still open with nothing to read after {@code millis}. */
    public boolean quietFor(int millis) throws IOException {
        socket.setSoTimeout(millis);
        try {
            in.exactly(1);
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        } catch (IOException e) {
            return false;
        } finally {
            socket.setSoTimeout(RecordingBackend.PATIENCE_MILLIS);
        }
    }

    /** Ends our side and goes on reading. */
    public RawClient halfClose() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** Resets the connection. */
    public void reset() {
        try {
            if (!socket.isClosed()) {
                socket.setSoLinger(true, 0);
            }
            socket.close();
        } catch (IOException e) {
            // It is as closed as it gets.
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // It is as closed as it gets.
        }
    }
}
