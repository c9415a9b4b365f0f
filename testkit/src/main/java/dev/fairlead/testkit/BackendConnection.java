package dev.fairlead.testkit;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection that a {@link RecordingBackend} accepted. The script's thread reads and writes; any thread may close it
 * and ask what it received.
 */
public final class BackendConnection implements AutoCloseable {
    private final Socket socket;
    private final int number;
    private final Wire in;
    private final Consumer<Message> requests;
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile boolean ended;
    private volatile @Nullable IOException broken;
    private volatile @Nullable Throwable failed;

    BackendConnection(Socket socket, int number, Consumer<Message> requests) throws IOException {
        this.socket = socket;
        this.number = number;
        this.requests = requests;
        socket.setTcpNoDelay(true);
        this.in = new Wire(socket.getInputStream());
    }

    void run(RecordingBackend.Script script) {
        try {
            script.serve(this);
            if (!socket.isClosed()) {
                in.rest();
                ended = true;
            }
        } catch (EOFException e) {
            ended = true;
        } catch (IOException e) {
            broken = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | AssertionError e) {
            failed = e;
        } finally {
            close();
            over.countDown();
        }
    }

    /** Its place among the backend's connections, from 0. */
    public int number() {
        return number;
    }

    /** Reads one whole request, framed by its length or as chunks. */
    public Message request() throws IOException {
        String head = in.until("\r\n\r\n");
        Message request;
        if (!Message.fields(head, "transfer-encoding").isEmpty()) {
            Wire.Chunked chunked = in.chunked();
            request = new Message(head, chunked.body(), chunked.trailers(), "chunked");
        } else if (!Message.fields(head, "content-length").isEmpty()) {
            long length = Long.parseLong(Message.fields(head, "content-length").get(0));
            request = new Message(head, in.exactly(length), "", "length");
        } else {
            request = new Message(head, "", "", "none");
        }
        requests.accept(request);
        return request;
    }

    /** Reads a request's head only. */
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

    /** Sends bytes, given as ISO 8859-1 characters. */
    public void send(String bytes) throws IOException {
        send(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Sends bytes. */
    public void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** Ends our side and goes on reading. */
    public void halfClose() throws IOException {
        socket.shutdownOutput();
    }

    /** Resets the connection. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // It is as closed as it gets.
        }
    }

    /** Everything it was sent so far, as far as it was read. */
    public String received() {
        return in.text();
    }

    /** How many bytes it was sent so far, as far as they were read. */
    public long size() {
        return in.size();
    }

    /** Waits until the peer has ended or broken the connection, or the script has closed it. */
    public void awaitOver() {
        try {
            if (!over.await(RecordingBackend.PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new AssertionError(
                        "connection " + number + " is still open; it received " + Wire.quoted(received()));
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Whether it is over. */
    public boolean over() {
        return over.getCount() == 0;
    }

    /** Whether the peer ended it in good order. */
    public boolean ended() {
        return ended;
    }

    /** What the script itself found wrong, if anything. */
    @Nullable
    Throwable failed() {
        return failed;
    }

    /** How it broke, if it did. */
    public @Nullable IOException broken() {
        return broken;
    }
}
