package dev.fairlead.e2e.overload;

import static dev.fairlead.e2e.faults.Wire.ascii;

import dev.fairlead.e2e.faults.Wire;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * A backend of this process whose capacity is known: a number of workers, each busy for the service time with a request
 * that has wholly arrived; further requests wait in a line without limit. {@code /healthz} is answered at once, past the
 * line, so that checks see nothing of it. {@code /large} is answered with {@link #LARGE} bytes, which no worker waits for.
 *
 * <p>Thread-safe. Closing it cuts its connections.
 */
final class Workers implements AutoCloseable {
    static final int LARGE = 4 << 20;

    private static final int BACKLOG = 4_096;
    private static final byte[] ANSWER = ascii("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n");
    private static final byte[] BLOCK = new byte[16 << 10];

    private final ServerSocket listener;
    private final Semaphore free;
    private final LongAdder taken = new LongAdder();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile Duration service;

    private Workers(ServerSocket listener, int workers, Duration service) {
        this.listener = listener;
        this.free = new Semaphore(workers, true);
        this.service = service;
    }

    /** Starts one on a free port. */
    static Workers start(int workers, Duration service) throws IOException {
        var listener = new ServerSocket();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        var backend = new Workers(listener, workers, service);
        Thread.ofVirtual().start(backend::accept);
        return backend;
    }

    int port() {
        return listener.getLocalPort();
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port());
    }

    /** How many requests have arrived, checks not counted. */
    long taken() {
        return taken.sum();
    }

    /** From the next request on. */
    void service(Duration time) {
        service = time;
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            for (Wire.Head head = Wire.head(in); head != null; head = Wire.head(in)) {
                answer(head, in, out);
                if (head.close()) {
                    break;
                }
            }
        } catch (IOException e) {
            // Whoever asked is gone.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(socket);
        }
    }

    private void answer(Wire.Head head, InputStream in, OutputStream out) throws IOException, InterruptedException {
        String path = head.start().split(" ", 3)[1];
        if (path.equals("/healthz")) {
            out.write(ANSWER);
            return;
        }
        taken.increment();
        Wire.body(in, head);
        free.acquire();
        try {
            TimeUnit.NANOSECONDS.sleep(service.toNanos());
        } finally {
            free.release();
        }
        if (path.equals("/large")) {
            out.write(ascii("HTTP/1.1 200 OK\r\nContent-Length: " + LARGE + "\r\n\r\n"));
            for (int sent = 0; sent < LARGE; sent += BLOCK.length) {
                out.write(BLOCK);
            }
        } else {
            out.write(ANSWER);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
