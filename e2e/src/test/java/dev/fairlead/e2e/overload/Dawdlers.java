package dev.fairlead.e2e.overload;

import static dev.fairlead.e2e.faults.Wire.ascii;

import dev.fairlead.core.time.Ticker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Many slow clients on one thread: senders of heads at 1 byte a second, senders of bodies at 10 bytes a
 * second, readers of a large answer at 100 bytes a second. One that is cut comes again within a second.
 *
 * <p>{@link #ends} may be asked from any thread. Closing it closes their connections.
 */
final class Dawdlers implements AutoCloseable {
    /** Each acts in one of them, once a second. */
    private static final int SLICES = 10;

    private static final long SLICE_NANOS = TimeUnit.SECONDS.toNanos(1) / SLICES;
    /** So many come in a second: it is not their coming that is measured. */
    private static final int ARRIVALS = 100;

    private static final int RECEIVE = 4_096;
    private static final byte[] HEAD = ascii("GET /work HTTP/1.1\r\nHost: test\r\nX-Long: ");
    private static final byte[] BODY = ascii("POST /work HTTP/1.1\r\nHost: test\r\nContent-Length: 1000000\r\n\r\n");
    private static final byte[] READ = ascii("GET /large HTTP/1.1\r\nHost: test\r\n\r\n");
    private static final byte[] TEN = ascii("xxxxxxxxxx");

    /** How one is slow. */
    enum Kind {
        HEAD("slow head"),
        BODY("slow body"),
        READER("slow reader");

        private final String text;

        Kind(String text) {
            this.text = text;
        }
    }

    /** Owned by the thread. */
    private static final class Dawdler {
        final Kind kind;

        @Nullable
        SocketChannel channel;

        int sent;
        long got;

        Dawdler(Kind kind) {
            this.kind = kind;
        }
    }

    private final InetSocketAddress to;
    private final Ticker ticker = Ticker.system();
    private final List<Dawdler> all = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(100);
    private final Map<String, Integer> ends = new ConcurrentSkipListMap<>();
    private final Thread thread;
    private volatile int open;
    private volatile boolean running = true;

    private Dawdlers(InetSocketAddress to, int count, List<Kind> kinds) {
        this.to = to;
        for (int i = 0; i < count; i++) {
            all.add(new Dawdler(kinds.get(i % kinds.size())));
        }
        this.thread = Thread.ofPlatform().daemon().name("dawdlers").start(this::run);
    }

    /** As many of each kind. */
    static Dawdlers start(InetSocketAddress to, int count, Set<Kind> kinds) {
        return new Dawdlers(to, count, List.copyOf(kinds));
    }

    /** What became of those that were cut: how many how. */
    Map<String, Integer> ends() {
        return Map.copyOf(ends);
    }

    /** How many have a connection now. */
    int open() {
        return open;
    }

    private void run() {
        long due = ticker.nanos();
        int come = 0;
        try {
            for (int slice = 0; running; slice = (slice + 1) % SLICES, due += SLICE_NANOS) {
                TimeUnit.NANOSECONDS.sleep(Math.max(due - ticker.nanos(), 0));
                come = Math.min(come + ARRIVALS / SLICES, all.size());
                for (int i = slice; i < come; i += SLICES) {
                    act(all.get(i));
                }
                open = (int) all.stream().filter(d -> d.channel != null).count();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            all.forEach(Dawdlers::leave);
        }
    }

    private void act(Dawdler dawdler) {
        try {
            SocketChannel channel = dawdler.channel;
            if (channel == null) {
                come(dawdler);
            } else if (dawdler.kind == Kind.READER) {
                read(dawdler, channel);
            } else {
                listen(dawdler, channel);
            }
        } catch (IOException e) {
            end(dawdler, "reset");
        }
    }

    private void come(Dawdler dawdler) throws IOException {
        SocketChannel channel = SocketChannel.open();
        dawdler.channel = channel;
        dawdler.sent = 0;
        dawdler.got = 0;
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        if (dawdler.kind == Kind.READER) {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE);
        }
        channel.connect(to);
        channel.configureBlocking(false);
        switch (dawdler.kind) {
            case HEAD -> {}
            case BODY -> channel.write(ByteBuffer.wrap(BODY));
            case READER -> channel.write(ByteBuffer.wrap(READ));
        }
    }

    private void read(Dawdler reader, SocketChannel channel) throws IOException {
        int length = channel.read(buffer.clear());
        if (length < 0) {
            end(reader, "closed");
        } else if (length > 0) {
            if (reader.got == 0 && !text().contains(" 200 ")) {
                end(reader, "answered " + status());
                return;
            }
            reader.got += length;
        }
    }

    /** A sender hears an answer only if it is cut. */
    private void listen(Dawdler sender, SocketChannel channel) throws IOException {
        int length = channel.read(buffer.clear());
        if (length < 0) {
            end(sender, "closed");
        } else if (length > 0) {
            end(sender, "answered " + status());
        } else if (sender.kind == Kind.BODY) {
            channel.write(ByteBuffer.wrap(TEN));
        } else {
            byte next = sender.sent < HEAD.length ? HEAD[sender.sent] : (byte) 'x';
            sender.sent += channel.write(ByteBuffer.wrap(new byte[] {next}));
        }
    }

    private String text() {
        return new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII);
    }

    private String status() {
        String text = text();
        return text.startsWith("HTTP/1.1 ") && text.length() >= 12 ? text.substring(9, 12) : "something else";
    }

    private void end(Dawdler dawdler, String how) {
        ends.merge(dawdler.kind.text + " " + how, 1, Integer::sum);
        leave(dawdler);
    }

    private static void leave(Dawdler dawdler) {
        SocketChannel channel = dawdler.channel;
        dawdler.channel = null;
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // Closed it is.
            }
        }
    }

    @Override
    public void close() {
        running = false;
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
