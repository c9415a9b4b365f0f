package dev.fairlead.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * A backend of plain sockets that does what a script says and remembers every byte it was sent, connection by connection.
 *
 * <p>Thread-safe; each connection's script has a thread of its own. After a script has returned, what still comes is
 * read and remembered until the peer ends, unless the script closed the connection.
 */
public final class RecordingBackend implements AutoCloseable {
    /** How long anything here waits before it gives up. */
    static final int PATIENCE_MILLIS = 5_000;

    /** What a backend does with one connection. */
    @FunctionalInterface
    public interface Script {
        void serve(BackendConnection connection) throws IOException, InterruptedException;
    }

    private final ServerSocket listening;
    private final Script script;
    private final List<BackendConnection> connections = new CopyOnWriteArrayList<>();
    private final List<Message> requests = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    private RecordingBackend(ServerSocket listening, Script script) {
        this.listening = listening;
        this.script = script;
    }

    /** Listens on a free port of this machine. */
    public static RecordingBackend start(Script script) {
        try {
            return on(new ServerSocket(0, 512, InetAddress.getLoopbackAddress()), script);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Listens where {@code listening} is already bound. */
    public static RecordingBackend on(ServerSocket listening, Script script) {
        var backend = new RecordingBackend(listening, script);
        Thread.ofVirtual().start(backend::accept);
        return backend;
    }

    /** Gives each request the next of {@code answers}, over all connections; the last answers all that follow. */
    public static RecordingBackend answering(String... answers) {
        var next = new AtomicInteger();
        return start(connection -> {
            while (true) {
                connection.request();
                String answer = answers[Math.min(next.getAndIncrement(), answers.length - 1)];
                connection.send(answer);
            }
        });
    }

    private void accept() {
        while (!closed) {
            Socket socket;
            try {
                socket = listening.accept();
            } catch (IOException e) {
                return;
            }
            try {
                var connection = new BackendConnection(socket, connections.size(), requests::add);
                connections.add(connection);
                Thread.ofVirtual().start(() -> connection.run(script));
            } catch (IOException e) {
                // Reset before it could be looked at.
            }
        }
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return new InetSocketAddress(listening.getInetAddress(), listening.getLocalPort());
    }

    /** Stops listening, but leaves connections alone: further ones are refused. */
    public void refuse() {
        closed = true;
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All connections so far, oldest first. */
    public List<BackendConnection> connections() {
        return List.copyOf(connections);
    }

    /** The connection of this number from 0; waits for it. */
    public BackendConnection connection(int number) {
        await("connection " + number, () -> connections.size() > number);
        return connections.get(number);
    }

    /** The requests that scripts have read whole, in the order they did. */
    public List<Message> requests() {
        return List.copyOf(requests);
    }

    /** The request of this number from 0; waits for it. */
    public Message request(int number) {
        await("request " + number, () -> requests.size() > number);
        return requests.get(number);
    }

    /** Every byte of every connection. */
    public String everything() {
        var all = new StringBuilder();
        for (BackendConnection connection : connections) {
            all.append(connection.received());
        }
        return all.toString();
    }

    /** Waits until {@code holds}, and fails when it does not for long. */
    public static void await(String what, BooleanSupplier holds) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("waited in vain for " + what);
            }
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted while waiting for " + what, e);
            }
        }
    }

    /** Closes everything, and fails when a script has failed. */
    @Override
    public void close() {
        refuse();
        connections.forEach(BackendConnection::close);
        for (BackendConnection connection : connections) {
            Throwable failed = connection.failed();
            if (failed != null) {
                throw new AssertionError("the script of connection " + connection.number() + " failed", failed);
            }
        }
    }
}
