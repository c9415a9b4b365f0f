package dev.fairlead.server.demo;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A small HTTP/1.1 server on this machine that answers every request with its name, after a delay; {@code /healthz} is
 * answered at once. It can be stopped, so that its port refuses connections, and started again on the same port.
 *
 * <p>Thread-safe. One virtual thread for each connection; only meant for our own balancer as its client, so what it does
 * not understand it ends by closing the connection.
 */
public final class TinyBackend implements AutoCloseable {
    private static final int LONGEST_LINE = 16 * 1024;
    private static final int MOST_LINES = 200;
    private static final int BACKLOG = 256;

    private final String name;
    private final int port;
    private final Duration usualDelay;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private volatile Duration delay;
    private @Nullable ServerSocket listening;

    private TinyBackend(String name, ServerSocket listening, Duration delay) {
        this.name = name;
        this.port = listening.getLocalPort();
        this.usualDelay = delay;
        this.delay = delay;
        serve(listening);
    }

    /** Starts one on a free port of 127.0.0.1. */
    public static TinyBackend start(String name, Duration delay) throws IOException {
        return new TinyBackend(name, bind(0), delay);
    }

    private static ServerSocket bind(int port) throws IOException {
        var socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), BACKLOG);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    public String name() {
        return name;
    }

    public int port() {
        return port;
    }

    /** Such as {@code 127.0.0.1:3000}. */
    public String address() {
        return "127.0.0.1:" + port;
    }

    public Duration delay() {
        return delay;
    }

    public synchronized boolean running() {
        return listening != null;
    }

    /** From now on every answer takes {@code newDelay}. */
    public void slow(Duration newDelay) {
        delay = newDelay;
    }

    /** Stops for real: the port refuses connections, and those that are open are closed. */
    public synchronized void stop() {
        ServerSocket socket = listening;
        listening = null;
        if (socket != null) {
            closeQuietly(socket);
        }
        connections.forEach(TinyBackend::closeQuietly);
    }

    /**
     * Starts again if it was stopped, with its first delay.
     *
     * @throws IOException when something else has taken its port meanwhile
     */
    public synchronized void restore() throws IOException {
        delay = usualDelay;
        if (listening == null) {
            serve(bind(port));
        }
    }

    @Override
    public void close() {
        stop();
    }

    private void serve(ServerSocket socket) {
        synchronized (this) {
            listening = socket;
        }
        Thread.ofVirtual().name(name).start(() -> {
            while (true) {
                try {
                    Socket connection = socket.accept();
                    Thread.ofVirtual().name(name).start(() -> converse(socket, connection));
                } catch (IOException e) {
                    return; // stopped
                }
            }
        });
    }

    private void converse(ServerSocket acceptedBy, Socket connection) {
        connections.add(connection);
        try (connection) {
            // Stopped between accepting it and noting it: nobody else would close it.
            if (acceptedBy.isClosed()) {
                return;
            }
            connection.setTcpNoDelay(true);
            var in = new BufferedInputStream(connection.getInputStream(), 4096);
            OutputStream out = connection.getOutputStream();
            while (exchange(in, out)) {
                // the next one
            }
        } catch (IOException e) {
            // The client left, or we were stopped: both are what a demo is about.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            connections.remove(connection);
        }
    }

    /** One request and its answer; returns whether another may follow on the connection. */
    private boolean exchange(InputStream in, OutputStream out) throws IOException, InterruptedException {
        String request = line(in);
        if (request == null) {
            return false;
        }
        long length = 0;
        boolean keep = true;
        String field = line(in);
        for (int i = 0; field != null && !field.isEmpty(); i++) {
            if (i == MOST_LINES) {
                return false;
            }
            String lower = field.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Long.parseLong(
                        lower.substring("content-length:".length()).strip());
            }
            keep &= !lower.startsWith("transfer-encoding:") && !lower.startsWith("expect:");
            field = line(in);
        }
        in.skipNBytes(length);
        boolean check = request.contains(" /healthz ");
        if (!check && !delay.isZero()) {
            TimeUnit.NANOSECONDS.sleep(delay.toNanos());
        }
        String body = request.startsWith("HEAD ") ? "" : "Hello from " + name + ".\n";
        String head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Backend: " + name + "\r\nContent-Length: "
                + ("Hello from " + name + ".\n").length() + (keep ? "\r\n\r\n" : "\r\nConnection: close\r\n\r\n");
        out.write((head + body).getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        return keep;
    }

    private static @Nullable String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            if (c == '\n') {
                return line.toString();
            }
            if (c != '\r') {
                line.append((char) c);
            }
            if (line.length() > LONGEST_LINE) {
                throw new IOException("line: more than " + LONGEST_LINE + " bytes");
            }
        }
        return null;
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            // It is closed as far as it can be.
        }
    }
}
