package dev.fairlead.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * One kept HTTP/1.1 connection that asks for the same thing again and again. Confined to one thread, which waits in it;
 * another thread may {@link #close} it to end the waiting. Understands answers with a Content-Length and no others.
 */
final class Asker implements AutoCloseable {
    private static final int MOST_HEAD_BYTES = 16 * 1024;
    private static final byte[] LENGTH = "\r\ncontent-length:".getBytes(StandardCharsets.US_ASCII);

    /** What is sent and where answers are read to; several connections of one thread may share it. */
    record Talk(ByteBuffer request, ByteBuffer answer, byte[] head) {
        static Talk about(String path) {
            byte[] text = ("GET " + path + " HTTP/1.1\r\nHost: bench\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
            ByteBuffer request =
                    ByteBuffer.allocateDirect(text.length).put(text).flip();
            return new Talk(request, ByteBuffer.allocateDirect(MOST_HEAD_BYTES), new byte[MOST_HEAD_BYTES]);
        }
    }

    private final SocketChannel channel;
    private final ByteBuffer request;
    private final ByteBuffer answer;
    private final byte[] head;

    /** Connects to {@code port} of this machine. */
    Asker(int port, Talk talk) throws IOException {
        channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        request = talk.request;
        answer = talk.answer;
        head = talk.head;
    }

    /** Sends one request and reads its whole answer; gives the status. */
    int ask() throws IOException {
        request.rewind();
        while (request.hasRemaining()) {
            channel.write(request);
        }
        answer.clear();
        int end = -1;
        while (end < 0) {
            int from = answer.position();
            read();
            answer.get(from, head, from, answer.position() - from);
            end = endOfHead(head, Math.max(0, from - 3), answer.position());
            if (end < 0 && !answer.hasRemaining()) {
                throw new IOException("answer head: more than " + MOST_HEAD_BYTES + " bytes");
            }
        }
        long missing = contentLength(head, end) - (answer.position() - end);
        while (missing > 0) {
            answer.clear();
            read();
            missing -= answer.position();
        }
        if (missing < 0) {
            throw new IOException("answer: " + -missing + " bytes more than its Content-Length");
        }
        return status(head);
    }

    private void read() throws IOException {
        if (channel.read(answer) < 0) {
            throw new EOFException("the connection ended inside an answer");
        }
    }

    /** Index after the empty line that ends a head, or -1 while it has not come. */
    static int endOfHead(byte[] bytes, int from, int to) {
        for (int i = from; i + 3 < to; i++) {
            if (bytes[i] == '\r' && bytes[i + 1] == '\n' && bytes[i + 2] == '\r' && bytes[i + 3] == '\n') {
                return i + 4;
            }
        }
        return -1;
    }

    /** What the head before {@code end} says of its body. */
    static long contentLength(byte[] head, int end) throws IOException {
        for (int i = 0; i + LENGTH.length < end; i++) {
            if (!startsWith(head, i)) {
                continue;
            }
            long length = 0;
            for (int at = i + LENGTH.length; head[at] != '\r'; at++) {
                if (head[at] >= '0' && head[at] <= '9') {
                    length = length * 10 + head[at] - '0';
                }
            }
            return length;
        }
        throw new IOException("answer: no Content-Length");
    }

    private static boolean startsWith(byte[] head, int at) {
        for (int i = 0; i < LENGTH.length; i++) {
            int letter = head[at + i];
            if ((letter >= 'A' && letter <= 'Z' ? letter + 32 : letter) != LENGTH[i]) {
                return false;
            }
        }
        return true;
    }

    /** The three digits after {@code HTTP/1.1 }. */
    private static int status(byte[] head) {
        return (head[9] - '0') * 100 + (head[10] - '0') * 10 + head[11] - '0';
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
