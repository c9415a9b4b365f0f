package dev.fairlead.e2e.soak;

import static dev.fairlead.e2e.faults.Wire.ascii;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Clients that break off, one after another on one thread: each sends something, and resets in the middle of it. */
final class Rude implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final Duration MOST = Duration.ofMillis(200);

    private static final List<byte[]> STARTS = List.of(
            ascii(""),
            ascii("GET /rude HTTP/1.1\r\nHo"),
            ascii("GET /rude HTTP/1.1\r\nHost: test\r\n\r\n"),
            ascii("GET /slow/100 HTTP/1.1\r\nHost: test\r\n\r\n"),
            ascii("PUT /rude HTTP/1.1\r\nHost: test\r\nContent-Length: 100000\r\n\r\nxxxxxxxx"),
            ascii("PUT /rude HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nxxxxx\r\n"),
            ascii("PUT /rude HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nxxxxxxx\r\n"),
            ascii("GET /rude HTTP/1.1\r\nHost: test\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nhello"),
            ascii("GET /rude HTTP/1.1\r\nHost: test\r\n\r\n".repeat(3)),
            ascii("\u0016\u0003\u0001 not this protocol\r\n\r\n"));

    private final InetSocketAddress to;
    private final Thread thread;
    private volatile int count;

    private Rude(InetSocketAddress to) {
        this.to = to;
        this.thread = Thread.ofPlatform().daemon().name("rude").start(this::run);
    }

    static Rude start(InetSocketAddress to) {
        return new Rude(to);
    }

    /** How many there were. May be asked from any thread. */
    int count() {
        return count;
    }

    private void run() {
        try {
            for (int i = 0; !Thread.currentThread().isInterrupted(); i++) {
                come(
                        STARTS.get(i % STARTS.size()),
                        PAUSE.plus(MOST.multipliedBy(i % 3).dividedBy(2)));
                count = i + 1;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void come(byte[] start, Duration stay) throws InterruptedException {
        try (var socket = new Socket()) {
            socket.connect(to, (int) TimeUnit.SECONDS.toMillis(5));
            socket.getOutputStream().write(start);
            TimeUnit.NANOSECONDS.sleep(stay.toNanos());
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // It was cut first.
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
