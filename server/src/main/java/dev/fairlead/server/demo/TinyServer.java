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
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A small HTTP/1.1 server on 127.0.0.1 that can be stopped, so that its port refuses connections, and started again on
 * the same port.
 *
 * <p>Thread-safe. One virtual thread for each connection. What it does not understand it ends by closing the connection:
 * it is made for our own balancer and for {@code curl}.
 */
final class TinyServer implements AutoCloseable {
    private static final int LONGEST_LINE = 16 * 1024;
    private static final int MOST_LINES = 200;
    private static final int BACKLOG = 256;
    private static final int SWITCHING = 101;

    /** A request without its body; names of fields are in lower case. */
    record Request(String method, String path, Map<String, String> fields) {}

    /** An answer; {@code fields} are whole lines, each with its end. After status 101 every byte is sent back. */
    record Answer(int status, String fields, String body) {}

    /** Answers requests, on any thread, and may take its time. */
    interface Handler {
        Answer answer(Request request) throws InterruptedException;
    }

    private final String name;
    private final Handler handler;
    private final int port;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private @Nullable ServerSocket listening;

    private TinyServer(String name, Handler handler, ServerSocket socket) {
        this.name = name;
        this.handler = handler;
        this.port = socket.getLocalPort();
        serve(socket);
    }

    /** Starts one on a free port. */
    static TinyServer start(String name, Handler handler) throws IOException {
        return new TinyServer(name, handler, bind(0));
    }

    /** Starts one on this port. */
    static TinyServer start(String name, int port, Handler handler) throws IOException {
        return new TinyServer(name, handler, bind(port));
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

    int port() {
        return port;
    }

    synchronized boolean running() {
        return listening != null;
    }

    /** Stops for real: the port refuses connections, and those that are open are closed. */
    synchronized void stop() {
        ServerSocket socket = listening;
        listening = null;
        if (socket != null) {
            closeQuietly(socket);
        }
        connections.forEach(TinyServer::closeQuietly);
    }

    /**
     * Starts again if it was stopped.
     *
     * @throws IOException when something else has taken its port meanwhile
     */
    synchronized void restart() throws IOException {
        if (listening == null) {
            serve(bind(port));
        }
    }

    @Override
    public void close() {
        stop();
    }

    private synchronized void serve(ServerSocket socket) {
        listening = socket;
        Thread.ofVirtual().name(name).start(() -> {
            try {
                while (true) {
                    Socket connection = socket.accept();
                    Thread.ofVirtual().name(name).start(() -> converse(socket, connection));
                }
            } catch (IOException e) {
                // Stopped: nobody accepts any more.
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
            while (exchange(in, connection.getOutputStream())) {
                // the next one
            }
        } catch (IOException | NumberFormatException e) {
            // The client left, talked nonsense, or we were stopped: the connection is closed either way.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            connections.remove(connection);
        }
    }

    /** One request and its answer; returns whether another may follow on the connection. */
    private boolean exchange(InputStream in, OutputStream out) throws IOException, InterruptedException {
        String[] start = line(in).split(" ", -1);
        if (start.length != 3) {
            return false;
        }
        Map<String, String> fields = new HashMap<>();
        for (String field = line(in); !field.isEmpty(); field = line(in)) {
            int colon = field.indexOf(':');
            if (colon < 0 || fields.size() == MOST_LINES) {
                return false;
            }
            fields.put(
                    field.substring(0, colon).toLowerCase(Locale.ROOT),
                    field.substring(colon + 1).strip());
        }
        in.skipNBytes(Long.parseLong(fields.getOrDefault("content-length", "0")));
        // A chunked body is not worth understanding here: answer, and forget the connection with what is left on it.
        boolean keep = !fields.containsKey("transfer-encoding")
                && !fields.getOrDefault("connection", "").equalsIgnoreCase("close");
        Answer answer = handler.answer(new Request(start[0], start[1], fields));
        if (answer.status() == SWITCHING) {
            out.write(("HTTP/1.1 " + SWITCHING + " \r\n" + answer.fields() + "\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            in.transferTo(out);
            return false;
        }
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        String head = "HTTP/1.1 " + answer.status() + " \r\n" + answer.fields()
                + "Content-Type: text/plain; charset=utf-8\r\nContent-Length: " + body.length
                + (keep ? "\r\n\r\n" : "\r\nConnection: close\r\n\r\n");
        out.write(head.getBytes(StandardCharsets.ISO_8859_1));
        if (!start[0].equals("HEAD")) {
            out.write(body);
        }
        out.flush();
        return keep;
    }

    /** The next line, empty at the end of the stream. */
    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            if (c != '\r') {
                line.append((char) c);
            }
            if (line.length() > LONGEST_LINE) {
                throw new IOException("line: more than " + LONGEST_LINE + " bytes");
            }
        }
        return line.toString();
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            // It is closed as far as it can be.
        }
    }
}
