package dev.fairlead.net.probe;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** A listening socket on the loopback that does to each connection what the test says, in a thread of its own. */
final class FakeBackend implements AutoCloseable {
    /** What is done with a connection; it is closed afterwards. */
    interface Script {
        void run(Socket socket) throws IOException, InterruptedException;
    }

    private final ServerSocket server;
    private final Script script;

    /** What clients sent, as far as scripts read it. */
    final List<String> requests = new CopyOnWriteArrayList<>();

    /** How many connections have been closed by the other side, as seen by {@link #awaitClose}. */
    final CountDownLatch closed = new CountDownLatch(1);

    FakeBackend(Script script) throws IOException {
        this.script = script;
        this.server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    /** Reads a request's head, then answers. */
    static FakeBackend answering(String... pieces) throws IOException {
        var self = new FakeBackend[1];
        self[0] = new FakeBackend(socket -> {
            self[0].readHead(socket);
            for (String piece : pieces) {
                socket.getOutputStream().write(piece.getBytes(StandardCharsets.ISO_8859_1));
                socket.getOutputStream().flush();
            }
        });
        return self[0];
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        while (true) {
            try {
                Socket socket = server.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            script.run(socket);
        } catch (IOException e) {
            // The probe is free to close at any time.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void readHead(Socket socket) throws IOException {
        var head = new StringBuilder();
        InputStream in = socket.getInputStream();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = in.read();
            if (b < 0) {
                break;
            }
            head.append((char) b);
        }
        requests.add(head.toString());
    }

    /** Returns when the other side has closed. */
    void awaitClose(Socket socket) {
        try {
            while (socket.getInputStream().read() >= 0) {
                // whatever it says
            }
        } catch (IOException e) {
            // a reset is a close
        }
        closed.countDown();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
