package dev.fairlead.server.demo;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Clients whose work takes its time: answers that take a second, uploads in pieces, and connections that were upgraded,
 * as for WebSockets. Thread-safe. Ends with {@link #close}.
 */
final class PatientLoad implements AutoCloseable {
    private static final int PIECES = 5;
    private static final byte[] PIECE = piece();
    private static final byte[] MESSAGE = "How are you?\n".getBytes(StandardCharsets.US_ASCII);
    private static final int MESSAGES = 10;
    private static final long PAUSE_MILLIS = 100;

    private static final byte[] SLOW = TinyClient.get("/slow");
    private static final byte[] UPLOAD = TinyClient.head("POST", "/", "Content-Length: " + PIECES * PIECE.length);
    private static final byte[] UPGRADE = TinyClient.head("GET", "/echo", "Connection: Upgrade\r\nUpgrade: websocket");

    /** One piece of work on a connection of its own; whether it went well. */
    private interface Work {
        boolean on(TinyClient client) throws IOException, InterruptedException;
    }

    /** How much of each went well, and how much did not. */
    record Counts(long slow, long uploads, long upgraded, long errors) {}

    private final InetSocketAddress to;
    private final LongAdder slow = new LongAdder();
    private final LongAdder uploads = new LongAdder();
    private final LongAdder upgraded = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final List<Thread> clients = new ArrayList<>();

    private PatientLoad(InetSocketAddress to) {
        this.to = to;
    }

    /** Starts them. */
    static PatientLoad start(InetSocketAddress to) {
        var load = new PatientLoad(to);
        load.begin("slow", load.slow, client -> client.ask(SLOW) == 200);
        load.begin("upload", load.uploads, PatientLoad::upload);
        load.begin("upgraded", load.upgraded, PatientLoad::converse);
        return load;
    }

    Counts counts() {
        return new Counts(slow.sum(), uploads.sum(), upgraded.sum(), errors.sum());
    }

    private static byte[] piece() {
        byte[] piece = new byte[16 * 1024];
        Arrays.fill(piece, (byte) 'x');
        return piece;
    }

    private static boolean upload(TinyClient client) throws IOException, InterruptedException {
        client.send(UPLOAD);
        for (int i = 0; i < PIECES; i++) {
            client.send(PIECE);
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
        return client.answer() == 200;
    }

    private static boolean converse(TinyClient client) throws IOException, InterruptedException {
        boolean well = client.ask(UPGRADE) == 101;
        for (int i = 0; i < MESSAGES && well; i++) {
            well = client.echoes(MESSAGE);
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
        return well;
    }

    private void begin(String name, LongAdder done, Work work) {
        clients.add(Thread.ofVirtual().name("demo-client-" + name).start(() -> repeat(done, work)));
    }

    private void repeat(LongAdder done, Work work) {
        try {
            while (true) {
                once(done, work);
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void once(LongAdder done, Work work) throws InterruptedException {
        try (TinyClient client = TinyClient.connect(to)) {
            (work.on(client) ? done : errors).increment();
        } catch (IOException e) {
            if (!Thread.currentThread().isInterrupted()) {
                errors.increment();
            }
        }
    }

    @Override
    public void close() {
        clients.forEach(Thread::interrupt);
    }
}
