package dev.fairlead.e2e.faults;

import static dev.fairlead.e2e.faults.Wire.ascii;

import dev.fairlead.core.time.Ticker;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Requests at a steady pace over kept connections, GET and POST in turns, each at its own moment whatever became of the
 * last. Latency counts from the moment a request was due. Every POST has an id of its own in its body.
 *
 * <p>Thread-safe. {@link #close} stops asking and waits for what is under way.
 */
public final class Load implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(45);
    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** What a request came to when all was well. */
    static final String OK = "200";

    /** What became of one request, {@code kind} being {@link #OK} or how it failed. */
    public record Sample(long due, long nanos, String method, String kind) {
        public boolean ok() {
            return kind.equals(OK);
        }
    }

    /**
     * How to ask.
     *
     * @param padding bytes in the body of each POST, beside its id
     * @param patience for connecting, and between two pieces of an answer
     */
    public record Style(int perSecond, String path, int padding, Duration patience) {
        public Style(int perSecond, String path, int padding) {
            this(perSecond, path, padding, PATIENCE);
        }
    }

    private final InetSocketAddress to;
    private final Style style;
    private final int patienceMillis;
    private final Ticker ticker = Ticker.system();
    private final ConcurrentLinkedDeque<Connection> kept = new ConcurrentLinkedDeque<>();
    private final ConcurrentLinkedQueue<Sample> samples = new ConcurrentLinkedQueue<>();
    private final Phaser underWay = new Phaser(1);
    private final Thread pacer;
    private volatile boolean running = true;

    private Load(InetSocketAddress to, Style style) {
        this.to = to;
        this.style = style;
        this.patienceMillis = Math.toIntExact(style.patience().toMillis());
        this.pacer = Thread.ofPlatform().daemon().name("load-pacer").start(this::pace);
    }

    /** Three hundred a second, small. */
    static Load start(InetSocketAddress to) {
        return start(to, new Style(300, "/work", 0));
    }

    public static Load start(InetSocketAddress to, Style style) {
        return new Load(to, style);
    }

    private record Connection(Socket socket, InputStream in, long used) {}

    private void pace() {
        long period = TimeUnit.SECONDS.toNanos(1) / style.perSecond();
        long due = ticker.nanos();
        try {
            for (int i = 0; running; i++, due += period) {
                TimeUnit.NANOSECONDS.sleep(Math.max(due - ticker.nanos(), 0));
                long when = due;
                int number = i;
                underWay.register();
                Thread.ofVirtual().start(() -> ask(number, when));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void ask(int number, long due) {
        String method = number % 2 == 0 ? "GET" : "POST";
        String kind;
        try {
            kind = ask(method, number);
        } catch (SocketTimeoutException e) {
            kind = "no answer";
        } catch (IOException e) {
            kind = "cut";
        }
        samples.add(new Sample(due, ticker.nanos() - due, method, kind));
        underWay.arriveAndDeregister();
    }

    private String ask(String method, int number) throws IOException {
        Connection connection = connection();
        try {
            Socket socket = connection.socket();
            String body = method.equals("POST")
                    ? "id " + style.path() + " " + number + "\n" + "x".repeat(style.padding())
                    : "";
            String length = method.equals("POST") ? "Content-Length: " + body.length() + "\r\n" : "";
            socket.getOutputStream()
                    .write(ascii(method + " " + style.path() + " HTTP/1.1\r\nHost: test\r\n" + length + "\r\n" + body));
            Wire.Head head = Wire.head(connection.in());
            if (head == null) {
                throw new IOException("closed without an answer");
            }
            String text = new String(Wire.body(connection.in(), head), StandardCharsets.US_ASCII);
            String status = head.start().split(" ", 3)[1];
            if (head.close()) {
                socket.close();
            } else {
                kept.addLast(new Connection(socket, connection.in(), ticker.nanos()));
            }
            return status.equals(OK) ? OK : status + " " + reason(text);
        } catch (IOException e) {
            connection.socket().close();
            throw e;
        }
    }

    /** The balancer's answers end in the reason's code, in brackets. */
    private static String reason(String text) {
        int from = text.lastIndexOf('(');
        int to = text.indexOf(')', Math.max(from, 0));
        return from < 0 || to < 0 ? "by the backend" : text.substring(from + 1, to);
    }

    private Connection connection() throws IOException {
        for (Connection old = kept.pollLast(); old != null; old = kept.pollLast()) {
            if (ticker.nanos() - old.used() < KEPT_NANOS) {
                return old;
            }
            old.socket().close();
        }
        var socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(patienceMillis);
            socket.connect(to, patienceMillis);
            return new Connection(socket, new BufferedInputStream(socket.getInputStream()), ticker.nanos());
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** All that has been answered or has failed by now. */
    public List<Sample> samples() {
        return List.copyOf(samples);
    }

    /** How many have been asked and not been answered. */
    int waiting() {
        return underWay.getRegisteredParties() - 1;
    }

    /** Asks no more. */
    public void stopAsking() throws InterruptedException {
        running = false;
        pacer.join(Duration.ofSeconds(5));
    }

    /** Asks no more, and waits for what is under way. */
    public void finish() throws InterruptedException {
        stopAsking();
        int phase = underWay.arriveAndDeregister();
        try {
            underWay.awaitAdvanceInterruptibly(phase, patienceMillis * 2L, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("requests without an end", e);
        }
    }

    /** Which ids stand in the file of {@link BackendProgram} more than once. */
    public static List<String> doubled(@Nullable Path posts) throws IOException {
        if (posts == null || !Files.exists(posts)) {
            return List.of();
        }
        Set<String> seen = new HashSet<>();
        List<String> doubled = new ArrayList<>();
        for (String id : Files.readAllLines(posts)) {
            if (!seen.add(id)) {
                doubled.add(id);
            }
        }
        return doubled;
    }

    @Override
    public void close() {
        running = false;
        pacer.interrupt();
        for (Connection old = kept.pollLast(); old != null; old = kept.pollLast()) {
            try {
                old.socket().close();
            } catch (IOException e) {
                // Closed it is.
            }
        }
    }
}
